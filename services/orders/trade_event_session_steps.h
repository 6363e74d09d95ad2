// Templates that both halves of TradeEventSession use. Include only from its .cc files.
#ifndef SERVICES_ORDERS_TRADE_EVENT_SESSION_STEPS_H_
#define SERVICES_ORDERS_TRADE_EVENT_SESSION_STEPS_H_

#include <algorithm>
#include <memory>
#include <utility>

#include "common/rpc/call_unary.h"
#include "services/orders/trade_event_session.h"

namespace mtsuite::orders {

template <class Async, class Request, class Response, class Done>
void TradeEventSession::Ask(requests::Peer::Method<Async, Request, Response> method, const Request& request,
                            Done done) {
  {
    absl::MutexLock lock(&mutex_);
    if (ended_) return;
  }
  rpc::CallUnary(connector_.StubOf<Async>(), method,
                 Context(std::min(deadline_, clock_.TimeNow() + options_.read_timeout)), request,
                 [self = shared_from_this(), done = std::move(done)](absl::StatusOr<Response> response,
                                                                     const rpc::ReplyMetadata&) mutable {
                   {
                     absl::MutexLock lock(&self->mutex_);
                     if (self->ended_) return;
                   }
                   if (!response.ok()) {
                     self->Fail(self->connector_.peer().WithTransportReason(response.status()));
                     return;
                   }
                   done(*response);
                 });
}

template <class Query>
Query TradeEventSession::MakeQuery(int64_t after, int limit) const {
  Query query;
  query.set_server(request_.server());
  *query.mutable_logins() = request_.logins();
  query.set_group_mask(request_.group_mask());
  query.set_after_ticket(after);
  query.set_limit(limit);
  return query;
}

}  // namespace mtsuite::orders

#endif  // SERVICES_ORDERS_TRADE_EVENT_SESSION_STEPS_H_
