#include "services/connector/mt5/deal_numbers.h"

#include <iterator>

namespace mtsuite::connector::mt5 {

void DealNumbers::Add(int64_t number, absl::Time now) {
  if (newest_ == 0) {
    newest_ = number;
    return;
  }
  if (missing_.erase(number) > 0) return;
  if (number < newest_ || number - newest_ > options_.ahead) {
    doubted_until_ = now + options_.doubt;
    missing_.clear();
  } else {
    for (int64_t missing = newest_ + 1; missing < number; ++missing) missing_.emplace(missing, now);
    while (missing_.size() > options_.missing_max) missing_.erase(missing_.begin());
  }
  newest_ = number;
}

void DealNumbers::Refused(absl::Time now) { doubted_until_ = now + options_.doubt; }

std::vector<int64_t> DealNumbers::Next(absl::Time now) {
  for (auto entry = missing_.begin(); entry != missing_.end();) {
    entry = now - entry->second >= options_.missing_age ? missing_.erase(entry) : std::next(entry);
  }
  std::vector<int64_t> numbers;
  for (const auto& [number, since] : missing_) numbers.push_back(number);
  for (int64_t i = 1; i <= options_.ahead; ++i) numbers.push_back(newest_ + i);
  return numbers;
}

}  // namespace mtsuite::connector::mt5
