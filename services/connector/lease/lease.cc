#include "services/connector/lease/lease.h"

#include <utility>

#include "common/log/log.h"
#include "common/status/macros.h"

namespace mtsuite::connector {

std::shared_ptr<Lease> Lease::Create(const Options& options, const Tools& tools,
                                     std::function<void()> on_acquired, std::function<void()> on_lost) {
  return std::shared_ptr<Lease>(new Lease(options, tools, std::move(on_acquired), std::move(on_lost)));
}

void Lease::Start() { Try(); }

bool Lease::valid() const {
  absl::MutexLock lock(&mutex_);
  return !stopped_ && tools_.scheduler.MonotonicNow() < valid_until_;
}

void Lease::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    stopped_ = true;
    if (!told_acquired_) return;
  }
  tools_.committer.Submit({[self = shared_from_this()] {
                             return self->tools_.store.Delete(self->options_.server, self->options_.owner);
                           },
                           [](const absl::Status&) {}});
}

void Lease::Try() {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
  }
  // Counted from before the write, so that the owner's idea of its time ends before anybody else's.
  const absl::Time began = tools_.scheduler.MonotonicNow();
  auto owned = std::make_shared<bool>(false);
  tools_.committer.Submit({[self = shared_from_this(), owned, began]() -> absl::Status {
                             ASSIGN_OR_RETURN(*owned, self->Contend(began));
                             return absl::OkStatus();
                           },
                           [weak = weak_from_this(), owned, began](const absl::Status& status) {
                             const auto self = weak.lock();
                             if (self == nullptr) return;
                             // Away from the committer's thread: what follows may take its time.
                             self->tools_.scheduler.After(absl::ZeroDuration(),
                                                          [weak, began, owned = status.ok() && *owned] {
                                                            if (const auto again = weak.lock())
                                                              again->OnContended(began, owned);
                                                          });
                           }});
  tools_.scheduler.After(options_.renew_interval, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->CheckExpiry();
    self->Try();
  });
}

absl::StatusOr<bool> Lease::Contend(absl::Time now) {
  ASSIGN_OR_RETURN(const std::optional<LeaseRow> row, tools_.store.Read(options_.server));
  if (row.has_value() && row->owner != options_.owner) {
    absl::MutexLock lock(&mutex_);
    if (seen_ != row) {
      seen_ = row;
      seen_since_ = now;
    }
    if (now - seen_since_ < options_.takeover_after) return false;
  }
  return tools_.store.Replace(options_.server, row,
                              {options_.owner, row.has_value() ? row->renewals + 1 : 1});
}

void Lease::OnContended(absl::Time began, bool owned) {
  bool acquired = false;
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_ || !owned) return;
    valid_until_ = std::max(valid_until_, began + options_.duration);
    // A write that took too long is worth nothing.
    if (tools_.scheduler.MonotonicNow() >= valid_until_) return;
    acquired = !std::exchange(told_acquired_, true);
  }
  if (acquired) {
    LOG_EVENT(kInfo, "lease_acquired", {"server", options_.server}, {"owner", options_.owner});
    on_acquired_();
  }
}

void Lease::CheckExpiry() {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_ || !told_acquired_ || tools_.scheduler.MonotonicNow() < valid_until_) return;
    told_acquired_ = false;
  }
  LOG_EVENT(kWarning, "lease_lost", {"server", options_.server}, {"owner", options_.owner});
  on_lost_();
}

}  // namespace mtsuite::connector
