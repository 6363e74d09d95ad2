#include "services/connector/mt5/poller.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "common/log/log.h"
#include "common/strings/view.h"
#include "services/connector/mt5/account_sweep.h"
#include "services/connector/mt5/commands/config_commands.h"
#include "services/connector/mt5/commands/deal_commands.h"
#include "services/connector/mt5/list_reader.h"

namespace mtsuite::connector::mt5 {
namespace {

constexpr auto kLane = ConnectionPool::Lane::kPoll;
constexpr int kNotFound = 13;

// How often deals are looked for further back, see DealWindow.
constexpr absl::Duration kDeepPollInterval = absl::Seconds(30);

}  // namespace

Poller::Poller(Parts parts) : parts_(std::move(parts)) {
  for (int i = 0; i < kTaskCount; ++i) timers_.emplace_back(parts_.io);
}

void Poller::Start(TradeServerObserver* observer, absl::Time deals_since) {
  observer_ = observer;
  deals_since_ = deals_since;
  OnConnectionChanged();
}

void Poller::Stop() {
  observer_ = nullptr;
  ++generation_;
  for (asio::steady_timer& timer : timers_) timer.cancel();
}

void Poller::OnConnectionChanged() {
  const bool up = parts_.calls.pool.ready(kLane);
  if (observer_ == nullptr || up == up_) return;
  up_ = up;
  ++generation_;
  for (asio::steady_timer& timer : timers_) timer.cancel();
  // The zone first: everything else has times in it. Then the groups, which accounts need.
  ready_ = false;
  if (up) ReadTime();
}

void Poller::Schedule(Task task, absl::Duration delay) {
  timers_[task].expires_after(absl::ToChronoNanoseconds(delay));
  timers_[task].async_wait([this, task, generation = generation_](const asio::error_code& error) {
    if (!error && generation == generation_ && Active()) Run(task);
  });
}

void Poller::Run(Task task) {
  switch (task) {
    case kTime:
      return ReadTime();
    case kGroups:
      return ReadAllGroups();
    case kDeals:
      return PollDeals();
    case kAccounts:
      return SweepAccounts();
    case kTaskCount:
      break;
  }
}

void Poller::ReadTime() {
  parts_.calls.pool.Call(kLane, GetTimeConfig(), Now() + parts_.options.command_timeout,
                         [this, generation = generation_](absl::StatusOr<Answer> answer) {
                           if (generation != generation_ || !Active()) return;
                           parts_.time_keeper.OnTimeConfig(answer);
                           parts_.on_zone_known();
                           Schedule(kTime, parts_.options.time_refresh_interval);
                           if (!ready_) ReadAllGroups();
                         });
}

void Poller::ReadAllGroups() {
  ReadGroups(parts_.calls.pool, kLane, Now() + parts_.options.poll_timeout,
             [this, generation = generation_](absl::StatusOr<std::vector<accounts::v1::Group>> groups) {
               if (generation != generation_ || !Active()) return;
               if (groups.ok()) {
                 parts_.calls.catalog.Replace(*groups);
               } else {
                 // Groups are then asked for one by one, as accounts need them.
                 LOG_EVENT(kWarning, "mt5_groups_unreadable", {"server", parts_.options.server},
                           {"reason", StdView(groups.status().message())});
               }
               Schedule(kGroups, parts_.options.group_refresh_interval);
               if (std::exchange(ready_, true)) return;
               PollDeals();
               SweepAccounts();
             });
}

void Poller::PollDeals() {
  const ServerTime& time = parts_.calls.time;
  const int64_t wall = time.WallClock(Now());
  if (!window_)
    window_.emplace(std::min(time.WallClock(deals_since_), time.FromUtc(deals_since_)),
                    DealWindow::Options());
  const bool deep = Now() - last_deep_poll_ >= kDeepPollInterval;
  if (deep) last_deep_poll_ = Now();
  const DealWindow::Span span = window_->Next(wall, deep);
  parts_.calls.pool.Call(kLane, GetDealBatch(parts_.options.group_mask, {span.from, span.to}),
                         Now() + parts_.options.poll_timeout,
                         [this, generation = generation_, span, wall](absl::StatusOr<Answer> answer) {
                           if (observer_ == nullptr) return;
                           OnDeals(span, wall, answer);
                           if (generation != generation_ || !Active()) return;
                           const bool more = answer.ok() && answer->retcode == 0 && window_->Lags(wall);
                           Schedule(kDeals, more ? absl::ZeroDuration() : parts_.options.deal_poll_interval);
                         });
}

void Poller::OnDeals(const DealWindow::Span& span, int64_t wall, const absl::StatusOr<Answer>& answer) {
  if (answer.ok() && answer->retcode == kNotFound) return window_->Answered(span, wall, 0);
  const Request request = GetDealBatch(parts_.options.group_mask, {span.from, span.to});
  int unreadable = 0;
  const absl::StatusOr<std::vector<DealRecord>> records =
      ReadResult(answer, request.context,
                 [&](const Answer& a) { return ParseDeals(a, parts_.calls.time, &unreadable); });
  if (!records.ok()) {
    // The answer may have been too large to come in time, or at all.
    window_->Failed(wall);
    LOG_EVENT(kWarning, "mt5_deals_unreadable", {"server", parts_.options.server},
              {"reason", StdView(records.status().message())});
    return;
  }
  if (unreadable > 0) {
    LOG_EVENT(kWarning, "mt5_deals_left_out", {"server", parts_.options.server}, {"count", unreadable});
  }
  TellDeals(*records);
  window_->Answered(span, wall, records->size());
}

void Poller::TellDeals(const std::vector<DealRecord>& records) {
  std::vector<type::v1::Deal> deals;
  for (const DealRecord& record : records) {
    if (window_->IsNew(record.deal.ticket(), record.server_seconds)) deals.push_back(record.deal);
  }
  if (deals.empty()) return;
  std::sort(deals.begin(), deals.end(),
            [](const type::v1::Deal& a, const type::v1::Deal& b) { return a.ticket() < b.ticket(); });
  observer_->OnDeals(deals);
}

void Poller::SweepAccounts() {
  const absl::Time started = Now();
  const auto sweep = std::make_shared<AccountSweep>(
      parts_.calls, parts_.options, *observer_,
      [this, generation = generation_, started](absl::Status status) {
        if (generation != generation_ || !Active()) return;
        if (!status.ok()) {
          LOG_EVENT(kWarning, "mt5_sweep_failed", {"server", parts_.options.server},
                    {"reason", StdView(status.message())});
        }
        // A sweep that takes long is followed by a pause as long, so that it never takes more than half the
        // server's time.
        const absl::Duration taken = Now() - started;
        Schedule(kAccounts, std::max(parts_.options.account_sweep_interval - taken, taken));
      });
  sweep->Start();
}

}  // namespace mtsuite::connector::mt5
