// CloseAllPositions: reads the account's positions, then closes those that match, each on its own.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/decimal/decimal.h"
#include "common/requests/batch.h"
#include "common/requests/checks.h"
#include "common/requests/flow.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/status/rpc_status.h"
#include "services/orders/dry_run.h"
#include "services/orders/order_service.h"
#include "services/orders/validation.h"

namespace mtsuite::orders {
namespace {

constexpr size_t kMaxClosings = 500;
constexpr int kPositionsPerRead = 1000;

// Floating profit with swap; zero when the connector cannot tell.
Decimal FloatingResult(const v1::Position& position) {
  const absl::StatusOr<Decimal> profit = Decimal::ParseWire(position.profit());
  const absl::StatusOr<Decimal> swap = Decimal::ParseWire(position.swap());
  return (profit.ok() ? *profit : Decimal()) + (swap.ok() ? *swap : Decimal());
}

class CloseAll : public std::enable_shared_from_this<CloseAll> {
 public:
  CloseAll(rpc::CallPtr call, ConnectorClient& connector, const v1::CloseAllPositionsRequest& request,
           v1::CloseAllPositionsResponse* response)
      : call_(std::move(call)), connector_(connector), request_(request), response_(response) {}

  absl::Status Prepare() {
    RETURN_IF_ERROR(requests::AdmitServer(*call_, request_.server()));
    ASSIGN_OR_RETURN(operation_id_,
                     requests::AdmitOperation(*call_, request_.operation_id(), kMaxCloseAllIdLength));
    RETURN_IF_ERROR(requests::ValidateLogin(request_.login(), "login"));
    RETURN_IF_ERROR(ValidateCloseFilter(request_));
    query_.set_server(request_.server());
    query_.add_logins(request_.login());
    query_.set_symbol(request_.symbol());
    query_.set_limit(kPositionsPerRead);
    // What was opened a moment ago is to be closed as well.
    query_.set_fresh(true);
    return absl::OkStatus();
  }

  // Tickets grow with time, so a list by ticket is oldest first.
  void ReadNext() {
    connector_.Read(
        *call_, &TradingAsync::ListPositions, query_,
        [self = shared_from_this()](const absl::StatusOr<connector::v1::ListPositionsResponse>& page) {
          self->OnPage(page);
        });
  }

 private:
  bool Matches(const v1::Position& position) const {
    if (request_.side() != type::v1::SIDE_UNSPECIFIED && position.side() != request_.side()) return false;
    switch (request_.profit_filter()) {
      case v1::CloseAllPositionsRequest::PROFIT:
        return FloatingResult(position).sign() > 0;
      case v1::CloseAllPositionsRequest::LOSS:
        return FloatingResult(position).sign() < 0;
      default:
        return true;
    }
  }

  void OnPage(const absl::StatusOr<connector::v1::ListPositionsResponse>& page) {
    if (!page.ok()) {
      // Nothing has been sent for any position. That there is no such account is a refusal.
      call_->Finish(WithOutcome(page.status(),
                                absl::IsNotFound(page.status()) ? type::v1::REJECTED : type::v1::NOT_SENT));
      return;
    }
    for (const v1::Position& position : page->positions()) {
      if (!Matches(position)) continue;
      if (chosen_.size() < kMaxClosings) {
        chosen_.push_back(position);
      } else {
        response_->set_remaining_count(response_->remaining_count() + 1);
      }
    }
    if (page->next_after_ticket() != 0) {
      query_.set_after_ticket(page->next_after_ticket());
      return ReadNext();
    }
    CloseThem();
  }

  void CloseThem() {
    for (const v1::Position& position : chosen_) {
      auto& result = *response_->add_results();
      result.set_position_ticket(position.ticket());
      result.set_operation_id(absl::StrCat(operation_id_, ".", position.ticket()));
    }
    requests::Batch batch;
    batch.count = static_cast<int>(chosen_.size());
    batch.start = [self = shared_from_this()](int index, absl::AnyInvocable<void()> finished) {
      self->CloseOne(self->chosen_[static_cast<size_t>(index)], *self->response_->mutable_results(index),
                     std::move(finished));
    };
    batch.done = [call = call_] { call->Finish(absl::OkStatus()); };
    requests::RunBatch(std::move(batch));
  }

  void CloseOne(const v1::Position& position, v1::CloseAllPositionsResponse::Result& result,
                absl::AnyInvocable<void()> finished) {
    connector::v1::ClosePositionRequest out;
    out.set_server(request_.server());
    out.set_login(request_.login());
    out.set_ticket(result.position_ticket());
    out.set_comment(request_.comment());
    out.set_operation_id(result.operation_id());
    out.set_validate_only(request_.validate_only());
    connector_.Mutate(*call_, &TradingAsync::ClosePosition, std::move(out),
                      [self = shared_from_this(), &position, &result, finished = std::move(finished)](
                          absl::StatusOr<v1::TradeResult> trade, bool /*replayed*/) mutable {
                        if (trade.ok() && self->request_.validate_only()) {
                          *result.mutable_trade() =
                              AsClosed(position, position.volume(), result.operation_id());
                        } else if (trade.ok()) {
                          *result.mutable_trade() = *std::move(trade);
                        } else {
                          *result.mutable_error() = ToRpcStatus(trade.status());
                        }
                        finished();
                      });
  }

  const rpc::CallPtr call_;
  ConnectorClient& connector_;
  const v1::CloseAllPositionsRequest& request_;
  v1::CloseAllPositionsResponse* const response_;
  connector::v1::ListPositionsRequest query_;
  std::string operation_id_;
  std::vector<v1::Position> chosen_;
};

}  // namespace

grpc::ServerUnaryReactor* OrderService::CloseAllPositions(grpc::CallbackServerContext* context,
                                                          const v1::CloseAllPositionsRequest* request,
                                                          v1::CloseAllPositionsResponse* response) {
  return gate_.Unary(context, "/mtsuite.orders.v1.OrderService/CloseAllPositions", request, response,
                     [this](const rpc::CallPtr& call, const auto& request, auto* response) {
                       const auto closing = std::make_shared<CloseAll>(call, connector_, request, response);
                       if (const absl::Status status = closing->Prepare(); !status.ok()) {
                         call->Finish(requests::AsRejected(status));
                         return;
                       }
                       closing->ReadNext();
                     });
}

}  // namespace mtsuite::orders
