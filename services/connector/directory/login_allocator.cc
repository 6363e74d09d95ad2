#include "services/connector/directory/login_allocator.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/connector/base/trade_errors.h"

namespace mtsuite::connector {
namespace {

// Logins looked at per allocation when gaps are filled, so that a full range of billions costs microseconds,
// not minutes.
constexpr int64_t kGapSteps = 1'000'000;

}  // namespace

bool LoginAllocator::IsFree(int64_t login) const {
  return !owners_.contains(login) && !directory_.Contains(login);
}

void LoginAllocator::Reserve(int64_t login, const std::string& operation_id) {
  owners_[login] = operation_id;
  reservations_[operation_id] = login;
}

absl::StatusOr<int64_t> LoginAllocator::Allocate(const std::string& operation_id) {
  absl::MutexLock lock(&mutex_);
  if (const auto known = reservations_.find(operation_id); known != reservations_.end()) return known->second;
  if (!directory_.loaded()) return trade_errors::DirectoryLoading();
  highest_ = std::max({highest_, directory_.HighestLogin(range_.min, range_.max), range_.min - 1});
  while (highest_ < range_.max) {
    if (!IsFree(++highest_)) continue;
    Reserve(highest_, operation_id);
    return highest_;
  }
  for (int64_t step = 0; step < kGapSteps; ++step) {
    if (gap_ < range_.min || gap_ > range_.max) gap_ = range_.min;
    const int64_t login = gap_++;
    if (!IsFree(login)) continue;
    Reserve(login, operation_id);
    return login;
  }
  return trade_errors::LoginsExhausted(range_.min, range_.max);
}

absl::Status LoginAllocator::Claim(int64_t login, const std::string& operation_id) {
  if (login < range_.min || login > range_.max)
    return trade_errors::LoginOutOfRange(login, range_.min, range_.max);
  absl::MutexLock lock(&mutex_);
  const auto owner = owners_.find(login);
  if (owner != owners_.end() && owner->second != operation_id) return trade_errors::LoginTaken(login);
  Reserve(login, operation_id);
  return absl::OkStatus();
}

void LoginAllocator::Restore(int64_t login, const std::string& operation_id) {
  absl::MutexLock lock(&mutex_);
  Reserve(login, operation_id);
  if (login >= range_.min && login <= range_.max) highest_ = std::max(highest_, login);
}

void LoginAllocator::Release(const std::string& operation_id) {
  absl::MutexLock lock(&mutex_);
  const auto known = reservations_.find(operation_id);
  if (known == reservations_.end()) return;
  owners_.erase(known->second);
  reservations_.erase(known);
}

void LoginAllocator::MarkTaken(int64_t login) {
  absl::MutexLock lock(&mutex_);
  if (login >= range_.min && login <= range_.max) highest_ = std::max(highest_, login);
}

}  // namespace mtsuite::connector
