#ifndef SERVICES_CONNECTOR_MT5_DEALER_LINE_H_
#define SERVICES_CONNECTOR_MT5_DEALER_LINE_H_

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "asio/io_context.hpp"
#include "asio/steady_timer.hpp"
#include "common/clock/clock.h"
#include "services/connector/mt5/commands/dealer_commands.h"
#include "services/connector/mt5/connection_pool.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector::mt5 {

// Trade requests on their way: sends them, and asks for their updates until each has a final state. The
// server queues a request at once and tells its states only to the connection that sent it, once, so when
// that connection or an answer is lost, the outcome is unknown (mt5-webapi §5.5).
//
// Asks along with the request, so that a quick execution is known one round trip after it was sent; then as
// soon as it is queued, and in growing intervals, for all requests in one question. At most `kInFlightMax`
// requests are under way, as the server demands; more wait here. Used on the thread of its io_context only.
class DealerLine {
 public:
  static constexpr size_t kInFlightMax = 128;
  static constexpr size_t kQueueMax = 4096;

  DealerLine(asio::io_context& io, ConnectionPool& pool, Clock& clock);

  // Sends a request made by dealer_commands.h. `done` is called once, at `deadline` at the latest: with the
  // final state, whatever its code, or with the error of a request that was not queued or whose outcome is
  // not known.
  void Execute(Request request, absl::Time deadline, Done<DealerUpdate> done);

  // The dealer connection may have gone down.
  void OnConnectionChanged();

 private:
  struct Entry {
    CommandContext context;
    absl::Time deadline;
    Done<DealerUpdate> done;  // Called; the server may still tell something.
    absl::Time forget_time = absl::InfiniteFuture();
  };
  struct Waiting {
    Request request;
    absl::Time deadline;
    Done<DealerUpdate> done;
  };
  using Entries = std::map<int64_t, Entry>;

  absl::Time Now() const { return clock_.TimeNow(); }
  void Send(Request request, absl::Time deadline, Done<DealerUpdate> done);
  void OnQueued(const CommandContext& context, absl::Time deadline, const absl::StatusOr<Answer>& answer,
                Done<DealerUpdate> done);
  void SendWaiting();
  std::vector<int64_t> QueuedIds() const;
  void Poll();
  // Asks for the updates of the requests that are queued or, with `all`, also of those sent a moment ago.
  void Ask(bool all);
  // `ids` are the requests that were queued when the question was sent.
  void OnUpdates(const std::vector<int64_t>& ids, const absl::StatusOr<Answer>& answer);
  // Tells the outcome, unless that was done, and forgets the request.
  void Finish(Entries::iterator entry, absl::StatusOr<DealerUpdate> outcome);
  void PollLater();
  void ArmDeadline(absl::Time deadline);
  void ExpireDeadlines();

  ConnectionPool& pool_;
  Clock& clock_;
  asio::steady_timer poll_timer_;
  asio::steady_timer deadline_timer_;
  absl::Time armed_ = absl::InfiniteFuture();
  std::deque<Waiting> queue_;
  Entries entries_;     // Queued by the server, by their ids.
  size_t sending_ = 0;  // Sent and not answered yet.
  // Final states that were told before the answer to the request, which has its id.
  std::map<int64_t, DealerUpdate> early_;
  bool polling_ = false;
  bool asks_along_ = true;  // The server tells of all requests when none is named.
  bool fresh_ = false;      // A request was queued since the last question was sent.
  absl::Duration pause_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_DEALER_LINE_H_
