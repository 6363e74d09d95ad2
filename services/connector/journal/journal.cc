#include "services/connector/journal/journal.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/connector/journal/journal_errors.h"
#include "services/connector/journal/tag.h"

namespace mtsuite::connector {

using operations::v1::Operation;
using Step = OperationMachine::Step;

namespace {

// Answers leave a little before the caller gives up, so that it hears the outcome instead of a bare timeout.
absl::Duration TimeToAnswer(absl::Duration remaining) {
  return remaining - std::min(absl::Milliseconds(50), remaining / 10);
}

metrics::Counter OutcomeCounter(const Journal::Options& options, const char* state) {
  return metrics::MakeCounter(
      options.registry,
      {"connector_operations_total", "Operations by what became of them, unconfirmed ones included."},
      {{"server", options.server}, {"state", state}});
}

}  // namespace

std::shared_ptr<Journal> Journal::Create(const Options& options, const Tools& tools) {
  return std::shared_ptr<Journal>(new Journal(options, tools));
}

Journal::Journal(const Options& options, const Tools& tools)
    : options_(options),
      tools_(tools),
      applied_(OutcomeCounter(options, "applied")),
      rejected_(OutcomeCounter(options, "rejected")),
      not_applied_(OutcomeCounter(options, "not_applied")),
      doubted_(OutcomeCounter(options, "unconfirmed")),
      replayed_(metrics::MakeCounter(
          options.registry,
          {"connector_operations_replayed_total", "Requests answered with an earlier outcome."},
          {{"server", options.server}})),
      searches_(metrics::MakeCounter(
          options.registry,
          {"connector_resolver_searches_total", "Searches of the trading server for operations."},
          {{"server", options.server}})),
      late_(metrics::MakeCounter(options.registry,
                                 {"connector_operations_late_total",
                                  "Operations found applied after they had been declared not applied."},
                                 {{"server", options.server}})),
      unconfirmed_gauge_(metrics::MakeGauge(
          options.registry, {"connector_operations_unconfirmed", "Operations whose outcome is not known."},
          {{"server", options.server}})),
      active_gauge_(metrics::MakeGauge(
          options.registry, {"connector_operations_active", "Operations that something is being done for."},
          {{"server", options.server}})) {}

void Journal::Run(Effects& effects) {
  for (auto& effect : effects) effect();
}

void Journal::Execute(OperationRequest request, absl::AnyInvocable<void(OperationReply)> done) {
  std::string fingerprint = tools_.fingerprinter.Of(request.command);
  const std::string id = request.operation_id;
  Waiter waiter{0, std::move(request), std::move(fingerprint), std::move(done), Scheduler::kNoTimer, false};
  Effects effects;
  {
    absl::MutexLock lock(&mutex_);
    const auto found = active_.find(id);
    if (stopped_) {
      Answer(std::move(waiter), {journal_errors::Stopped(id, /*possibly_sent=*/true), {}, false}, effects);
    } else if (found != active_.end()) {
      Attach(id, found->second, std::move(waiter), effects);
    } else if (static_cast<int>(active_.size()) - machines_ >= options_.lookups_max) {
      Answer(std::move(waiter), {journal_errors::TooManyCalls(id, options_.lookups_max), {}, false}, effects);
    } else {
      Active& active = active_[id];
      waiter.is_first = true;
      AddWaiter(id, active, std::move(waiter));
      Lookup(id, active, effects);
    }
  }
  Run(effects);
}

void Journal::Attach(const std::string& id, Active& active, Waiter waiter, Effects& effects) {
  if (active.machine.has_value() && waiter.fingerprint != active.machine->record().fingerprint) {
    Answer(std::move(waiter), {journal_errors::OperationIdReused(id), {}, false}, effects);
    return;
  }
  if (static_cast<int>(active.waiters.size()) >= options_.waiters_max) {
    Answer(std::move(waiter), {journal_errors::TooManyCalls(id, options_.waiters_max), {}, false}, effects);
    return;
  }
  // After a restart only a repeat brings the passwords back, by which the resolver can tell.
  if (active.machine.has_value()) active.command = waiter.request.command;
  AddWaiter(id, active, std::move(waiter));
}

void Journal::AddWaiter(const std::string& id, Active& active, Waiter waiter) {
  waiter.id = ++last_waiter_;
  const absl::Duration remaining = waiter.request.deadline - tools_.clock.TimeNow();
  waiter.timer =
      tools_.scheduler.After(TimeToAnswer(remaining), [weak = weak_from_this(), id, waiter_id = waiter.id] {
        if (const auto self = weak.lock()) self->OnDeadline(id, waiter_id);
      });
  active.waiters.push_back(std::move(waiter));
}

void Journal::Lookup(const std::string& id, Active& active, Effects& effects) {
  active.turn = ++last_turn_;
  effects.push_back([this, weak = weak_from_this(), id, turn = active.turn] {
    auto record = std::make_shared<std::optional<OperationRecord>>();
    tools_.reader.Submit(
        {[&store = tools_.read_store, server = options_.server, id, record]() -> absl::Status {
           ASSIGN_OR_RETURN(*record, store.Find(server, id));
           return absl::OkStatus();
         },
         [weak, id, turn, record](const absl::Status& status) {
           if (const auto self = weak.lock()) self->OnLookedUp(id, turn, status, std::move(*record));
         }});
  });
}

void Journal::OnLookedUp(const std::string& id, uint64_t turn, const absl::Status& status,
                         std::optional<OperationRecord> record) {
  Effects effects;
  {
    absl::MutexLock lock(&mutex_);
    const auto entry = active_.find(id);
    if (stopped_ || entry == active_.end() || entry->second.turn != turn) return;
    if (!status.ok()) {
      LOG_EVENT(kWarning, "operation_lookup_failed", {"server", options_.server},
                {"cause", status.ToString()});
      AnswerAll(entry->second, {journal_errors::LookupFailed(id, status), {}, false}, effects);
      active_.erase(entry);
    } else if (record.has_value()) {
      Resume(entry, *std::move(record), effects);
    } else {
      Begin(entry, effects);
    }
  }
  Run(effects);
}

// The id is new: the first request that still waits decides what it stands for.
void Journal::Begin(ActiveMap::iterator entry, Effects& effects) {
  Active& active = entry->second;
  if (active.waiters.empty()) {
    active_.erase(entry);
    return;
  }
  const std::string fingerprint = active.waiters.front().fingerprint;
  DropOthers(active, fingerprint, effects);
  absl::Status refusal = tools_.commands.CheckAvailable();
  if (refusal.ok() && machines_ >= options_.operations_max) {
    refusal = journal_errors::TooManyOperations(options_.operations_max);
  }
  if (!refusal.ok()) {
    AnswerAll(active, {refusal, {}, false}, effects);
    active_.erase(entry);
    return;
  }
  Waiter& first = active.waiters.front();
  first.is_first = true;
  active.command = std::move(first.request.command);
  OperationRecord record;
  record.server = options_.server;
  record.operation_id = entry->first;
  record.kind = KindOf(active.command);
  record.login = LoginOf(active.command);
  record.tag = MakeTag(options_.server, entry->first);
  record.fingerprint = fingerprint;
  record.command = WithoutSecrets(active.command);
  record.principal = first.request.principal;
  record.request_id = first.request.request_id;
  active.machine = OperationMachine::New(std::move(record), options_.limits);
  ++machines_;
  Advance(entry, effects);
}

// The id is known.
void Journal::Resume(ActiveMap::iterator entry, OperationRecord record, Effects& effects) {
  Active& active = entry->second;
  DropOthers(active, record.fingerprint, effects);
  if (record.state == Operation::APPLIED || record.state == Operation::REJECTED) {
    OperationReply reply{absl::OkStatus(), record, true};
    if (record.state == Operation::REJECTED) reply.status = journal_errors::OfRecord(record);
    for (Waiter& waiter : active.waiters) waiter.is_first = false;
    AnswerAll(active, reply, effects);
    // A sweep may have reserved for it, just before it was concluded.
    effects.push_back([this, record = std::move(record)] { tools_.commands.Release(record); });
    active_.erase(entry);
    return;
  }
  if (record.state == Operation::NOT_APPLIED) {
    const absl::Status refusal = tools_.commands.CheckAvailable();
    if (active.waiters.empty() || !refusal.ok()) {
      AnswerAll(active, {refusal, {}, false}, effects);
      active_.erase(entry);
      return;
    }
    // A new attempt, and its caller is the one that asked for it.
    active.waiters.front().is_first = true;
    active.command = std::move(active.waiters.front().request.command);
    active.machine = OperationMachine::Repeat(std::move(record), options_.limits);
  } else {
    active.command =
        active.waiters.empty() ? record.command : std::move(active.waiters.front().request.command);
    for (Waiter& waiter : active.waiters) waiter.is_first = false;
    tools_.commands.Resume(record);
    active.machine =
        OperationMachine::Interrupted(std::move(record), options_.limits, tools_.scheduler.MonotonicNow());
  }
  ++machines_;
  Advance(entry, effects);
}

void Journal::DropOthers(Active& active, const std::string& fingerprint, Effects& effects) {
  std::vector<Waiter> same;
  for (Waiter& waiter : active.waiters) {
    if (waiter.fingerprint == fingerprint) {
      same.push_back(std::move(waiter));
    } else {
      const std::string id = waiter.request.operation_id;
      Answer(std::move(waiter), {journal_errors::OperationIdReused(id), {}, false}, effects);
    }
  }
  active.waiters = std::move(same);
}

void Journal::OnDeadline(const std::string& id, uint64_t waiter_id) {
  Effects effects;
  {
    absl::MutexLock lock(&mutex_);
    const auto entry = active_.find(id);
    if (entry == active_.end()) return;
    Active& active = entry->second;
    const auto waiter =
        std::find_if(active.waiters.begin(), active.waiters.end(),
                     [waiter_id](const Waiter& candidate) { return candidate.id == waiter_id; });
    if (waiter == active.waiters.end()) return;
    Waiter late = std::move(*waiter);
    active.waiters.erase(waiter);
    // Before it is recorded, an operation that nobody waits for is dropped (see Tell), and that can be
    // promised. Not so while the store or the trading server may still turn out to know it.
    const bool dropped =
        active.waiters.empty() && active.machine.has_value() && active.machine->step() == Step::kPrepare;
    Answer(std::move(late),
           {dropped ? journal_errors::NotStartedInTime() : journal_errors::Unconfirmed(id), {}, false},
           effects);
  }
  Run(effects);
}

void Journal::Answer(Waiter waiter, OperationReply reply, Effects& effects) {
  if (reply.replayed) replayed_.Increment();
  effects.push_back(
      [this, timer = waiter.timer, done = std::move(waiter.done), reply = std::move(reply)]() mutable {
        tools_.scheduler.Cancel(timer);
        done(std::move(reply));
      });
}

void Journal::AnswerAll(Active& active, const OperationReply& reply, Effects& effects) {
  for (Waiter& waiter : active.waiters) {
    OperationReply own = reply;
    own.replayed = reply.record.state != Operation::STATE_UNSPECIFIED && !waiter.is_first;
    Answer(std::move(waiter), std::move(own), effects);
  }
  active.waiters.clear();
}

void Journal::Get(const std::string& operation_id, Done<Operation> done) {
  std::optional<Operation> known;
  {
    absl::MutexLock lock(&mutex_);
    const auto found = active_.find(operation_id);
    if (found != active_.end() && found->second.machine.has_value() && found->second.machine->recorded()) {
      known = ToPublic(found->second.machine->record());
    }
  }
  if (known.has_value()) {
    done(*std::move(known));
    return;
  }
  auto record = std::make_shared<std::optional<OperationRecord>>();
  tools_.reader.Submit(
      {[&store = tools_.read_store, server = options_.server, operation_id, record]() -> absl::Status {
         ASSIGN_OR_RETURN(*record, store.Find(server, operation_id));
         return absl::OkStatus();
       },
       [server = options_.server, operation_id, record,
        done = std::move(done)](const absl::Status& status) mutable {
         if (!status.ok()) return done(status);
         if (record->has_value()) return done(ToPublic(**record));
         done(journal_errors::OperationNotFound(server, operation_id));
       }});
}

void Journal::List(OperationQuery query, Done<std::vector<OperationRecord>> done) {
  query.server = options_.server;
  auto records = std::make_shared<std::vector<OperationRecord>>();
  tools_.reader.Submit({[&store = tools_.read_store, query = std::move(query), records]() -> absl::Status {
                          ASSIGN_OR_RETURN(*records, store.List(query));
                          return absl::OkStatus();
                        },
                        [records, done = std::move(done)](const absl::Status& status) mutable {
                          if (!status.ok()) return done(status);
                          done(std::move(*records));
                        }});
}

int Journal::unconfirmed_count() const {
  absl::MutexLock lock(&mutex_);
  return unconfirmed_;
}

}  // namespace mtsuite::connector
