#include "services/connector/mt5/poller.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "asio/post.hpp"
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
// How often they are looked for the usual way back. Questions in between begin at the newest second.
constexpr absl::Duration kUsualPollInterval = absl::Seconds(1);

// Deals become visible in the order of their time, but for those of the same moment: so long after the first
// one of a second was seen, the seconds before it are looked at again. What comes later still is found by the
// usual questions.
constexpr absl::Duration kSettling = absl::Milliseconds(100);

// Between questions for deals while there is trading: many trades share one. A question that takes long, as
// each looks back for some seconds, is followed by a pause of so many times what it took.
constexpr absl::Duration kHurriedInterval = absl::Milliseconds(10);
constexpr int kRest = 9;

// Bytes. Reading this much JSON takes a millisecond or so.
constexpr size_t kLargeAnswer = 64 << 10;

}  // namespace

Poller::Poller(Parts parts)
    : parts_(std::move(parts)),
      watch_(
          {parts_.io, reader_, parts_.calls, parts_.options, [this](bool at_once) { WantDeals(at_once); }}) {
  for (int i = 0; i < kTaskCount; ++i) timers_.emplace_back(parts_.io);
}

void Poller::Start(TradeServerObserver* observer, const ToldBefore& told) {
  observer_ = observer;
  deals_since_ = told.deals_since;
  watch_.Restore(told.open_orders);
  OnConnectionChanged();
}

void Poller::Stop() {
  watch_.Stop();
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
  deals_asked_ = deals_wanted_ = at_once_ = hurry_ = false;
  watch_.Stop();
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
               watch_.Start(observer_);
               SweepAccounts();
             });
}

void Poller::PollDeals() {
  const ServerTime& time = parts_.calls.time;
  const int64_t wall = time.WallClock(Now());
  if (!window_)
    window_.emplace(std::min(time.WallClock(deals_since_), time.FromUtc(deals_since_)),
                    DealWindow::Options());
  const DealWindow::Span span = window_->Next(wall, NextReach());
  const uint64_t generation = generation_;
  deals_asked_ = true;
  last_poll_ = Now();
  hurry_ = false;
  at_once_ = false;
  const bool wanted = std::exchange(deals_wanted_, false);
  parts_.calls.pool.Call(
      kLane, GetDealBatch(parts_.options.group_mask, {span.from, span.to}),
      Now() + parts_.options.poll_timeout,
      [this, generation, span, wall, wanted](absl::StatusOr<Answer> answer) {
        if (observer_ == nullptr) return;
        auto go_on = [this, generation, span, wall, wanted](const DealAnswer& deals) {
          if (observer_ == nullptr) return;
          OnDeals(span, wall, deals);
          if (generation != generation_ || !Active()) return;
          poll_took_ = Now() - last_poll_;
          const bool more = deals.records.ok() && window_->Lags(wall);
          deals_asked_ = false;
          const absl::Duration pause = hurry_ ? HurryDelay() : parts_.options.deal_poll_interval;
          Schedule(kDeals, more || at_once_ ? absl::ZeroDuration() : pause);
          if (wanted) watch_.OnDealsPolled(deals.records.ok() && !more);
        };
        if (!answer.ok() || answer->body.size() < kLargeAnswer) {
          return go_on(ReadDeals(span, parts_.calls.time, answer));
        }
        asio::post(reader_, [this, span, time = parts_.calls.time, answer = std::move(answer),
                             go_on = std::move(go_on)] {
          asio::post(parts_.io, [go_on, deals = ReadDeals(span, time, answer)] { go_on(deals); });
        });
      });
}

DealWindow::Reach Poller::NextReach() {
  const absl::Time now = Now();
  if (now - last_deep_poll_ >= kDeepPollInterval) {
    last_deep_poll_ = last_usual_poll_ = now;
    return DealWindow::Reach::kDeep;
  }
  if (now - last_usual_poll_ < kUsualPollInterval && now - newest_since_ >= kSettling) {
    return DealWindow::Reach::kNear;
  }
  last_usual_poll_ = now;
  return DealWindow::Reach::kUsual;
}

void Poller::WantDeals(bool at_once) {
  deals_wanted_ = true;
  if (!at_once) return;
  at_once_ = true;
  if (!deals_asked_) Schedule(kDeals, absl::ZeroDuration());
}

void Poller::Hurry() {
  if (!Active() || !ready_) return;
  hurry_ = true;
  if (!deals_asked_) Schedule(kDeals, HurryDelay());
}

absl::Duration Poller::HurryDelay() const {
  const absl::Duration since = Now() - last_poll_;
  const absl::Duration pause = std::max(kHurriedInterval, (kRest + 1) * poll_took_);
  return std::max(std::min(pause, parts_.options.deal_poll_interval) - since, absl::ZeroDuration());
}

Poller::DealAnswer Poller::ReadDeals(const DealWindow::Span& span, const ServerTime& time,
                                     const absl::StatusOr<Answer>& answer) const {
  DealAnswer deals;
  if (answer.ok() && answer->retcode == kNotFound) {
    deals.records.emplace();
    return deals;
  }
  const Request request = GetDealBatch(parts_.options.group_mask, {span.from, span.to});
  deals.records = ReadResult(answer, request.context,
                             [&](const Answer& a) { return ParseDeals(a, time, &deals.unreadable); });
  return deals;
}

void Poller::OnDeals(const DealWindow::Span& span, int64_t wall, const DealAnswer& answer) {
  if (!answer.records.ok()) {
    // The answer may have been too large to come in time, or at all.
    window_->Failed(wall);
    LOG_EVENT(kWarning, "mt5_deals_unreadable", {"server", parts_.options.server},
              {"reason", StdView(answer.records.status().message())});
    return;
  }
  if (answer.unreadable > 0) {
    LOG_EVENT(kWarning, "mt5_deals_left_out", {"server", parts_.options.server},
              {"count", answer.unreadable});
  }
  TellDeals(*answer.records);
  window_->Answered(span, wall, answer.records->size());
}

void Poller::TellDeals(const std::vector<DealRecord>& records) {
  std::vector<type::v1::Deal> deals;
  const int64_t newest = window_->newest();
  for (const DealRecord& record : records) {
    if (window_->IsNew(record.deal.ticket(), record.server_seconds)) deals.push_back(record.deal);
  }
  if (deals.empty()) return;
  if (window_->newest() != newest) newest_since_ = Now();
  std::sort(deals.begin(), deals.end(),
            [](const type::v1::Deal& a, const type::v1::Deal& b) { return a.ticket() < b.ticket(); });
  watch_.OnDeals(deals);
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
