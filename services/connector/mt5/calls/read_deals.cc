#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "services/connector/mt5/calls/money_calls.h"
#include "services/connector/mt5/commands/deal_commands.h"

namespace mtsuite::connector::mt5 {
namespace {

using type::v1::Deal;

constexpr int64_t kOpenEnd = 0x7FFF'FFFF;

absl::Time TimeOf(const Deal& deal) {
  return absl::FromUnixSeconds(deal.time().seconds()) + absl::Nanoseconds(deal.time().nanos());
}

absl::Time Floor(absl::Time time) {
  return absl::UnixEpoch() + absl::Floor(time - absl::UnixEpoch(), absl::Seconds(1));
}

// One page of a caller's query, put together from the server's smaller ones. The server counts in whole
// seconds and in its own order of time and ticket; deals of the first second that lie before the caller's
// start are counted first, and skipped. Keeps itself alive until it is done.
class DealReader : public std::enable_shared_from_this<DealReader> {
 public:
  DealReader(const CallContext& context, const DealQuery& query, absl::Time deadline, Done<DealPage> done)
      : context_(context), query_(query), deadline_(deadline), done_(std::move(done)) {
    span_.from = std::max<int64_t>(0, context.time.FromUtc(Floor(query.start)));
    // The last second whose meaning lies before the end, be it in part.
    span_.to = query.end == absl::InfiniteFuture() ? kOpenEnd
                                                   : std::min(kOpenEnd, context.time.FromUtc(query.end) - 1);
    next_ = query.offset;
  }

  void Start() {
    if (query_.end <= query_.start || query_.limit < 1) return Finish(true);
    if (Floor(query_.start) == query_.start) return ReadPage();
    SkipFirstSecond(0);
  }

 private:
  void Ask(const ServerSpan& span, int64_t offset, int32_t count,
           absl::AnyInvocable<void(std::vector<DealRecord>)> then) {
    Request request = GetDealPage(query_.login, span, offset, count);
    const CommandContext command = request.context;
    context_.pool.Call(
        ConnectionPool::Lane::kCommand, std::move(request), deadline_,
        [self = shared_from_this(), command, then = std::move(then)](absl::StatusOr<Answer> answer) mutable {
          absl::StatusOr<std::vector<DealRecord>> deals = ReadResult(
              answer, command, [&](const Answer& a) { return ParseDeals(a, self->context_.time); });
          if (!deals.ok()) return self->done_(deals.status());
          then(*std::move(deals));
        });
  }

  void SkipFirstSecond(int64_t offset) {
    Ask({span_.from, span_.from}, offset, kMaxDealPage,
        [self = shared_from_this(), offset](const std::vector<DealRecord>& deals) {
          for (const DealRecord& record : deals) self->next_ += TimeOf(record.deal) < self->query_.start;
          if (deals.size() < kMaxDealPage) return self->ReadPage();
          self->SkipFirstSecond(offset + kMaxDealPage);
        });
  }

  void ReadPage() {
    const int32_t missing = query_.limit - static_cast<int32_t>(page_.deals.size());
    const int32_t count = std::min(missing, kMaxDealPage);
    Ask(span_, next_, count, [self = shared_from_this(), count](std::vector<DealRecord> deals) {
      self->OnPage(std::move(deals), count);
    });
  }

  void OnPage(std::vector<DealRecord> deals, int32_t asked) {
    if (deals.size() > static_cast<size_t>(asked)) deals.resize(asked);
    next_ += static_cast<int64_t>(deals.size());
    for (DealRecord& record : deals) {
      // Only the last second can reach beyond the end.
      if (TimeOf(record.deal) >= query_.end) return Finish(true);
      page_.deals.push_back(std::move(record.deal));
    }
    if (deals.size() < static_cast<size_t>(asked)) return Finish(true);
    if (page_.deals.size() >= static_cast<size_t>(query_.limit)) return Finish(false);
    ReadPage();
  }

  void Finish(bool end_reached) {
    page_.end_reached = end_reached;
    done_(std::move(page_));
  }

  const CallContext context_;
  const DealQuery query_;
  const absl::Time deadline_;
  Done<DealPage> done_;
  ServerSpan span_;
  int64_t next_ = 0;
  DealPage page_;
};

}  // namespace

void ReadDeals(const CallContext& context, const DealQuery& query, absl::Time deadline, Done<DealPage> done) {
  std::make_shared<DealReader>(context, query, deadline, std::move(done))->Start();
}

}  // namespace mtsuite::connector::mt5
