#ifndef COMMON_RPC_CALL_UNARY_H_
#define COMMON_RPC_CALL_UNARY_H_

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "common/rpc/outgoing.h"
#include "common/status/grpc_convert.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"

namespace mtsuite::rpc {

// Calls another service without blocking.
//
//   using Connector = connector::v1::ConnectorService::StubInterface::async_interface;
//   CallUnary(stub->async(), &Connector::GetAccount, ReadContext(*call), request,
//             [call, response](absl::StatusOr<Account> account, const ReplyMetadata&) { ... });
//
// `done` is `void(absl::StatusOr<Response>, const ReplyMetadata&)`. It is called exactly once, on a thread of
// gRPC, and must not block. Its error has the code, the message and the details (ErrorInfo) of the other
// side. Everything that the call needs is kept until then; only the stub must outlive it.
template <class Async, class Interface, class Request, class Response, class Done>
void CallUnary(Async* async,
               void (Interface::*method)(grpc::ClientContext*, const Request*, Response*,
                                         std::function<void(grpc::Status)>),
               std::unique_ptr<grpc::ClientContext> context, std::type_identity_t<Request> request,
               Done done) {
  struct State {
    std::unique_ptr<grpc::ClientContext> context;
    Request request;
    Response response;
    Done done;
  };
  // Owned by the completion below; std::function cannot hold a unique_ptr.
  auto* state = new State{std::move(context), std::move(request), Response(), std::move(done)};
  (async->*method)(state->context.get(), &state->request, &state->response,
                   [state](const grpc::Status& status) {
                     const std::unique_ptr<State> owned(state);
                     const ReplyMetadata metadata(*owned->context);
                     if (status.ok()) {
                       owned->done(absl::StatusOr<Response>(std::move(owned->response)), metadata);
                     } else {
                       owned->done(absl::StatusOr<Response>(FromGrpc(status)), metadata);
                     }
                   });
}

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_CALL_UNARY_H_
