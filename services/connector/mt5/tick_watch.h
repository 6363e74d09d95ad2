#ifndef SERVICES_CONNECTOR_MT5_TICK_WATCH_H_
#define SERVICES_CONNECTOR_MT5_TICK_WATCH_H_

#include <cstdint>

#include "asio/io_context.hpp"
#include "asio/steady_timer.hpp"
#include "services/connector/mt5/calls/call_context.h"
#include "services/connector/mt5/mt5_options.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector::mt5 {

// Asks for ticks over and over, each time for those since the last answer, and tells the observer. Has a
// connection of its own, because other answers may be long. Used on the server's thread only.
class TickWatch {
 public:
  TickWatch(asio::io_context& io, const CallContext& calls, const Mt5Options& options)
      : calls_(calls), options_(options), timer_(io) {}

  // `observer` must outlive Stop.
  void Start(TradeServerObserver* observer);
  void Stop();
  // The connection for ticks may have come up or gone down; the zone may be known now.
  void OnConnectionChanged(bool zone_known);

 private:
  void Poll();
  void OnAnswer(const absl::StatusOr<Answer>& answer);
  void PollLater();

  const CallContext& calls_;
  const Mt5Options& options_;
  TradeServerObserver* observer_ = nullptr;
  asio::steady_timer timer_;
  bool up_ = false;
  uint64_t generation_ = 0;
  // Of the last answer on this connection; the server counts anew for each.
  uint64_t transaction_ = 0;
  absl::Time asked_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_TICK_WATCH_H_
