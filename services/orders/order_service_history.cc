// What was: orders that are done and closed positions.
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock/proto_time.h"
#include "common/paging/page_token.h"
#include "common/requests/checks.h"
#include "common/requests/flow.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/orders/closed_positions.h"
#include "services/orders/order_service.h"
#include "services/orders/validation.h"

namespace mtsuite::orders {

using requests::AdmitServer;

namespace {

constexpr int kDefaultPageSize = 100;
constexpr int kMaxPageSize = 1000;
// With a symbol filter, a page of the order history ends after this many reads, full or not.
constexpr int kMaxReadsPerHistoryPage = 20;
constexpr int kRecordsPerRead = 1000;
constexpr int64_t kMaxDeals = 1'000'000;

template <class Request>
absl::StatusOr<requests::TimeSpan> SpanOf(const Request& request) {
  return requests::ResolveTimeSpan(request.has_start_time() ? &request.start_time() : nullptr,
                                   request.has_end_time() ? &request.end_time() : nullptr);
}

// Reads the order history on, page by page, until enough orders of the symbol are there.
class HistoryScan : public std::enable_shared_from_this<HistoryScan> {
 public:
  HistoryScan(rpc::CallPtr call, ConnectorClient& connector, const v1::ListOrderHistoryRequest& request,
              v1::ListOrderHistoryResponse* response)
      : call_(std::move(call)), connector_(connector), request_(request), response_(response) {}

  absl::Status Prepare() {
    RETURN_IF_ERROR(AdmitServer(*call_, request_.server()));
    RETURN_IF_ERROR(requests::ValidateLogin(request_.login(), "login"));
    RETURN_IF_ERROR(ValidateSymbolFilter(request_.symbol()));
    RETURN_IF_ERROR(SpanOf(request_).status());
    ASSIGN_OR_RETURN(page_size_, paging::PageSize(request_.page_size(), kDefaultPageSize, kMaxPageSize));
    ASSIGN_OR_RETURN(const int64_t offset, requests::ReadPagePosition(request_));
    query_.set_server(request_.server());
    query_.set_login(request_.login());
    query_.set_offset(offset);
    query_.set_limit(request_.symbol().empty() ? page_size_ : kRecordsPerRead);
    if (request_.has_start_time()) *query_.mutable_start_time() = request_.start_time();
    if (request_.has_end_time()) *query_.mutable_end_time() = request_.end_time();
    return absl::OkStatus();
  }

  void ReadNext() {
    connector_.Read(
        *call_, &TradingAsync::ListOrderHistory, query_,
        [self = shared_from_this()](absl::StatusOr<connector::v1::ListOrderHistoryResponse> page) {
          self->OnPage(std::move(page));
        });
  }

 private:
  void OnPage(absl::StatusOr<connector::v1::ListOrderHistoryResponse> page) {
    if (!page.ok()) {
      call_->Finish(page.status());
      return;
    }
    int64_t offset = query_.offset();
    for (v1::Order& order : *page->mutable_orders()) {
      if (response_->orders_size() == page_size_) return Finish(offset);
      ++offset;
      if (request_.symbol().empty() || order.symbol() == request_.symbol()) {
        response_->add_orders()->Swap(&order);
      }
    }
    const int64_t next = page->next_offset();
    if (next == 0 || response_->orders_size() == page_size_ || ++reads_ == kMaxReadsPerHistoryPage) {
      return Finish(next);
    }
    query_.set_offset(next);
    ReadNext();
  }

  // `next` is where the list goes on; 0 at its end.
  void Finish(int64_t next) {
    if (next != 0) response_->set_next_page_token(paging::MakePageToken(request_, absl::StrCat(next)));
    call_->Finish(absl::OkStatus());
  }

  const rpc::CallPtr call_;
  ConnectorClient& connector_;
  const v1::ListOrderHistoryRequest& request_;
  v1::ListOrderHistoryResponse* const response_;
  connector::v1::ListOrderHistoryRequest query_;
  int page_size_ = 0;
  int reads_ = 0;
};

// A place in the list of closed positions: that of the last one told.
struct ClosedPlace {
  int64_t close_nanos = 0;
  int64_t ticket = 0;
  // Of the closings of this ticket at this instant: a position that is reversed closes, and may close again.
  int64_t number = 0;

  static absl::StatusOr<ClosedPlace> Parse(const std::string& text) {
    const std::vector<std::string> parts = absl::StrSplit(text, '/');
    ClosedPlace place;
    if (parts.size() == 3 && absl::SimpleAtoi(parts[0], &place.close_nanos) &&
        absl::SimpleAtoi(parts[1], &place.ticket) && absl::SimpleAtoi(parts[2], &place.number)) {
      return place;
    }
    return MakeError(absl::StatusCode::kInvalidArgument, type::v1::PAGE_TOKEN_INVALID,
                     "page_token is damaged")
        .Field("page_token", "next_page_token of the page before");
  }
  std::string ToString() const { return absl::StrCat(close_nanos, "/", ticket, "/", number); }
  bool operator<(const ClosedPlace& other) const {
    return std::tie(close_nanos, ticket, number) < std::tie(other.close_nanos, other.ticket, other.number);
  }
};

// Reads an account's deals from the first one on and gathers one page of closed positions. Deals come by
// time, and so do closings, except for the order of those of one instant.
class ClosedScan : public std::enable_shared_from_this<ClosedScan> {
 public:
  ClosedScan(rpc::CallPtr call, ConnectorClient& connector, const v1::ListClosedPositionsRequest& request,
             v1::ListClosedPositionsResponse* response)
      : call_(std::move(call)), connector_(connector), request_(request), response_(response) {}

  absl::Status Prepare() {
    RETURN_IF_ERROR(AdmitServer(*call_, request_.server()));
    RETURN_IF_ERROR(requests::ValidateLogin(request_.login(), "login"));
    RETURN_IF_ERROR(ValidateSymbolFilter(request_.symbol()));
    ASSIGN_OR_RETURN(const requests::TimeSpan span, SpanOf(request_));
    start_ = span.start;
    ASSIGN_OR_RETURN(const int32_t size,
                     paging::PageSize(request_.page_size(), kDefaultPageSize, kMaxPageSize));
    page_size_ = static_cast<size_t>(size);
    ASSIGN_OR_RETURN(const std::string token, paging::ReadPageToken(request_));
    if (!token.empty()) {
      ASSIGN_OR_RETURN(after_, ClosedPlace::Parse(token));
    }
    query_.set_server(request_.server());
    query_.set_login(request_.login());
    query_.set_limit(kRecordsPerRead);
    // Positions that close in the span may have opened long before, so only its end bounds the deals.
    if (request_.has_end_time()) *query_.mutable_end_time() = request_.end_time();
    return absl::OkStatus();
  }

  void ReadNext() {
    connector_.Read(*call_, &ConnectorAsync::ListDeals, query_,
                    [self = shared_from_this()](absl::StatusOr<connector::v1::ListDealsResponse> page) {
                      self->OnPage(std::move(page));
                    });
  }

 private:
  void OnPage(absl::StatusOr<connector::v1::ListDealsResponse> page) {
    absl::Status status = page.status();
    if (status.ok()) status = Take(*page);
    if (!status.ok()) {
      call_->Finish(status);
      return;
    }
    // What closed at the instant of the last deal may go on in the next page of deals.
    if (full_ || page->next_offset() == 0) return Finish();
    if (page->next_offset() >= kMaxDeals) {
      call_->Finish(MakeError(absl::StatusCode::kFailedPrecondition, type::v1::TOO_MANY_DEALS,
                              absl::StrCat("the account has more than ", kMaxDeals,
                                           " deals; list them and compute from the list"))
                        .With("max_deals", kMaxDeals));
      return;
    }
    query_.set_offset(page->next_offset());
    ReadNext();
  }

  absl::Status Take(const connector::v1::ListDealsResponse& page) {
    if (!builder_.has_value()) {
      builder_.emplace(ClosedPositionBuilder::Options{.login = request_.login(),
                                                      .currency_code = page.currency_code(),
                                                      .currency_digits = page.currency_digits()},
                       [this](v1::ClosedPosition position) { OnClosed(std::move(position)); });
    }
    for (const type::v1::Deal& deal : page.deals()) {
      const int64_t nanos = absl::ToUnixNanos(FromProtoTime(deal.time()));
      if (closed_.size() > page_size_ && nanos > std::prev(closed_.end())->first.close_nanos) {
        full_ = true;
        return absl::OkStatus();
      }
      RETURN_IF_ERROR(builder_->Add(deal));
    }
    return absl::OkStatus();
  }

  ClosedPlace PlaceOf(const v1::ClosedPosition& position) {
    const int64_t nanos = absl::ToUnixNanos(FromProtoTime(position.close_time()));
    if (std::exchange(instant_, nanos) != nanos) closings_.clear();
    return {nanos, position.ticket(), closings_[position.ticket()]++};
  }

  void OnClosed(v1::ClosedPosition position) {
    const ClosedPlace place = PlaceOf(position);
    if (FromProtoTime(position.close_time()) < start_) return;
    if (after_.has_value() && !(*after_ < place)) return;
    if (!request_.symbol().empty() && position.symbol() != request_.symbol()) return;
    closed_.emplace(place, std::move(position));
  }

  void Finish() {
    std::optional<ClosedPlace> last;
    for (auto& [place, position] : closed_) {
      if (static_cast<size_t>(response_->closed_positions_size()) == page_size_) {
        response_->set_next_page_token(paging::MakePageToken(request_, last->ToString()));
        break;
      }
      last = place;
      response_->add_closed_positions()->Swap(&position);
    }
    call_->Finish(absl::OkStatus());
  }

  const rpc::CallPtr call_;
  ConnectorClient& connector_;
  const v1::ListClosedPositionsRequest& request_;
  v1::ListClosedPositionsResponse* const response_;
  connector::v1::ListDealsRequest query_;
  absl::Time start_;
  size_t page_size_ = 0;
  std::optional<ClosedPlace> after_;
  std::optional<ClosedPositionBuilder> builder_;
  std::multimap<ClosedPlace, v1::ClosedPosition> closed_;
  // How often each position has closed at the instant of the last closing.
  int64_t instant_ = 0;
  std::map<int64_t, int64_t> closings_;
  bool full_ = false;
};

template <class Scan>
void Run(const std::shared_ptr<Scan>& scan, const rpc::CallPtr& call) {
  if (const absl::Status status = scan->Prepare(); !status.ok()) {
    call->Finish(status);
    return;
  }
  scan->ReadNext();
}

}  // namespace

grpc::ServerUnaryReactor* OrderService::ListOrderHistory(grpc::CallbackServerContext* context,
                                                         const v1::ListOrderHistoryRequest* request,
                                                         v1::ListOrderHistoryResponse* response) {
  return gate_.Unary(context, "/mtsuite.orders.v1.OrderService/ListOrderHistory", request, response,
                     [this](const rpc::CallPtr& call, const auto& request, auto* response) {
                       Run(std::make_shared<HistoryScan>(call, connector_, request, response), call);
                     });
}

grpc::ServerUnaryReactor* OrderService::ListClosedPositions(grpc::CallbackServerContext* context,
                                                            const v1::ListClosedPositionsRequest* request,
                                                            v1::ListClosedPositionsResponse* response) {
  return gate_.Unary(context, "/mtsuite.orders.v1.OrderService/ListClosedPositions", request, response,
                     [this](const rpc::CallPtr& call, const auto& request, auto* response) {
                       Run(std::make_shared<ClosedScan>(call, connector_, request, response), call);
                     });
}

}  // namespace mtsuite::orders
