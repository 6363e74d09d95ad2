#include "services/connector/mt5/dealer_line.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/strings/view.h"
#include "services/connector/mt5/call_errors.h"

namespace mtsuite::connector::mt5 {
namespace {

constexpr auto kLane = ConnectionPool::Lane::kDealer;
constexpr int kNotFound = 13;

// Between questions without news. A quick execution is seen at once, a slow one a little later than it
// happens in proportion to its time.
constexpr absl::Duration kFirstPause = absl::Milliseconds(1);
constexpr absl::Duration kLongestPause = absl::Milliseconds(20);
// How long one question may take before the next one is asked.
constexpr absl::Duration kPollTimeout = absl::Seconds(5);
// After this the server has dropped a subscription that ended without a word.
constexpr absl::Duration kSubscriptionLife = absl::Minutes(3);

absl::Status EndedBy(Reply::Cause cause, bool sent, const CommandContext& context) {
  Reply reply;
  reply.fate = sent ? Reply::Fate::kUnconfirmed : Reply::Fate::kNotSent;
  reply.cause = cause;
  return Unanswered(reply, context);
}

absl::Status LostConnection(const CommandContext& context) {
  return EndedBy(Reply::Cause::kConnectionLost, /*sent=*/true, context);
}

absl::Status TooLate(const CommandContext& context, bool sent) {
  return EndedBy(Reply::Cause::kDeadline, sent, context);
}

bool IsRefused(const Answer& updates) { return updates.retcode != 0 && updates.retcode != kNotFound; }

}  // namespace

DealerLine::DealerLine(asio::io_context& io, ConnectionPool& pool, Clock& clock)
    : pool_(pool), clock_(clock), poll_timer_(io), deadline_timer_(io) {}

void DealerLine::Execute(Request request, absl::Time deadline, Done<DealerUpdate> done) {
  if (sending_ + entries_.size() < kInFlightMax && queue_.empty()) {
    return Send(std::move(request), deadline, std::move(done));
  }
  if (queue_.size() >= kQueueMax) return done(TooManyCalls(/*mutation=*/true));
  queue_.push_back({std::move(request), deadline, std::move(done)});
  ArmDeadline(deadline);
}

void DealerLine::Send(Request request, absl::Time deadline, Done<DealerUpdate> done) {
  ++sending_;
  const CommandContext context = request.context;
  pool_.Call(kLane, std::move(request), deadline,
             [this, context, deadline, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
               --sending_;
               OnQueued(context, deadline, answer, std::move(done));
               if (sending_ == 0) early_.clear();
               SendWaiting();
             });
  if (asks_along_ && !polling_ && pool_.ready(kLane)) Ask(/*all=*/true);
}

void DealerLine::OnQueued(const CommandContext& context, absl::Time deadline,
                          const absl::StatusOr<Answer>& answer, Done<DealerUpdate> done) {
  if (!answer.ok()) return done(answer.status());
  absl::Status refusal = StatusOfRetcode(answer->retcode, answer->retcode_text, context);
  if (!refusal.ok()) return done(std::move(refusal));
  const absl::StatusOr<int64_t> id = ParseQueued(*answer);
  if (!id.ok()) return done(UnreadableAnswer(StdView(id.status().message()), context));
  entries_[*id] = {context, deadline, std::move(done)};
  if (const auto early = early_.find(*id); early != early_.end()) {
    return Finish(entries_.find(*id), early->second);
  }
  ArmDeadline(deadline);
  fresh_ = true;
  pause_ = kFirstPause;
  Poll();
}

void DealerLine::SendWaiting() {
  while (!queue_.empty() && sending_ + entries_.size() < kInFlightMax) {
    Waiting next = std::move(queue_.front());
    queue_.pop_front();
    Send(std::move(next.request), next.deadline, std::move(next.done));
  }
}

std::vector<int64_t> DealerLine::QueuedIds() const {
  std::vector<int64_t> ids;
  for (const auto& [id, entry] : entries_) ids.push_back(id);
  return ids;
}

void DealerLine::Poll() {
  if (polling_ || entries_.empty()) return;
  fresh_ = false;
  Ask(/*all=*/false);
}

void DealerLine::Ask(bool all) {
  polling_ = true;
  poll_timer_.cancel();
  const std::vector<int64_t> ids = QueuedIds();
  pool_.Call(kLane, GetDealerUpdates(all ? std::vector<int64_t>() : ids), Now() + kPollTimeout,
             [this, all, ids](absl::StatusOr<Answer> answer) {
               polling_ = false;
               OnUpdates(ids, answer);
               if (all && answer.ok() && IsRefused(*answer)) asks_along_ = false;
               SendWaiting();
               PollLater();
             });
}

void DealerLine::OnUpdates(const std::vector<int64_t>& ids, const absl::StatusOr<Answer>& answer) {
  // Updates are told once. Those of a lost answer are gone; the next question shows which ids went with them.
  if (!answer.ok()) return;
  if (IsRefused(*answer)) {
    LOG_EVENT(kWarning, "mt5_dealer_updates_refused", {"retcode", answer->retcode},
              {"text", answer->retcode_text});
    return;
  }
  absl::StatusOr<DealerUpdates> updates = DealerUpdates();
  if (answer->retcode == 0) updates = ParseDealerUpdates(*answer);
  for (const int64_t id : ids) {
    const auto entry = entries_.find(id);
    if (entry == entries_.end() || (updates.ok() && updates->contains(id))) continue;
    // Where the server tells nothing, the subscription has ended and we have not seen how.
    const CommandContext& context = entry->second.context;
    Finish(entry, updates.ok() ? LostConnection(context)
                               : UnreadableAnswer(StdView(updates.status().message()), context));
  }
  if (!updates.ok()) return;
  for (const auto& [id, states] : *updates) {
    // More than one may look final: an order is placed, then done. The last one counts.
    const auto last = std::find_if(states.rbegin(), states.rend(), [](const DealerUpdate& update) {
      return !IsIntermediate(update.retcode);
    });
    if (last == states.rend()) continue;
    if (const auto entry = entries_.find(id); entry != entries_.end()) {
      Finish(entry, *last);
    } else if (sending_ > 0 && early_.size() < kInFlightMax) {
      early_.emplace(id, *last);
    }
  }
}

void DealerLine::Finish(Entries::iterator entry, absl::StatusOr<DealerUpdate> outcome) {
  Done<DealerUpdate> done = std::exchange(entry->second.done, nullptr);
  entries_.erase(entry);
  if (done) done(std::move(outcome));
}

void DealerLine::PollLater() {
  if (polling_ || entries_.empty()) return;
  if (fresh_) return Poll();
  poll_timer_.expires_after(absl::ToChronoNanoseconds(pause_));
  pause_ = std::min(pause_ * 2, kLongestPause);
  poll_timer_.async_wait([this](const asio::error_code& error) {
    if (!error) Poll();
  });
}

void DealerLine::OnConnectionChanged() {
  if (pool_.ready(kLane)) return;
  while (!entries_.empty()) {
    const CommandContext context = entries_.begin()->second.context;
    Finish(entries_.begin(), LostConnection(context));
  }
  early_.clear();
  poll_timer_.cancel();
  deadline_timer_.cancel();
  armed_ = absl::InfiniteFuture();
  // What waits is not sent to the next connection late: its callers learn at once that nothing happened.
  std::deque<Waiting> queue;
  std::swap(queue, queue_);
  for (Waiting& waiting : queue) {
    waiting.done(NotConnected("the connection for trading was lost", absl::Seconds(1), /*mutation=*/true));
  }
}

void DealerLine::ArmDeadline(absl::Time deadline) {
  if (deadline >= armed_) return;
  armed_ = deadline;
  deadline_timer_.expires_after(absl::ToChronoNanoseconds(std::max(deadline - Now(), absl::ZeroDuration())));
  deadline_timer_.async_wait([this](const asio::error_code& error) {
    if (!error) ExpireDeadlines();
  });
}

void DealerLine::ExpireDeadlines() {
  armed_ = absl::InfiniteFuture();
  const absl::Time now = Now();
  absl::Time next = absl::InfiniteFuture();
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    Entry& request = entry->second;
    if (request.done && request.deadline <= now) {
      // It still counts as under way: the server will work on it, and its updates are still asked for.
      request.forget_time = now + kSubscriptionLife;
      std::exchange(request.done, nullptr)(TooLate(request.context, /*sent=*/true));
    }
    if (request.forget_time <= now) {
      entry = entries_.erase(entry);
      continue;
    }
    next = std::min(next, request.done ? request.deadline : request.forget_time);
    ++entry;
  }
  for (auto waiting = queue_.begin(); waiting != queue_.end();) {
    if (waiting->deadline > now) {
      next = std::min(next, waiting->deadline);
      ++waiting;
      continue;
    }
    waiting->done(TooLate(waiting->request.context, /*sent=*/false));
    waiting = queue_.erase(waiting);
  }
  if (next != absl::InfiniteFuture()) ArmDeadline(next);
}

}  // namespace mtsuite::connector::mt5
