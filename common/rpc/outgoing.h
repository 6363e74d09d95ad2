#ifndef COMMON_RPC_OUTGOING_H_
#define COMMON_RPC_OUTGOING_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/rpc/call_context.h"
#include "grpcpp/client_context.h"

namespace mtsuite::rpc {

// The context of a call made on behalf of `call`: its deadline less a margin for the answer's way back, its
// request id and trace, and its caller's credentials, which the called service checks itself. `call` must not
// be finished yet.
//
// A read is cancelled when the caller hangs up. A mutation is not: once asked for, it is carried out and
// recorded.
std::unique_ptr<grpc::ClientContext> ReadContext(const CallContext& call);
std::unique_ptr<grpc::ClientContext> MutationContext(const CallContext& call);

// For calls that no caller stands behind.
struct BackgroundCall {
  absl::Time deadline;
  std::string request_id;
  // The service's own API key, without "Bearer".
  std::string api_key;
};
std::unique_ptr<grpc::ClientContext> BackgroundContext(const BackgroundCall& call);

// The metadata of an answer. Valid only inside the callback that gets it.
class ReplyMetadata {
 public:
  explicit ReplyMetadata(const grpc::ClientContext& context) : context_(context) {}

  // The value of a key, from before and from after the answer; nothing when it is not there.
  std::optional<std::string> Initial(std::string_view key) const;
  std::optional<std::string> Trailing(std::string_view key) const;

 private:
  const grpc::ClientContext& context_;
};

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_OUTGOING_H_
