#include <utility>
#include <vector>

#include "services/connector/mt5/calls/history_reader.h"
#include "services/connector/mt5/calls/money_calls.h"
#include "services/connector/mt5/commands/deal_commands.h"

namespace mtsuite::connector::mt5 {
namespace {

struct Deals {
  using Item = DealRecord;
  static constexpr int32_t kMaxPage = kMaxDealPage;
  static Request Page(int64_t login, const ServerSpan& span, int64_t offset, int32_t count) {
    return GetDealPage(login, span, offset, count);
  }
  static absl::StatusOr<std::vector<DealRecord>> Parse(const Answer& answer, const ServerTime& time) {
    return ParseDeals(answer, time);
  }
  static absl::Time TimeOf(const DealRecord& record) {
    return absl::FromUnixSeconds(record.deal.time().seconds()) +
           absl::Nanoseconds(record.deal.time().nanos());
  }
};

}  // namespace

void ReadDeals(const CallContext& context, const DealQuery& query, absl::Time deadline, Done<DealPage> done) {
  HistoryReader<Deals>::Read(
      context, query, deadline,
      [done = std::move(done)](absl::StatusOr<std::pair<std::vector<DealRecord>, bool>> read) mutable {
        if (!read.ok()) return done(read.status());
        DealPage page;
        page.end_reached = read->second;
        for (DealRecord& record : read->first) page.deals.push_back(std::move(record.deal));
        done(std::move(page));
      });
}

}  // namespace mtsuite::connector::mt5
