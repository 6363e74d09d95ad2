// The client's side of the Web API for tests: messages in text, bytes on the wire, no socket.
#ifndef SERVICES_MTSIM_TESTING_CLIENT_CODEC_H_
#define SERVICES_MTSIM_TESTING_CLIENT_CODEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mt5wire/cipher.h"
#include "common/mt5wire/message.h"

namespace mtsuite::mtsim {

// One message from the server.
struct ServerMessage {
  uint16_t serial = 0;
  bool is_ping = false;
  // UTF-8: command line, CR LF, body.
  std::string text;

  // -1 when the message has none.
  int retcode() const;
  // "" when there is none.
  std::string Parameter(std::string_view name) const;
  std::string body() const;
};

// Speaks as one client. Checks that the server knows the password.
class ClientCodec {
 public:
  explicit ClientCodec(std::string_view password, bool encrypt = true);

  // The first packet, with the prefix.
  std::string AuthStart(uint64_t login) const;
  // The second one, from the answer to the first. INVALID_ARGUMENT when that was a refusal.
  absl::StatusOr<std::string> AuthAnswer(const ServerMessage& answer);
  // Takes the answer to the second and turns encryption on. UNAUTHENTICATED when the server does not know the
  // password.
  absl::Status FinishLogin(const ServerMessage& answer);

  // A command, for example Encode(3, "USER_GET|LOGIN=1|\r\n").
  std::string Encode(uint16_t serial, std::string_view text);

  // Takes bytes from the server.
  absl::Status Append(std::string_view bytes) { return reader_.Append(bytes); }
  // The next message; nothing when more bytes are needed.
  absl::StatusOr<std::optional<ServerMessage>> Next();

 private:
  const mt5wire::Block password_hash_;
  const bool encrypt_;
  const mt5wire::Block challenge_ = mt5wire::SecureRandomBlock();
  mt5wire::MessageReader reader_{mt5wire::FrameReader::Prefix::kNone};
  mt5wire::MessageWriter writer_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_TESTING_CLIENT_CODEC_H_
