#include "services/connector/mt5/tick_watch.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/log/log.h"
#include "common/strings/view.h"
#include "services/connector/mt5/commands/tick_commands.h"

namespace mtsuite::connector::mt5 {
namespace {

constexpr auto kLane = ConnectionPool::Lane::kTick;
constexpr int kNotFound = 13;
constexpr int kVolumeScale = 8;

// The nearest whole points: servers write prices with their digits, so nothing is lost.
int64_t Points(Decimal price, int32_t digits) {
  return price.Rescale(digits, Rounding::kHalfEven).ToScaled(digits).value_or(0);
}

TickUpdate ToUpdate(const TickRecord& tick) {
  TickUpdate update;
  update.symbol = tick.symbol;
  update.digits = tick.digits;
  update.bid = Points(tick.bid, tick.digits);
  update.ask = Points(tick.ask, tick.digits);
  update.last = Points(tick.last, tick.digits);
  update.volume = Points(tick.volume, kVolumeScale);
  update.time = tick.time;
  return update;
}

}  // namespace

void TickWatch::Start(TradeServerObserver* observer) { observer_ = observer; }

void TickWatch::Stop() {
  observer_ = nullptr;
  ++generation_;
  timer_.cancel();
}

void TickWatch::OnConnectionChanged(bool zone_known) {
  // Ticks carry times, which mean nothing before the zone is known.
  const bool up = zone_known && calls_.pool.ready(kLane);
  if (observer_ == nullptr || up == up_) return;
  up_ = up;
  ++generation_;
  timer_.cancel();
  transaction_ = 0;
  if (up) Poll();
}

void TickWatch::Poll() {
  asked_ = calls_.clock.TimeNow();
  calls_.pool.Call(kLane, GetTicks(options_.tick_symbols, transaction_), asked_ + options_.command_timeout,
                   [this, generation = generation_](absl::StatusOr<Answer> answer) {
                     if (generation != generation_) return;
                     OnAnswer(answer);
                     PollLater();
                   });
}

void TickWatch::OnAnswer(const absl::StatusOr<Answer>& answer) {
  if (answer.ok() && answer->retcode == kNotFound) return;
  const Request request = GetTicks(options_.tick_symbols, transaction_);
  int unreadable = 0;
  const absl::StatusOr<TickList> list = ReadResult(
      answer, request.context, [&](const Answer& a) { return ParseTicks(a, calls_.time, &unreadable); });
  if (!list.ok() || unreadable > 0) {
    LOG_EVENT(kWarning, "mt5_ticks_unreadable", {"server", options_.server}, {"count", unreadable},
              {"reason", StdView(list.status().message())});
  }
  if (!list.ok()) return;
  transaction_ = list->transaction;
  std::vector<TickUpdate> updates;
  updates.reserve(list->ticks.size());
  for (const TickRecord& tick : list->ticks) updates.push_back(ToUpdate(tick));
  if (!updates.empty()) observer_->OnTicks(updates);
}

void TickWatch::PollLater() {
  const absl::Duration pause = asked_ + options_.tick_poll_interval - calls_.clock.TimeNow();
  timer_.expires_after(absl::ToChronoNanoseconds(std::max(pause, absl::Milliseconds(1))));
  timer_.async_wait([this, generation = generation_](const asio::error_code& error) {
    if (!error && generation == generation_) Poll();
  });
}

}  // namespace mtsuite::connector::mt5
