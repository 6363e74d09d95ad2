#include "services/connector/eventlog/event_log.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/log/log.h"
#include "common/status/macros.h"
#include "services/connector/base/proto_time.h"

namespace mtsuite::connector {
namespace {

constexpr absl::Duration kRetryInterval = absl::Seconds(1);
constexpr absl::Duration kTrimInterval = absl::Minutes(1);
constexpr int kTrimBatch = 500;

}  // namespace

std::shared_ptr<EventLog> EventLog::Create(const Options& options, const Tools& tools) {
  return std::shared_ptr<EventLog>(new EventLog(options, tools));
}

EventLog::EventLog(const Options& options, const Tools& tools)
    : options_(options),
      tools_(tools),
      events_counter_(metrics::MakeCounter(options.registry,
                                           {"connector_events_total", "Events written to the log."},
                                           {{"server", options.server}})),
      pending_gauge_(metrics::MakeGauge(options.registry,
                                        {"connector_events_pending", "Events that wait for the database."},
                                        {{"server", options.server}})),
      lag_seconds_(metrics::MakeGauge(
          options.registry, {"connector_event_lag_seconds", "Age of the last event when it became durable."},
          {{"server", options.server}})) {}

void EventLog::Start(Done<Restored> done) {
  struct Read {
    std::optional<EventLogHead> head;
    int64_t first = 0;
    std::vector<std::pair<int64_t, absl::Time>> tickets;
    std::vector<std::pair<int64_t, uint64_t>> digests;
  };
  auto read = std::make_shared<Read>();
  const absl::Duration remembered = 2 * options_.deal_overlap;
  tools_.committer.Submit(
      {[&store = tools_.store, server = options_.server, read, remembered]() -> absl::Status {
         ASSIGN_OR_RETURN(read->head, store.ReadHead(server));
         if (!read->head.has_value()) return absl::OkStatus();
         ASSIGN_OR_RETURN(read->first, store.FirstSequence(server));
         ASSIGN_OR_RETURN(read->tickets, store.ReadTickets(server, read->head->deals_until - remembered));
         ASSIGN_OR_RETURN(read->digests, store.ReadDigests(server));
         return absl::OkStatus();
       },
       [self = shared_from_this(), read, done = std::move(done)](const absl::Status& status) mutable {
         if (!status.ok()) return done(status);
         Restored restored;
         {
           absl::MutexLock lock(&self->mutex_);
           if (read->head.has_value()) {
             self->head_ = *read->head;
             restored.deals_since = self->head_.deals_until - self->options_.deal_overlap;
           } else {
             // What happened before the log began is history, not news.
             self->head_ = {self->tools_.new_epoch(), 0, self->tools_.clock.TimeNow(), false};
             restored.deals_since = self->head_.deals_until;
             self->head_changed_ = true;
           }
           self->visible_ = self->head_.last_sequence;
           self->first_held_ = read->first == 0 ? self->visible_ + 1 : read->first;
           self->tickets_.insert(read->tickets.begin(), read->tickets.end());
         }
         restored.digests = std::move(read->digests);
         self->Flush();
         self->ScheduleTrim(kTrimInterval);
         done(std::move(restored));
       }});
}

void EventLog::Add(v1::Event event) {
  if (pending_.events.size() >= options_.pending_max) {
    // The database has been away for too long to go on without a gap, and a gap must show: the log begins
    // anew.
    LOG_EVENT(kWarning, "event_log_restarted", {"server", options_.server}, {"lost", pending_.events.size()});
    pending_.events.clear();
    pending_.forget_up_to = head_.last_sequence;
    head_.epoch = tools_.new_epoch();
  }
  event.mutable_position()->set_epoch(head_.epoch);
  event.mutable_position()->set_sequence(++head_.last_sequence);
  *event.mutable_time() = ToProto(tools_.clock.TimeNow());
  pending_.events.push_back(std::make_shared<const v1::Event>(std::move(event)));
}

void EventLog::AppendAccounts(const AccountChanges& changes, bool own) {
  if (changes.empty()) return;
  {
    absl::MutexLock lock(&mutex_);
    const bool tell = own || head_.baselined;
    for (const accounts::v1::Account& account : changes.created) {
      v1::Event event;
      *event.mutable_account_created() = account;
      if (tell) Add(std::move(event));
      pending_.digests.push_back({account.login(), AccountDigest(account)});
    }
    for (const accounts::v1::Account& account : changes.updated) {
      v1::Event event;
      *event.mutable_account_updated() = account;
      if (tell) Add(std::move(event));
      pending_.digests.push_back({account.login(), AccountDigest(account)});
    }
    for (const int64_t login : changes.deleted) {
      v1::Event event;
      event.set_account_deleted(login);
      if (tell) Add(std::move(event));
      pending_.digests.push_back({login, std::nullopt});
    }
  }
  Flush();
}

void EventLog::SetBaselined() {
  {
    absl::MutexLock lock(&mutex_);
    if (head_.baselined) return;
    head_.baselined = true;
    head_changed_ = true;
  }
  Flush();
}

void EventLog::AppendDeals(const std::vector<type::v1::Deal>& deals) {
  {
    absl::MutexLock lock(&mutex_);
    for (const type::v1::Deal& deal : deals) {
      const absl::Time time = FromProto(deal.time());
      if (!tickets_.emplace(deal.ticket(), time).second) continue;
      head_.deals_until = std::max(head_.deals_until, time);
      v1::Event event;
      *event.mutable_deal_booked() = deal;
      Add(std::move(event));
    }
    ForgetTickets();
  }
  Flush();
}

void EventLog::AppendServer(const operations::v1::Server& server) {
  {
    absl::MutexLock lock(&mutex_);
    v1::Event event;
    *event.mutable_server_changed() = server;
    Add(std::move(event));
  }
  Flush();
}

// Each look costs all tickets, so it comes only when they have doubled.
void EventLog::ForgetTickets() {
  if (tickets_.size() < 2 * tickets_checked_ + 10'000) return;
  const absl::Time oldest = head_.deals_until - 2 * options_.deal_overlap;
  absl::erase_if(tickets_, [oldest](const auto& ticket) { return ticket.second < oldest; });
  tickets_checked_ = tickets_.size();
}

// One batch is on its way at a time: so the order holds even when one has to be tried again.
void EventLog::Flush() {
  auto batch = std::make_shared<Batch>();
  {
    absl::MutexLock lock(&mutex_);
    if (writing_ || (pending_.empty() && !head_changed_)) return;
    writing_ = true;
    head_changed_ = false;
    std::swap(*batch, pending_);
    batch->head = head_;
  }
  Submit(std::move(batch));
}

void EventLog::Submit(std::shared_ptr<Batch> batch) {
  tools_.committer.Submit({[self = shared_from_this(), batch] { return self->Write(*batch); },
                           [weak = weak_from_this(), batch](const absl::Status& status) {
                             if (const auto self = weak.lock()) self->OnWritten(batch, status);
                           }});
}

absl::Status EventLog::Write(const Batch& batch) {
  if (batch.forget_up_to > 0) {
    RETURN_IF_ERROR(tools_.store
                        .DeleteOld(options_.server, batch.forget_up_to, absl::InfinitePast(),
                                   std::numeric_limits<int>::max())
                        .status());
  }
  for (const EventPtr& event : batch.events) {
    StoredEvent stored;
    stored.sequence = event->position().sequence();
    stored.time = FromProto(event->time());
    if (event->has_deal_booked()) {
      stored.ticket = event->deal_booked().ticket();
      stored.deal_time = FromProto(event->deal_booked().time());
    }
    stored.payload = event->SerializeAsString();
    RETURN_IF_ERROR(tools_.store.Append(options_.server, stored));
  }
  for (const Digest& digest : batch.digests) {
    RETURN_IF_ERROR(digest.value.has_value()
                        ? tools_.store.PutDigest(options_.server, digest.login, *digest.value)
                        : tools_.store.DeleteDigest(options_.server, digest.login));
  }
  return tools_.store.WriteHead(options_.server, batch.head);
}

void EventLog::OnWritten(const std::shared_ptr<Batch>& batch, const absl::Status& status) {
  if (!status.ok()) {
    tools_.scheduler.After(kRetryInterval, [weak = weak_from_this(), batch] {
      if (const auto self = weak.lock()) self->Submit(batch);
    });
    return;
  }
  std::vector<std::function<void()>> watchers;
  {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    for (const EventPtr& event : batch->events) {
      // A new epoch left out some numbers; what came before is not to be joined with it.
      if (event->position().sequence() != visible_ + 1) {
        memory_.clear();
        first_held_ = event->position().sequence();
      }
      memory_.push_back(event);
      visible_ = event->position().sequence();
    }
    while (memory_.size() > options_.memory_max) memory_.pop_front();
    events_counter_.Increment(static_cast<double>(batch->events.size()));
    pending_gauge_.Set(static_cast<double>(pending_.events.size()));
    if (!batch->events.empty()) {
      lag_seconds_.Set(
          absl::ToDoubleSeconds(tools_.clock.TimeNow() - FromProto(batch->events.back()->time())));
      for (const auto& [id, watcher] : watchers_) watchers.push_back(watcher);
    }
  }
  for (const auto& watcher : watchers) watcher();
  Flush();
}

EventLog::StartPoint EventLog::FindStart(const std::optional<v1::EventPosition>& after) const {
  absl::MutexLock lock(&mutex_);
  if (!after.has_value()) return {visible_, false};
  const bool held =
      after->epoch() == head_.epoch && after->sequence() >= first_held_ - 1 && after->sequence() <= visible_;
  if (held) return {after->sequence(), false};
  return {first_held_ - 1, true};
}

void EventLog::Read(int64_t sequence, int limit, Done<std::vector<EventPtr>> done) {
  std::optional<absl::StatusOr<std::vector<EventPtr>>> known;
  {
    absl::MutexLock lock(&mutex_);
    if (sequence >= visible_) {
      known = std::vector<EventPtr>();
    } else if (sequence < first_held_ - 1) {
      known = absl::OutOfRangeError("these events are no longer held");
    } else if (!memory_.empty() && memory_.front()->position().sequence() <= sequence + 1) {
      const auto first = memory_.begin() + (sequence + 1 - memory_.front()->position().sequence());
      const auto count = std::min<ptrdiff_t>(limit, memory_.end() - first);
      known = std::vector<EventPtr>(first, first + count);
    }
  }
  if (known.has_value()) return done(*std::move(known));
  auto stored = std::make_shared<std::vector<StoredEvent>>();
  tools_.committer.Submit(
      {[&store = tools_.store, server = options_.server, sequence, limit, stored]() -> absl::Status {
         ASSIGN_OR_RETURN(*stored, store.ReadAfter(server, sequence, limit));
         return absl::OkStatus();
       },
       [sequence, stored, done = std::move(done)](const absl::Status& status) mutable {
         if (!status.ok()) return done(status);
         std::vector<EventPtr> events;
         for (const StoredEvent& row : *stored) {
           auto event = std::make_shared<v1::Event>();
           if (!event->ParseFromString(row.payload)) return done(absl::DataLossError("a damaged event"));
           events.push_back(std::move(event));
         }
         const bool trimmed = events.empty() || events.front()->position().sequence() != sequence + 1;
         if (trimmed) return done(absl::OutOfRangeError("these events are no longer held"));
         done(std::move(events));
       }});
}

v1::EventPosition EventLog::last() const {
  absl::MutexLock lock(&mutex_);
  v1::EventPosition position;
  position.set_epoch(head_.epoch);
  position.set_sequence(visible_);
  return position;
}

uint64_t EventLog::Watch(std::function<void()> callback) {
  absl::MutexLock lock(&mutex_);
  watchers_.emplace(++last_watcher_, std::move(callback));
  return last_watcher_;
}

void EventLog::Unwatch(uint64_t id) {
  absl::MutexLock lock(&mutex_);
  watchers_.erase(id);
}

void EventLog::ScheduleTrim(absl::Duration delay) {
  tools_.scheduler.After(delay, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Trim();
  });
}

void EventLog::Trim() {
  struct Trimmed {
    int deleted = 0;
    int64_t first = 0;
  };
  auto trimmed = std::make_shared<Trimmed>();
  int64_t up_to = 0;
  {
    absl::MutexLock lock(&mutex_);
    up_to = visible_ - options_.events_max;
  }
  const absl::Time before = tools_.clock.TimeNow() - options_.age_max;
  tools_.committer.Submit(
      {[&store = tools_.store, server = options_.server, up_to, before, trimmed]() -> absl::Status {
         ASSIGN_OR_RETURN(trimmed->deleted, store.DeleteOld(server, up_to, before, kTrimBatch));
         ASSIGN_OR_RETURN(trimmed->first, store.FirstSequence(server));
         return absl::OkStatus();
       },
       [weak = weak_from_this(), trimmed](const absl::Status& status) {
         const auto self = weak.lock();
         if (self == nullptr) return;
         const bool more = status.ok() && trimmed->deleted == kTrimBatch;
         if (status.ok() && trimmed->deleted > 0) {
           absl::MutexLock lock(&self->mutex_);
           const int64_t first = trimmed->first == 0 ? self->visible_ + 1 : trimmed->first;
           self->first_held_ = std::max(self->first_held_, first);
         }
         self->ScheduleTrim(more ? absl::Milliseconds(100) : kTrimInterval);
       }});
}

}  // namespace mtsuite::connector
