#include "services/quotes/candle_reader.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/paging/page_token.h"
#include "common/requests/checks.h"
#include "common/requests/flow.h"
#include "common/status/macros.h"
#include "services/quotes/candles.h"
#include "services/quotes/request_checks.h"

namespace mtsuite::quotes {
namespace {

using connector::v1::CandleRecord;
using Page = connector::v1::ListCandlesResponse;

constexpr int kDefaultPageSize = 500;
constexpr int kMaxPageSize = 5000;
constexpr int kMinutesPerRead = 10'000;
// Minutes that one call reads at most: more than a year's, so a page always holds at least one month.
constexpr int kMaxReads = 60;

class CandleReader : public std::enable_shared_from_this<CandleReader> {
 public:
  CandleReader(rpc::CallPtr call, ConnectorClient& connector, Clock& clock,
               const v1::ListCandlesRequest& request, v1::ListCandlesResponse* response)
      : call_(std::move(call)),
        connector_(connector),
        clock_(clock),
        request_(request),
        response_(response) {}

  absl::Status Prepare() {
    RETURN_IF_ERROR(requests::AdmitServer(*call_, request_.server()));
    RETURN_IF_ERROR(ValidateSymbol(request_.symbol(), "symbol"));
    if (request_.timeframe() == v1::Candle::TIMEFRAME_UNSPECIFIED) return requests::Required("timeframe");
    if (!v1::Candle::Timeframe_IsValid(request_.timeframe())) {
      return requests::InvalidField("timeframe", "M1, M5, M15, M30, H1, H4, D1, W1 or MN1");
    }
    ASSIGN_OR_RETURN(span_,
                     requests::ResolveTimeSpan(request_.has_start_time() ? &request_.start_time() : nullptr,
                                               request_.has_end_time() ? &request_.end_time() : nullptr));
    ASSIGN_OR_RETURN(const int32_t size,
                     paging::PageSize(request_.page_size(), kDefaultPageSize, kMaxPageSize));
    page_size_ = static_cast<size_t>(size);
    ASSIGN_OR_RETURN(const int64_t position, requests::ReadPagePosition(request_));
    if (position != 0) span_.start = absl::FromUnixSeconds(position);
    return absl::OkStatus();
  }

  // The newest minute tells the zone, without which no span is known.
  void Start() {
    Ask(std::nullopt, std::nullopt, 1, [](CandleReader& self, const Page& page) {
      self.response_->set_time_zone(page.time_zone());
      self.digits_ = page.digits();
      if (!absl::LoadTimeZone(page.time_zone(), &self.zone_)) {
        self.call_->Finish(absl::InternalError(
            absl::StrCat("the connector names an unknown time zone: ", page.time_zone())));
        return;
      }
      if (page.candles().empty()) return (void)self.call_->Finish(absl::OkStatus());
      // A candle that begins before the end counts as a whole.
      if (self.span_.end != absl::InfiniteFuture()) {
        self.minutes_end_ =
            SpanOf(self.request_.timeframe(), self.span_.end - absl::Nanoseconds(1), self.zone_).end;
      }
      if (self.request_.has_start_time()) {
        self.aggregator_.emplace(self.request_.timeframe(), self.zone_);
        self.ReadForward(self.span_.start);
      } else {
        self.ReadBackward(self.minutes_end_);
      }
    });
  }

 private:
  template <class Then>
  void Ask(std::optional<absl::Time> start, std::optional<absl::Time> end, int limit, Then then) {
    connector::v1::ListCandlesRequest query;
    query.set_server(request_.server());
    query.set_symbol(request_.symbol());
    query.set_timeframe(v1::Candle::M1);
    if (start.has_value()) *query.mutable_start_time() = ToProtoTime(*start);
    if (end.has_value()) *query.mutable_end_time() = ToProtoTime(*end);
    query.set_limit(limit);
    connector_.Read(
        *call_, &QuoteAsync::ListCandles, std::move(query),
        [self = shared_from_this(), then](const absl::StatusOr<Page>& page) {
          if (!page.ok()) {
            return (void)self->call_->Finish(InOwnWords(page.status(), self->request_.symbol(), ""));
          }
          then(*self, *page);
        });
  }

  // --- A span of time, from its beginning.

  void ReadForward(absl::Time from) {
    if (minutes_end_.has_value() && from >= *minutes_end_) return EndOfMinutes();
    Ask(from, minutes_end_, kMinutesPerRead,
        [](CandleReader& self, const Page& page) { self.TakeForward(page); });
  }

  void TakeForward(const Page& page) {
    for (const CandleRecord& minute : page.candles()) {
      std::optional<CandleSum> finished = aggregator_->Add(minute);
      if (!finished.has_value()) continue;
      Emit(*finished);
      if (static_cast<size_t>(response_->candles_size()) == page_size_) {
        return FinishAt(aggregator_->current()->span.begin);
      }
    }
    if (!page.has_next_start_time()) return EndOfMinutes();
    const absl::Time next = FromProtoTime(page.next_start_time());
    // The candle that is not finished is read again with the next page.
    if (++reads_ == kMaxReads) {
      return FinishAt(aggregator_->current().has_value() ? aggregator_->current()->span.begin : next);
    }
    ReadForward(next);
  }

  void EndOfMinutes() {
    if (aggregator_->current().has_value()) Emit(*aggregator_->current());
    call_->Finish(absl::OkStatus());
  }

  // A candle that began before the start is left out.
  void Emit(const CandleSum& sum) {
    if (sum.span.begin < span_.start || sum.span.begin >= span_.end) return;
    *response_->add_candles() = ToCandle(sum, digits_, clock_.TimeNow());
  }

  void FinishAt(absl::Time next) {
    if (next < span_.end) {
      response_->set_next_page_token(
          paging::MakePageToken(request_, absl::StrCat(absl::ToUnixSeconds(next))));
    }
    call_->Finish(absl::OkStatus());
  }

  // --- The newest candles, from the end backwards.

  void ReadBackward(std::optional<absl::Time> end) {
    Ask(std::nullopt, end, kMinutesPerRead,
        [](CandleReader& self, const Page& page) { self.TakeBackward(page); });
  }

  void TakeBackward(const Page& page) {
    for (auto minute = page.candles().rbegin(); minute != page.candles().rend(); ++minute) {
      const CandleSpan span =
          SpanOf(request_.timeframe(), absl::FromUnixSeconds(minute->open_time_seconds()), zone_);
      if (newest_first_.empty() || newest_first_.back().span.begin != span.begin) {
        // The one before is complete now that an older one begins.
        if (newest_first_.size() == page_size_) return FinishBackward();
        newest_first_.push_back({.span = span,
                                 .open = minute->open(),
                                 .high = minute->high(),
                                 .low = minute->low(),
                                 .close = minute->close()});
      }
      CandleSum& sum = newest_first_.back();
      sum.open = minute->open();
      sum.high = std::max(sum.high, minute->high());
      sum.low = std::min(sum.low, minute->low());
      sum.tick_count += minute->tick_count();
      sum.volume += minute->volume();
    }
    if (page.candles_size() < kMinutesPerRead) return FinishBackward();
    if (++reads_ == kMaxReads) {
      // There are older minutes of the oldest candle, so it is not whole.
      newest_first_.pop_back();
      return FinishBackward();
    }
    ReadBackward(absl::FromUnixSeconds(page.candles(0).open_time_seconds()));
  }

  void FinishBackward() {
    for (auto sum = newest_first_.rbegin(); sum != newest_first_.rend(); ++sum) {
      *response_->add_candles() = ToCandle(*sum, digits_, clock_.TimeNow());
    }
    call_->Finish(absl::OkStatus());
  }

  const rpc::CallPtr call_;
  ConnectorClient& connector_;
  Clock& clock_;
  const v1::ListCandlesRequest& request_;
  v1::ListCandlesResponse* const response_;
  requests::TimeSpan span_;
  size_t page_size_ = 0;
  absl::TimeZone zone_;
  int digits_ = 0;
  int reads_ = 0;
  // Where the last span that counts ends; nothing for the present.
  std::optional<absl::Time> minutes_end_;
  std::optional<CandleAggregator> aggregator_;
  std::vector<CandleSum> newest_first_;
};

}  // namespace

void ReadCandles(rpc::CallPtr call, ConnectorClient& connector, Clock& clock,
                 const v1::ListCandlesRequest& request, v1::ListCandlesResponse* response) {
  const auto reader = std::make_shared<CandleReader>(call, connector, clock, request, response);
  if (const absl::Status status = reader->Prepare(); !status.ok()) {
    call->Finish(status);
    return;
  }
  reader->Start();
}

}  // namespace mtsuite::quotes
