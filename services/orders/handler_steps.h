// The steps that the mutations of the orders service share.
#ifndef SERVICES_ORDERS_HANDLER_STEPS_H_
#define SERVICES_ORDERS_HANDLER_STEPS_H_

#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "common/requests/flow.h"
#include "common/rpc/unary_call.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/util/field_mask_util.h"
#include "services/orders/connector_client.h"

namespace mtsuite::orders {

template <class Request, class Response>
using TradingMethod = requests::Peer::Method<TradingAsync, Request, Response>;

// Sends a checked mutation on, or finishes the call with what the check found.
template <class Request, class Response>
void MutateOrRefuse(ConnectorClient& connector, const rpc::CallPtr& call,
                    TradingMethod<Request, Response> method,
                    absl::StatusOr<std::type_identity_t<Request>> request, Response* response) {
  if (!request.ok()) {
    call->Finish(requests::AsRejected(request.status()));
    return;
  }
  connector.Mutate(*call, method, *std::move(request), requests::ReplyToMutation(call, response));
}

// Has the connector check a dry run, then calls `answer(call)`, which finishes the call; or finishes it with
// what a check found.
template <class Request, class Response, class Answer>
void CheckDryRun(ConnectorClient& connector, const rpc::CallPtr& call,
                 TradingMethod<Request, Response> method, const Request& request, Answer answer) {
  connector.Mutate(*call, method, request,
                   [call, answer = std::move(answer)](const absl::StatusOr<Response>& checked, bool) mutable {
                     if (!checked.ok()) {
                       call->Finish(checked.status());
                       return;
                     }
                     answer(call);
                   });
}

// `target` with the fields of `mask` taken from `source`; empty ones are cleared.
template <class Message>
void Overwrite(const Message& source, const google::protobuf::FieldMask& mask, Message& target) {
  google::protobuf::util::FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(source, mask, options, &target);
}

}  // namespace mtsuite::orders

#endif  // SERVICES_ORDERS_HANDLER_STEPS_H_
