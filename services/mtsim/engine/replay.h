#ifndef SERVICES_MTSIM_ENGINE_REPLAY_H_
#define SERVICES_MTSIM_ENGINE_REPLAY_H_

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/mtsim/engine/price_csv.h"
#include "services/mtsim/engine/quote.h"

namespace mtsuite::mtsim {

struct ReplayOptions {
  // Recorded time per simulated time: 60 plays an hour in a minute. 1 to 1,000,000.
  int speed = 1;
  // The ask of bars: bid plus this many of the symbol's points.
  int64_t spread_points = 10;

  bool IsValid() const {
    return speed >= 1 && speed <= 1'000'000 && spread_points >= 0 && spread_points <= 1'000'000;
  }
};

// Turns the lines of a price file (see PriceCsvParser) into ticks of one symbol. Lines are pulled one at a
// time, so a file of any size plays in constant memory. A quote is one tick; a bar becomes four: open, the
// extreme that the bar moved away from first (low in a rising bar, high in a falling one), the other extreme,
// and close, evenly spread over the time to the next bar.
class Replay {
 public:
  // Gives the next line without its line feed; nothing at the end.
  using LineSource = std::function<std::optional<std::string>()>;

  Replay(LineSource lines, ReplayOptions options) : lines_(std::move(lines)), options_(options) {}

  // The first row plays at `start`. Prices are rounded to `digits`.
  void Begin(absl::Time start, int digits);

  // The next tick that is due at or before `now`; nothing when none is due or the file is at its end. An
  // error is INVALID_ARGUMENT with the line number, after which the replay is finished.
  absl::StatusOr<std::optional<Tick>> Next(absl::Time now);

  const ReplayOptions& options() const { return options_; }
  // Whether every row has been played.
  bool finished() const { return finished_ && pending_.empty(); }

 private:
  absl::StatusOr<std::optional<PriceRow>> ReadRow();
  absl::Status Refill();
  void Expand(const PriceRow& row);
  void Push(absl::Time recorded, Fixed bid, Fixed ask);

  LineSource lines_;
  ReplayOptions options_;
  PriceCsvParser parser_;
  absl::Time start_;
  int digits_ = 5;
  std::optional<absl::Time> first_;
  std::optional<PriceRow> ahead_;
  std::optional<absl::Duration> bar_length_;
  std::deque<Tick> pending_;
  bool finished_ = false;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_REPLAY_H_
