#ifndef SERVICES_CONNECTOR_MT5_POLLER_H_
#define SERVICES_CONNECTOR_MT5_POLLER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "asio/io_context.hpp"
#include "asio/steady_timer.hpp"
#include "asio/thread_pool.hpp"
#include "services/connector/mt5/calls/call_context.h"
#include "services/connector/mt5/commands/deal_commands.h"
#include "services/connector/mt5/deal_numbers.h"
#include "services/connector/mt5/deal_window.h"
#include "services/connector/mt5/mt5_options.h"
#include "services/connector/mt5/time_keeper.h"
#include "services/connector/mt5/trade_watch.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector::mt5 {

// Watches the server, which tells nothing by itself: reads its zone and groups, then over and over the new
// deals and all accounts, and tells the observer. Works while the polling connection is up, and takes up
// where it was when that comes back. Used on the server's thread only.
class Poller {
 public:
  struct Parts {
    asio::io_context& io;
    const CallContext& calls;
    const Mt5Options& options;
    TimeKeeper& time_keeper;
    absl::AnyInvocable<void()> on_zone_known;  // Called when time_keeper may know more.
  };

  explicit Poller(Parts parts);

  // Tells `observer`, which must outlive Stop, of what happened after `told`, and of all accounts.
  void Start(TradeServerObserver* observer, const ToldBefore& told);
  void Stop();

  // The polling connection may have come up or gone down.
  void OnConnectionChanged();

  // Something was traded: the deals are asked for now.
  void Hurry();

 private:
  enum Task { kTime, kGroups, kDeals, kAccounts, kTaskCount };

  bool Active() const { return observer_ != nullptr && up_; }
  absl::Time Now() const { return parts_.calls.clock.TimeNow(); }
  // Runs a task after `delay`, instead of when it was due.
  void Schedule(Task task, absl::Duration delay);
  void Run(Task task);

  // Each ends by scheduling itself again.
  void ReadTime();
  void ReadAllGroups();
  void PollDeals();
  // For deals, by a span of time or by their numbers.
  struct Question {
    std::optional<DealWindow::Span> span;
    int64_t wall = 0;  // When it was asked, on the server's clock.
    std::vector<int64_t> numbers;
    bool wanted = false;  // By the trade watch.
  };
  Question NextQuestion();
  Request ToRequest(const Question& question) const;
  // How far back to look for deals; none when their numbers can be asked for.
  std::optional<DealWindow::Reach> NextReach();
  // Asks for deals for the trade watch, at once or when they are due.
  void WantDeals(const TradeWatch::DealsWanted& wanted);
  absl::Duration HurryDelay() const;
  void SweepAccounts();

  // What the server said of a span.
  struct DealAnswer {
    absl::StatusOr<std::vector<DealRecord>> records;
    int unreadable = 0;
  };
  // May be called on any thread: uses nothing that changes.
  DealAnswer ReadDeals(const CommandContext& context, const ServerTime& time,
                       const absl::StatusOr<Answer>& answer) const;
  void OnDeals(const Question& question, const DealAnswer& deals);
  // Whether there may be more deals than the question asked for, now that its answer is noted.
  bool IsBehind(const Question& question) const;
  void NoteDeals(const Question& question, const DealAnswer& answer);
  void TellDeals(const std::vector<DealRecord>& records);

  Parts parts_;
  TradeServerObserver* observer_ = nullptr;
  absl::Time deals_since_;
  std::optional<DealWindow> window_;
  DealNumbers numbers_{DealNumbers::Options()};
  size_t last_span_deals_ = 0;  // That the last question for a span found.
  absl::Time last_deep_poll_ = absl::InfinitePast();
  absl::Time last_usual_poll_ = absl::InfinitePast();
  // Since when deals of the newest second are known.
  absl::Time newest_since_ = absl::InfinitePast();
  absl::Time last_poll_ = absl::InfinitePast();
  absl::Duration poll_took_;
  bool up_ = false;
  bool ready_ = false;  // Zone and groups were read since the connection came up.
  // Counts ups and downs of the connection; what belongs to an earlier one is dropped.
  uint64_t generation_ = 0;
  std::vector<asio::steady_timer> timers_;
  // Of this generation: a question for deals is under way; the trade watch waits for the next one, and needs
  // the deals of all accounts; that one follows the present one at once, or soon.
  bool deals_asked_ = false;
  bool deals_wanted_ = false;
  bool all_wanted_ = false;
  bool at_once_ = false;
  bool hurry_ = false;
  TradeWatch watch_;
  // Reads large answers, so that the commands of callers, whose thread this is not, need not wait for that.
  // The last member: it ends before what its work uses.
  asio::thread_pool reader_{1};
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_POLLER_H_
