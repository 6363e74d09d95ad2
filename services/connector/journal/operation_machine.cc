#include "services/connector/journal/operation_machine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/check.h"
#include "common/status/error.h"
#include "common/status/rpc_status.h"

namespace mtsuite::connector {

using operations::v1::Operation;
using Verdict = Evidence::Verdict;

namespace {

// The caller may repeat under the same id; the same words whether the resolver or the link found out.
absl::Status NotAppliedError(const OperationMachine::Limits& limits) {
  return MakeError(
             absl::StatusCode::kUnavailable, type::v1::TRADE_SERVER_TIMEOUT,
             absl::StrCat(
                 "the trading server did not answer and has not carried the operation out: no trace of it ",
                 absl::FormatDuration(limits.settle_window),
                 " after it was sent; repeat the call with the same operation id"))
      .Outcome(type::v1::NOT_SENT)
      .RetryAfter(absl::Seconds(1));
}

absl::Status NotRecordedError() {
  return MakeError(
             absl::StatusCode::kUnavailable, type::v1::SERVICE_UNAVAILABLE,
             "the operation could not be recorded, so it was not sent; repeat it with the same operation id")
      .Outcome(type::v1::NOT_SENT)
      .RetryAfter(absl::Seconds(1));
}

}  // namespace

OperationMachine OperationMachine::New(OperationRecord record, const Limits& limits) {
  return OperationMachine(std::move(record), limits);
}

OperationMachine OperationMachine::Repeat(OperationRecord record, const Limits& limits) {
  MTSUITE_CHECK(record.state == Operation::NOT_APPLIED, "only operations that were not applied are repeated");
  OperationMachine machine(std::move(record), limits);
  machine.recorded_ = true;
  machine.step_ = Step::kVerify;
  machine.purpose_ = Purpose::kBeforeRepeat;
  return machine;
}

OperationMachine OperationMachine::Interrupted(OperationRecord record, const Limits& limits, absl::Time now) {
  MTSUITE_CHECK(IsUnresolved(record.state), "only unresolved operations are taken up again");
  OperationMachine machine(std::move(record), limits);
  machine.recorded_ = true;
  machine.possibly_sent_ = true;
  machine.Doubt(now);
  return machine;
}

bool OperationMachine::resolving() const {
  return step_ == Step::kSearch || (step_ == Step::kWait && after_wait_ == Step::kSearch);
}

void OperationMachine::Stamp(absl::Time wall_time) {
  if (record_.attempt <= 1 && step_ == Step::kRecord) record_.create_time = wall_time;
  if (step_ == Step::kRecord) record_.sent_time = wall_time;
  record_.update_time = wall_time;
}

void OperationMachine::Prepared(const absl::StatusOr<Preparation>& preparation) {
  MTSUITE_CHECK(step_ == Step::kPrepare, "not preparing");
  if (!preparation.ok()) {
    Finish(preparation.status());
    return;
  }
  record_.state = Operation::PENDING;
  record_.login = preparation->login;
  record_.baseline = preparation->baseline;
  record_.error.Clear();
  ++record_.attempt;
  recorded_ = true;
  possibly_sent_ = true;
  step_ = Step::kRecord;
}

void OperationMachine::Stored(const absl::Status& status, absl::Time now) {
  if (step_ == Step::kRecord) {
    if (status.ok()) {
      step_ = Step::kSend;
      return;
    }
    // Never sent. Should the row exist nevertheless (an error during commit does not say), it is found as
    // PENDING later and resolved to NOT_APPLIED.
    possibly_sent_ = false;
    recorded_ = false;
    Finish(NotRecordedError());
    return;
  }
  MTSUITE_CHECK(step_ == Step::kConclude, "nothing is being stored");
  if (record_.state == Operation::UNCONFIRMED) {
    // Whether that could be stored is of no matter: PENDING in the store means the same.
    backoff_ = limits_.backoff_min;
    step_ = Step::kSearch;
  } else if (status.ok()) {
    Finish(absl::OkStatus());
  } else {
    Pause(now, Step::kConclude);
  }
}

void OperationMachine::Sent(const absl::StatusOr<OperationResult>& result, absl::Time now) {
  MTSUITE_CHECK(step_ == Step::kSend, "nothing was sent");
  if (result.ok()) {
    Applied(*result);
    return;
  }
  switch (GetOutcome(result.status())) {
    case type::v1::NOT_SENT:
      Conclude(Operation::NOT_APPLIED, result.status());
      return;
    case type::v1::REJECTED:
      if (record_.attempt == 1) {
        Conclude(Operation::REJECTED, result.status());
        return;
      }
      // The attempt before may be the very reason ("login taken", "no such account", "no money").
      rejection_ = result.status();
      purpose_ = Purpose::kAfterRejection;
      step_ = Step::kVerify;
      return;
    default:
      Doubt(now);
  }
}

void OperationMachine::Searched(const absl::StatusOr<Evidence>& evidence, absl::Time now) {
  if (step_ == Step::kVerify) {
    Verified(evidence, now);
  } else {
    MTSUITE_CHECK(step_ == Step::kSearch, "nobody searches");
    Found(evidence, now);
  }
}

void OperationMachine::Verified(const absl::StatusOr<Evidence>& evidence, absl::Time now) {
  const bool before_repeat = purpose_ == Purpose::kBeforeRepeat;
  if (!evidence.ok()) {
    if (before_repeat) {
      // Stays NOT_APPLIED in the store; nothing was sent in this round.
      Finish(WithOutcome(evidence.status(), type::v1::NOT_SENT));
    } else {
      Doubt(now);
    }
    return;
  }
  switch (evidence->verdict) {
    case Verdict::kApplied:
      arrived_late_ = true;
      Applied(evidence->result);
      return;
    case Verdict::kRejected:
      Conclude(Operation::REJECTED, evidence->rejection);
      return;
    case Verdict::kNotFound:
    case Verdict::kUnknowable:
      // What cannot be told apart afterwards (a password set twice) may be done again without harm.
      if (before_repeat) {
        step_ = Step::kPrepare;
      } else {
        Conclude(Operation::REJECTED, rejection_);
      }
  }
}

void OperationMachine::Found(const absl::StatusOr<Evidence>& evidence, absl::Time now) {
  if (!evidence.ok()) {
    misses_ = 0;
    Pause(now, Step::kSearch);
    return;
  }
  switch (evidence->verdict) {
    case Verdict::kApplied:
      Applied(evidence->result);
      return;
    case Verdict::kRejected:
      Conclude(Operation::REJECTED, evidence->rejection);
      return;
    case Verdict::kUnknowable:
      // Only a repeat by the caller, who knows the password, can tell.
      Pause(now, Step::kSearch);
      return;
    case Verdict::kNotFound:
      break;
  }
  const absl::Time settled = doubt_time_ + limits_.settle_window;
  if (search_started_ >= settled && ++misses_ >= limits_.searches_needed) {
    Conclude(Operation::NOT_APPLIED, NotAppliedError(limits_));
    return;
  }
  Pause(now, Step::kSearch);
  if (misses_ > 0) wake_time_ = std::min(wake_time_, now + limits_.backoff_min);
  // The first search that counts starts as soon as it may.
  if (search_started_ < settled) wake_time_ = std::min(wake_time_, std::max(now, settled));
}

void OperationMachine::Wake() {
  MTSUITE_CHECK(step_ == Step::kWait, "nobody waits");
  step_ = after_wait_;
}

void OperationMachine::Conclude(OperationState state, const absl::Status& error) {
  record_.state = state;
  record_.error.Clear();
  if (!error.ok()) record_.error = ToRpcStatus(error);
  backoff_ = limits_.backoff_min;
  step_ = Step::kConclude;
}

void OperationMachine::Applied(const OperationResult& result) {
  record_.result = result;
  possibly_sent_ = true;
  Conclude(Operation::APPLIED, absl::OkStatus());
}

void OperationMachine::Doubt(absl::Time now) {
  doubt_time_ = now;
  misses_ = 0;
  Conclude(Operation::UNCONFIRMED, absl::OkStatus());
}

void OperationMachine::Pause(absl::Time now, Step after) {
  wake_time_ = now + backoff_;
  backoff_ = std::min(backoff_ * 2, limits_.backoff_max);
  after_wait_ = after;
  step_ = Step::kWait;
}

void OperationMachine::Finish(const absl::Status& answer) {
  answer_ = answer;
  step_ = Step::kDone;
}

}  // namespace mtsuite::connector
