#include "services/connector/commands/group_cache.h"

#include <utility>

#include "common/status/error.h"
#include "services/connector/base/trade_errors.h"

namespace mtsuite::connector {
namespace {

// Unknown names make the cache read again, but not more often than this.
constexpr absl::Duration kMissInterval = absl::Seconds(1);

}  // namespace

bool GroupCache::Fresh(absl::Duration max_age) const {
  return scheduler_.MonotonicNow() - read_at_ < max_age;
}

void GroupCache::Find(const std::string& name, absl::Time deadline, Done<accounts::v1::Group> done) {
  absl::StatusOr<accounts::v1::Group> known = absl::UnknownError("not read yet");
  {
    absl::MutexLock lock(&mutex_);
    const auto found = groups_.find(name);
    if (found != groups_.end() && Fresh(max_age_)) {
      known = found->second;
    } else if (found == groups_.end() && Fresh(kMissInterval)) {
      known = trade_errors::GroupNotFound(name);
    }
  }
  if (!absl::IsUnknown(known.status())) {
    done(std::move(known));
    return;
  }
  server_.ListGroups(deadline, [weak = weak_from_this(), name, done = std::move(done)](
                                   absl::StatusOr<std::vector<accounts::v1::Group>> groups) mutable {
    if (!groups.ok()) return done(WithOutcome(groups.status(), type::v1::NOT_SENT));
    absl::StatusOr<accounts::v1::Group> result = trade_errors::GroupNotFound(name);
    for (const accounts::v1::Group& group : *groups) {
      if (group.name() == name) result = group;
    }
    if (const auto self = weak.lock()) {
      absl::MutexLock lock(&self->mutex_);
      self->groups_.clear();
      for (accounts::v1::Group& group : *groups) self->groups_[group.name()] = std::move(group);
      self->read_at_ = self->scheduler_.MonotonicNow();
    }
    done(std::move(result));
  });
}

}  // namespace mtsuite::connector
