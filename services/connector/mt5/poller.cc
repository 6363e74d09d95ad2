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
// The same when new deals are asked for by number and their spans hold many.
constexpr absl::Duration kBusyUsualPollInterval = absl::Seconds(5);
constexpr size_t kManyDeals = 100;

// Deals become visible in the order of their time, but for those of the same moment: so long after the first
// one of a second was seen, the seconds before it are looked at again. What comes later still is found by the
// usual questions.
constexpr absl::Duration kSettling = absl::Milliseconds(100);

// Between questions for deals while there is trading: many trades share one. A question that takes long, as
// each looks back for some seconds, is followed by a pause of so many times what it took.
constexpr absl::Duration kHurriedInterval = absl::Milliseconds(10);
constexpr int kRest = 9;

// Bytes. Reading this much JSON takes some 100 microseconds.
constexpr size_t kLargeAnswer = 8 << 10;

}  // namespace

Poller::Poller(Parts parts)
    : parts_(std::move(parts)),
      watch_({parts_.io, reader_, parts_.calls, parts_.options,
              [this](const TradeWatch::DealsWanted& wanted) { WantDeals(wanted); }}) {
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
  deals_asked_ = deals_wanted_ = all_wanted_ = at_once_ = hurry_ = false;
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
  const Question question = NextQuestion();
  deals_asked_ = true;
  last_poll_ = Now();
  hurry_ = false;
  at_once_ = false;
  Request request = ToRequest(question);
  const CommandContext context = request.context;
  parts_.calls.pool.Call(kLane, std::move(request), Now() + parts_.options.poll_timeout,
                         [this, generation = generation_, question, context](absl::StatusOr<Answer> answer) {
                           if (observer_ == nullptr) return;
                           auto go_on = [this, generation, question](const DealAnswer& deals) {
                             if (observer_ == nullptr) return;
                             NoteDeals(question, deals);
                             if (generation == generation_ && Active()) OnDeals(question, deals);
                           };
                           if (!answer.ok() || answer->body.size() < kLargeAnswer) {
                             return go_on(ReadDeals(context, parts_.calls.time, answer));
                           }
                           asio::post(reader_, [this, context, time = parts_.calls.time,
                                                answer = std::move(answer), go_on = std::move(go_on)] {
                             asio::post(parts_.io,
                                        [go_on, deals = ReadDeals(context, time, answer)] { go_on(deals); });
                           });
                         });
}

Poller::Question Poller::NextQuestion() {
  const ServerTime& time = parts_.calls.time;
  Question question;
  question.wall = time.WallClock(Now());
  question.wanted = std::exchange(deals_wanted_, false);
  if (!window_)
    window_.emplace(std::min(time.WallClock(deals_since_), time.FromUtc(deals_since_)),
                    DealWindow::Options());
  if (const std::optional<DealWindow::Reach> reach = NextReach()) {
    question.span = window_->Next(question.wall, *reach);
  } else {
    question.numbers = numbers_.Next(Now());
  }
  all_wanted_ = false;
  return question;
}

Request Poller::ToRequest(const Question& question) const {
  if (!question.span) return GetDealBatch(question.numbers);
  return GetDealBatch(parts_.options.group_mask, {question.span->from, question.span->to});
}

std::optional<DealWindow::Reach> Poller::NextReach() {
  const absl::Time now = Now();
  if (now - last_deep_poll_ >= kDeepPollInterval) {
    last_deep_poll_ = last_usual_poll_ = now;
    return DealWindow::Reach::kDeep;
  }
  // Numbers are not asked for by group.
  const bool numbered = numbers_.follow(now) && parts_.options.group_mask == "*";
  const bool busy = numbered && last_span_deals_ > kManyDeals;
  if (now - last_usual_poll_ < (busy ? kBusyUsualPollInterval : kUsualPollInterval)) {
    if (numbered && !all_wanted_ && !window_->Lags(parts_.calls.time.WallClock(now))) return std::nullopt;
    if (numbered || now - newest_since_ >= kSettling) return DealWindow::Reach::kNear;
  }
  last_usual_poll_ = now;
  return DealWindow::Reach::kUsual;
}

void Poller::WantDeals(const TradeWatch::DealsWanted& wanted) {
  deals_wanted_ = true;
  all_wanted_ = all_wanted_ || wanted.of_all;
  if (!wanted.at_once) return;
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

Poller::DealAnswer Poller::ReadDeals(const CommandContext& context, const ServerTime& time,
                                     const absl::StatusOr<Answer>& answer) const {
  DealAnswer deals;
  if (answer.ok() && answer->retcode == kNotFound) {
    deals.records.emplace();
    return deals;
  }
  deals.records =
      ReadResult(answer, context, [&](const Answer& a) { return ParseDeals(a, time, &deals.unreadable); });
  return deals;
}

void Poller::NoteDeals(const Question& question, const DealAnswer& answer) {
  if (!answer.records.ok()) {
    LOG_EVENT(kWarning, "mt5_deals_unreadable", {"server", parts_.options.server},
              {"reason", StdView(answer.records.status().message())});
    if (!question.span) return numbers_.Refused(Now());
    // The answer may have been too large to come in time, or at all.
    return window_->Failed(question.wall);
  }
  if (answer.unreadable > 0) {
    LOG_EVENT(kWarning, "mt5_deals_left_out", {"server", parts_.options.server},
              {"count", answer.unreadable});
  }
  TellDeals(*answer.records);
  if (!question.span) return window_->Advance();
  last_span_deals_ = answer.records->size();
  window_->Answered(*question.span, question.wall, answer.records->size());
}

bool Poller::IsBehind(const Question& question) const {
  if (question.span) return window_->Lags(question.wall);
  return numbers_.MayBeMore(question.numbers);
}

void Poller::OnDeals(const Question& question, const DealAnswer& deals) {
  poll_took_ = Now() - last_poll_;
  // Numbers that were not answered are followed by a span, which is.
  const bool retry = !deals.records.ok() && !question.span;
  const bool more = retry || (deals.records.ok() && IsBehind(question));
  deals_asked_ = false;
  const absl::Duration pause = hurry_ ? HurryDelay() : parts_.options.deal_poll_interval;
  Schedule(kDeals, more || at_once_ ? absl::ZeroDuration() : pause);
  if (question.wanted) watch_.OnDealsPolled(deals.records.ok() && !more);
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
  for (const type::v1::Deal& deal : deals) numbers_.Add(deal.ticket(), Now());
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
