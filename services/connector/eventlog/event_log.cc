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

int64_t LoginOf(const v1::Event& event) {
  switch (event.event_case()) {
    case v1::Event::kAccountCreated:
      return event.account_created().login();
    case v1::Event::kAccountUpdated:
      return event.account_updated().login();
    case v1::Event::kAccountDeleted:
      return event.account_deleted();
    case v1::Event::kDealBooked:
      return event.deal_booked().login();
    default:
      return event.login();
  }
}

void SetRevision(v1::Event& event, int64_t revision) {
  if (event.has_order_placed()) event.mutable_order_placed()->set_revision(revision);
  if (event.has_order_updated()) event.mutable_order_updated()->set_revision(revision);
  if (event.has_order_done()) event.mutable_order_done()->set_revision(revision);
  if (event.has_position_opened()) event.mutable_position_opened()->set_revision(revision);
  if (event.has_position_updated()) event.mutable_position_updated()->set_revision(revision);
  if (event.has_position_closed()) event.mutable_position_closed()->set_revision(revision);
}

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
    std::vector<OpenRecord> open;
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
         ASSIGN_OR_RETURN(read->open, store.ReadOpen(server));
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
             self->head_ = {self->tools_.new_epoch(), 0, self->tools_.clock.TimeNow(), false, false};
             restored.deals_since = self->head_.deals_until;
             self->head_changed_ = true;
           }
           self->visible_ = self->head_.last_sequence;
           self->first_held_ = read->first == 0 ? self->visible_ + 1 : read->first;
           self->tickets_.insert(read->tickets.begin(), read->tickets.end());
         }
         restored.digests = std::move(read->digests);
         restored.trades_baselined = read->head.has_value() && read->head->trades_baselined;
         for (const OpenRecord& record : read->open) {
           const bool readable = record.kind == OpenRecord::Kind::kOrder
                                     ? restored.orders.emplace_back().ParseFromString(record.payload)
                                     : restored.positions.emplace_back().ParseFromString(record.payload);
           if (!readable) return done(absl::DataLossError("a damaged open order or position"));
         }
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
  event.set_login(LoginOf(event));
  if (event.has_account_created()) event.set_group(event.account_created().group());
  if (event.has_account_updated()) event.set_group(event.account_updated().group());
  if (event.group().empty() && event.login() != 0 && tools_.group_of) {
    event.set_group(tools_.group_of(event.login()).value_or(""));
  }
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

std::vector<type::v1::Deal> EventLog::AppendDeals(const std::vector<type::v1::Deal>& deals) {
  std::vector<type::v1::Deal> fresh;
  {
    absl::MutexLock lock(&mutex_);
    for (const type::v1::Deal& deal : deals) {
      const absl::Time time = FromProto(deal.time());
      if (!tickets_.emplace(deal.ticket(), time).second) continue;
      head_.deals_until = std::max(head_.deals_until, time);
      v1::Event event;
      *event.mutable_deal_booked() = deal;
      Add(std::move(event));
      fresh.push_back(deal);
    }
    ForgetTickets();
  }
  Flush();
  return fresh;
}

void EventLog::Note(const v1::Event& event) {
  using Kind = OpenRecord::Kind;
  const auto open = [this](Kind kind, const auto& record) {
    pending_.records.push_back({kind, record.ticket(), record.SerializeAsString()});
  };
  if (event.has_order_placed()) open(Kind::kOrder, event.order_placed());
  if (event.has_order_updated()) open(Kind::kOrder, event.order_updated());
  if (event.has_position_opened()) open(Kind::kPosition, event.position_opened());
  if (event.has_position_updated()) open(Kind::kPosition, event.position_updated());
  if (event.has_order_done()) pending_.records.push_back({Kind::kOrder, event.order_done().ticket(), ""});
  if (event.has_position_closed()) {
    pending_.records.push_back({Kind::kPosition, event.position_closed().ticket(), ""});
  }
}

void EventLog::AppendTrades(std::vector<v1::Event>& events) {
  {
    absl::MutexLock lock(&mutex_);
    for (v1::Event& event : events) {
      SetRevision(event, head_.last_sequence + 1);
      Note(event);
      Add(event);
    }
  }
  Flush();
}

void EventLog::AdoptTrades(std::vector<v1::Event>& events) {
  {
    absl::MutexLock lock(&mutex_);
    for (v1::Event& event : events) {
      SetRevision(event, head_.last_sequence);
      Note(event);
    }
  }
  Flush();
}

void EventLog::SetTradesBaselined() {
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(head_.trades_baselined, true)) return;
    head_changed_ = true;
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
  for (const OpenRecord& record : batch.records) {
    RETURN_IF_ERROR(tools_.store.PutOpen(options_.server, record));
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

}  // namespace mtsuite::connector
