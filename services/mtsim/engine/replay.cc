#include "services/mtsim/engine/replay.h"

#include <algorithm>

#include "common/status/macros.h"

namespace mtsuite::mtsim {

void Replay::Begin(absl::Time start, int digits) {
  start_ = start;
  digits_ = digits;
}

absl::StatusOr<std::optional<Tick>> Replay::Next(absl::Time now) {
  if (pending_.empty() && !finished_) {
    const absl::Status status = Refill();
    if (!status.ok()) {
      finished_ = true;
      return status;
    }
  }
  if (pending_.empty() || pending_.front().time > now) return std::optional<Tick>();
  const Tick tick = pending_.front();
  pending_.pop_front();
  return std::optional<Tick>(tick);
}

absl::StatusOr<std::optional<PriceRow>> Replay::ReadRow() {
  while (std::optional<std::string> line = lines_()) {
    ASSIGN_OR_RETURN(std::optional<PriceRow> row, parser_.ParseLine(*line));
    if (row.has_value()) return row;
  }
  return std::optional<PriceRow>();
}

absl::Status Replay::Refill() {
  if (!first_.has_value()) {
    ASSIGN_OR_RETURN(ahead_, ReadRow());
    if (ahead_.has_value()) first_ = ahead_->time;
  }
  if (!ahead_.has_value()) {
    finished_ = true;
    return absl::OkStatus();
  }
  // The row after tells how long a bar lasts. The shortest distance so far counts, because files have gaps.
  const PriceRow row = *ahead_;
  ASSIGN_OR_RETURN(ahead_, ReadRow());
  if (ahead_.has_value() && ahead_->time > row.time) {
    const absl::Duration gap = ahead_->time - row.time;
    bar_length_ = bar_length_.has_value() ? std::min(*bar_length_, gap) : gap;
  }
  Expand(row);
  return absl::OkStatus();
}

void Replay::Expand(const PriceRow& row) {
  if (!row.IsBar()) {
    Push(row.time, row.open, *row.ask);
    return;
  }
  const Fixed spread = Fixed::FromUnits(options_.spread_points * PowerOfTen(Fixed::kScale - digits_));
  const bool rising = row.close >= row.open;
  const absl::Duration quarter = bar_length_.value_or(absl::Minutes(1)) / 4;
  absl::Time time = row.time;
  for (const Fixed bid : {row.open, rising ? row.low : row.high, rising ? row.high : row.low, row.close}) {
    Push(time, bid, bid.Round(digits_) + spread);
    time += quarter;
  }
}

void Replay::Push(absl::Time recorded, Fixed bid, Fixed ask) {
  const absl::Time time = start_ + (recorded - *first_) / options_.speed;
  pending_.push_back({.time = absl::FromUnixMillis(absl::ToUnixMillis(time)),
                      .bid = bid.Round(digits_),
                      .ask = ask.Round(digits_)});
}

}  // namespace mtsuite::mtsim
