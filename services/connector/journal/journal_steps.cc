// What the journal does for one operation, step by step.
#include <utility>

#include "common/log/log.h"
#include "common/status/error.h"
#include "services/connector/journal/journal.h"
#include "services/connector/journal/journal_errors.h"

namespace mtsuite::connector {

using operations::v1::Operation;
using Step = OperationMachine::Step;

void Journal::Tell(const std::string& id, uint64_t turn,
                   absl::AnyInvocable<void(OperationMachine&, absl::Time)> event) {
  Effects effects;
  {
    absl::MutexLock lock(&mutex_);
    const auto entry = active_.find(id);
    if (stopped_ || entry == active_.end() || entry->second.turn != turn) return;
    Active& active = entry->second;
    OperationMachine& machine = *active.machine;
    const bool was_searching = std::exchange(active.searching, false);
    if (was_searching) --searches_running_;
    const Step before = machine.step();
    event(machine, tools_.scheduler.MonotonicNow());
    if (before == Step::kPrepare && machine.step() == Step::kRecord && active.waiters.empty()) {
      // Its callers were told that it was not sent. It leaves no trace.
      effects.push_back([this, record = machine.record()] { tools_.commands.Release(record); });
      --machines_;
      active_.erase(entry);
    } else {
      Advance(entry, effects);
    }
    if (was_searching) PumpSearches(effects);
  }
  Run(effects);
}

void Journal::Advance(ActiveMap::iterator entry, Effects& effects) {
  const std::string& id = entry->first;
  Active& active = entry->second;
  active.turn = ++last_turn_;
  CountUnconfirmed(active);
  active_gauge_.Set(machines_);
  switch (active.machine->step()) {
    case Step::kPrepare:
      return Prepare(id, active, effects);
    case Step::kRecord:
    case Step::kConclude:
      return Store(id, active, effects);
    case Step::kSend:
      return Send(id, active, effects);
    case Step::kVerify:
      return Search(id, active, effects);
    case Step::kSearch:
      search_queue_.push_back(id);
      return PumpSearches(effects);
    case Step::kWait:
      return Wait(id, active);
    case Step::kDone:
      return Conclude(entry, effects);
  }
}

void Journal::Prepare(const std::string& id, Active& active, Effects& effects) {
  effects.push_back([this, weak = weak_from_this(), id, turn = active.turn, record = active.machine->record(),
                     command = active.command] {
    tools_.commands.Prepare(record, command, tools_.clock.TimeNow() + options_.read_timeout,
                            [weak, id, turn](absl::StatusOr<Preparation> preparation) {
                              const auto self = weak.lock();
                              if (self == nullptr) return;
                              self->Tell(id, turn, [&preparation](OperationMachine& machine, absl::Time) {
                                machine.Prepared(preparation);
                              });
                            });
  });
}

void Journal::Store(const std::string& id, Active& active, Effects& effects) {
  active.machine->Stamp(tools_.clock.TimeNow());
  const OperationRecord& record = active.machine->record();
  // Its callers need not wait for the store: should this outcome be lost in a crash, the tag on the trading
  // server brings it back. It is submitted before the answer goes out, so a process that ends in order keeps
  // it.
  const bool answered = active.machine->step() == Step::kConclude && record.state == Operation::APPLIED &&
                        LeavesTag(record.kind);
  effects.push_back([this, weak = weak_from_this(), id, turn = active.turn, answered,
                     record = std::make_shared<const OperationRecord>(active.machine->record())] {
    tools_.committer.Submit({.apply = [&store = tools_.store, record] { return store.Put(*record); },
                             .done =
                                 [weak, id, turn](const absl::Status& status) {
                                   const auto self = weak.lock();
                                   if (self == nullptr) return;
                                   self->Tell(id, turn, [&status](OperationMachine& machine, absl::Time now) {
                                     machine.Stored(status, now);
                                   });
                                 },
                             .patient = answered});
  });
  if (answered) AnswerAll(active, {absl::OkStatus(), record, false}, effects);
}

void Journal::Send(const std::string& id, Active& active, Effects& effects) {
  effects.push_back([this, weak = weak_from_this(), id, turn = active.turn, record = active.machine->record(),
                     command = active.command] {
    tools_.commands.Send(record, command, tools_.clock.TimeNow() + options_.command_timeout,
                         [weak, id, turn](absl::StatusOr<OperationResult> result) {
                           const auto self = weak.lock();
                           if (self == nullptr) return;
                           self->Tell(id, turn, [&result](OperationMachine& machine, absl::Time now) {
                             machine.Sent(result, now);
                           });
                         });
  });
}

void Journal::Search(const std::string& id, Active& active, Effects& effects) {
  active.machine->BeginSearch(tools_.scheduler.MonotonicNow());
  searches_.Increment();
  effects.push_back([this, weak = weak_from_this(), id, turn = active.turn, record = active.machine->record(),
                     command = active.command] {
    tools_.commands.Search(record, command, tools_.clock.TimeNow() + options_.read_timeout,
                           [weak, id, turn](absl::StatusOr<Evidence> evidence) {
                             const auto self = weak.lock();
                             if (self == nullptr) return;
                             self->Tell(id, turn, [&evidence](OperationMachine& machine, absl::Time now) {
                               machine.Searched(evidence, now);
                             });
                           });
  });
}

void Journal::PumpSearches(Effects& effects) {
  while (!search_queue_.empty() && searches_running_ < options_.searches_max &&
         tools_.commands.CheckAvailable().ok()) {
    const std::string id = std::move(search_queue_.front());
    search_queue_.pop_front();
    const auto entry = active_.find(id);
    if (entry == active_.end() || entry->second.searching || !entry->second.machine.has_value() ||
        entry->second.machine->step() != Step::kSearch) {
      continue;
    }
    ++searches_running_;
    entry->second.searching = true;
    Search(id, entry->second, effects);
  }
}

void Journal::Wait(const std::string& id, Active& active) {
  const absl::Duration delay = active.machine->wake_time() - tools_.scheduler.MonotonicNow();
  active.wait_timer = tools_.scheduler.After(delay, [weak = weak_from_this(), id, turn = active.turn] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->Tell(id, turn, [](OperationMachine& machine, absl::Time) { machine.Wake(); });
  });
}

void Journal::Conclude(ActiveMap::iterator entry, Effects& effects) {
  Active& active = entry->second;
  const OperationMachine& machine = *active.machine;
  const OperationRecord& record = machine.record();
  OperationReply reply;
  if (machine.answer().ok()) {
    reply.record = record;
    if (record.state != Operation::APPLIED) reply.status = journal_errors::OfRecord(record);
    (record.state == Operation::APPLIED    ? applied_
     : record.state == Operation::REJECTED ? rejected_
                                           : not_applied_)
        .Increment();
    LOG_EVENT(kInfo, "operation_concluded", {"server", record.server}, {"operation_id", record.operation_id},
              {"kind", Operation::Kind_Name(record.kind)}, {"state", Operation::State_Name(record.state)},
              {"login", record.login}, {"attempt", record.attempt}, {"request_id", record.request_id});
    if (machine.arrived_late()) {
      late_.Increment();
      LOG_EVENT(kWarning, "operation_arrived_late", {"server", record.server},
                {"operation_id", record.operation_id},
                {"advice", "settle_window is shorter than what this trading server needs"});
    }
  } else {
    reply.status = machine.answer();
  }
  AnswerAll(active, reply, effects);
  effects.push_back([this, record] { tools_.commands.Release(record); });
  --machines_;
  active_gauge_.Set(machines_);
  active_.erase(entry);
}

void Journal::CountUnconfirmed(Active& active) {
  const bool unconfirmed =
      active.machine->record().state == Operation::UNCONFIRMED && active.machine->step() != Step::kDone;
  if (unconfirmed == active.counted_unconfirmed) return;
  active.counted_unconfirmed = unconfirmed;
  unconfirmed_ += unconfirmed ? 1 : -1;
  unconfirmed_gauge_.Set(unconfirmed_);
  if (unconfirmed) doubted_.Increment();
}

void Journal::OnAvailable() {
  Effects effects;
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    PumpSearches(effects);
  }
  Run(effects);
}

void Journal::OnTags(const std::vector<std::string>& tags) {
  std::vector<std::pair<std::string, uint64_t>> waiting;
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_ || unconfirmed_ == 0) return;
    for (const auto& [id, active] : active_) {
      if (!active.machine.has_value() || active.machine->step() != Step::kWait ||
          !active.machine->resolving())
        continue;
      for (const std::string& tag : tags) {
        if (active.machine->record().tag == tag) waiting.emplace_back(id, active.turn);
      }
    }
  }
  for (const auto& [id, turn] : waiting) {
    Tell(id, turn, [](OperationMachine& machine, absl::Time) { machine.Wake(); });
  }
}

}  // namespace mtsuite::connector
