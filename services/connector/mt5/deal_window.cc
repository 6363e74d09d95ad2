#include "services/connector/mt5/deal_window.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace mtsuite::connector::mt5 {
namespace {

// A slice with fewer deals may be doubled, one with more is halved: some megabytes per answer.
constexpr size_t kFewDeals = 2'000;
constexpr size_t kManyDeals = 10'000;

// Slices end this many seconds before our idea of the present, so that a clock ahead of the server's cannot
// skip deals that are yet to come. The last hours are asked for as a whole.
constexpr int64_t kMaxClockError = 3'600;

// The most that the wall clock goes back when clocks change, doubled.
constexpr int64_t kClockChange = 7'200;

// The end of an open span: the largest time that every server takes.
constexpr int64_t kOpenEnd = 0x7FFF'FFFF;

}  // namespace

DealWindow::DealWindow(int64_t since, const Options& options)
    : options_(options), position_(std::max<int64_t>(since, 0)), slice_(options.first_slice) {}

DealWindow::Span DealWindow::Next(int64_t now, Reach reach) const {
  const int64_t back = reach == Reach::kNear    ? 0
                       : reach == Reach::kUsual ? options_.overlap
                                                : options_.deep_overlap;
  const int64_t latest = std::min(position_, now);
  Span span;
  span.from = std::max<int64_t>(0, latest - back);
  if (reach == Reach::kDeep && seen_by_time_.size() > options_.deep_deals_max) {
    const auto oldest = std::prev(seen_by_time_.end(), static_cast<ptrdiff_t>(options_.deep_deals_max));
    span.from = std::max(span.from, std::min(oldest->first, latest - options_.overlap));
  }
  span.to = Lags(now) ? position_ + slice_ : kOpenEnd;
  return span;
}

int64_t DealWindow::Horizon(int64_t now) const { return cautious_ ? now : now - kMaxClockError; }

bool DealWindow::Lags(int64_t now) const { return position_ + slice_ < Horizon(now); }

bool DealWindow::IsNew(int64_t ticket, int64_t time) {
  newest_ = std::max(newest_, time);
  if (!seen_.insert(ticket).second) return false;
  seen_by_time_.emplace(time, ticket);
  if (seen_.size() > options_.remembered_max) {
    seen_.erase(seen_by_time_.begin()->second);
    seen_by_time_.erase(seen_by_time_.begin());
  }
  return true;
}

void DealWindow::Answered(const Span& span, int64_t now, size_t deal_count) {
  if (deal_count < kFewDeals) slice_ = std::min(slice_ * 2, options_.max_slice);
  if (deal_count > kManyDeals) slice_ = std::max<int64_t>(slice_ / 2, 1);
  // Near the present only what was seen proves how far the server's clock is.
  const bool proven = span.to < now - kMaxClockError;
  position_ = std::max(position_, proven ? span.to : newest_);
  if (span.to == kOpenEnd) cautious_ = false;
  Forget(std::min(position_, now) - options_.deep_overlap - kClockChange);
}

void DealWindow::Failed(int64_t now) {
  cautious_ = true;
  const int64_t ahead = std::max<int64_t>(now - position_, 1);
  slice_ = std::max<int64_t>(std::min(slice_, ahead) / 2, 1);
}

void DealWindow::Forget(int64_t before) {
  const auto end = seen_by_time_.lower_bound(before);
  for (auto it = seen_by_time_.begin(); it != end; ++it) seen_.erase(it->second);
  seen_by_time_.erase(seen_by_time_.begin(), end);
}

}  // namespace mtsuite::connector::mt5
