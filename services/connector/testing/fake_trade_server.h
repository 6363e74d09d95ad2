#ifndef SERVICES_CONNECTOR_TESTING_FAKE_TRADE_SERVER_H_
#define SERVICES_CONNECTOR_TESTING_FAKE_TRADE_SERVER_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "services/connector/base/scheduler.h"
#include "services/connector/testing/fake_world.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector {

// What happens to one mutation on its way.
struct FakeFault {
  enum class Kind {
    kNone,
    kNotSent,              // Fails before a byte leaves.
    kLostBeforeExecution,  // Never arrives; the sender cannot know.
    kLostAfterExecution,   // Carried out; the reply is lost.
    kLateExecution,        // The sender is told UNCONFIRMED; carried out `late_by` after that.
  };
  Kind kind = Kind::kNone;
  absl::Duration late_by;
};

// A connection to a FakeWorld: asynchronous, with delays and faults, and with an observer. Callbacks run on
// the scheduler of the connector; what travels to the world runs on the world's own, so that it goes on when
// the connector crashes. Thread-safe as far as both schedulers are.
class FakeTradeServer final : public TradeServer {
 public:
  struct Options {
    std::string server = "fake";
    absl::Duration latency = absl::Milliseconds(2);
    // Asked once per mutation; none when unset.
    std::function<FakeFault()> next_fault = nullptr;
    // Asked once per question for deals or done orders: whether it is answered as of before there were any.
    std::function<bool()> conceals_history = nullptr;
    // Asked once per message for its delay; `latency` when unset.
    std::function<absl::Duration()> next_latency = nullptr;
  };

  FakeTradeServer(std::shared_ptr<FakeWorld> world, absl::Mutex& world_mutex, Scheduler& world_scheduler,
                  Scheduler& scheduler, Clock& clock, const Options& options);

  // The connection; while it is down every call fails at once. Starts up.
  void SetConnected(bool connected) ABSL_LOCKS_EXCLUDED(mutex_);
  // Tells the observer what is new in the world, as the real polling does.
  void Poll() ABSL_LOCKS_EXCLUDED(mutex_);
  // Mutations that reached the world.
  int executed() const ABSL_LOCKS_EXCLUDED(mutex_);

  void Start(TradeServerObserver* observer, ToldBefore told) override ABSL_LOCKS_EXCLUDED(mutex_);
  void Stop() override ABSL_LOCKS_EXCLUDED(mutex_);
  operations::v1::Server Describe() const override ABSL_LOCKS_EXCLUDED(mutex_);
  void GetAccount(int64_t login, absl::Time deadline, Done<accounts::v1::Account> done) override;
  void GetAccounts(const std::vector<int64_t>& logins, absl::Time deadline,
                   Done<std::vector<accounts::v1::Account>> done) override;
  void GetTradeState(int64_t login, absl::Time deadline, Done<accounts::v1::TradeState> done) override;
  void ListDeals(const DealQuery& query, absl::Time deadline, Done<DealPage> done) override;
  void ListGroups(absl::Time deadline, Done<std::vector<accounts::v1::Group>> done) override;
  void ListSymbols(absl::Time deadline, Done<std::vector<quotes::v1::Symbol>> done) override;
  void CheckPassword(const PasswordChange& password, absl::Time deadline, Done<bool> done) override;
  void CreateAccount(const NewAccount& account, absl::Time deadline,
                     Done<accounts::v1::Account> done) override;
  void UpdateAccount(const AccountChange& change, absl::Time deadline,
                     Done<accounts::v1::Account> done) override;
  void DeleteAccount(int64_t login, absl::Time deadline, DoneStatus done) override;
  void SetPassword(const PasswordChange& change, absl::Time deadline, DoneStatus done) override;
  void Book(const Booking& booking, absl::Time deadline, Done<BookingResult> done) override;
  void GetOrder(int64_t login, int64_t ticket, absl::Time deadline, Done<orders::v1::Order> done) override;
  void GetPosition(int64_t login, int64_t ticket, absl::Time deadline,
                   Done<orders::v1::Position> done) override;
  void GetDeal(int64_t login, int64_t ticket, absl::Time deadline, Done<type::v1::Deal> done) override;
  void ListOrders(int64_t login, absl::Time deadline, Done<std::vector<orders::v1::Order>> done) override;
  void ListPositions(int64_t login, absl::Time deadline,
                     Done<std::vector<orders::v1::Position>> done) override;
  void ListOrderHistory(const DealQuery& query, absl::Time deadline, Done<OrderPage> done) override;
  void GetSymbol(const std::string& symbol, const std::string& group, absl::Time deadline,
                 Done<quotes::v1::Symbol> done) override;
  void GetQuote(const std::string& symbol, const std::string& group, absl::Time deadline,
                Done<MarketQuote> done) override;
  void CheckMargin(const MarginQuery& query, absl::Time deadline, Done<MarginAnswer> done) override;
  void PlaceOrder(const OrderPlacement& order, absl::Time deadline, Done<TradeReceipt> done) override;
  void ChangeOrder(const OrderChange& change, absl::Time deadline, DoneStatus done) override;
  void CancelOrder(const OrderCancellation& order, absl::Time deadline, DoneStatus done) override;
  void ChangeStops(const StopsChange& change, absl::Time deadline, DoneStatus done) override;
  void ClosePosition(const PositionClosing& closing, absl::Time deadline, Done<TradeReceipt> done) override;
  void ClosePositionBy(const PositionPairing& pair, absl::Time deadline, Done<TradeReceipt> done) override;

 private:
  // Calls in progress: whoever takes a call out of it answers it. Outlives this object in timers that are
  // still to come.
  class Calls {
   public:
    uint64_t Add(absl::AnyInvocable<void()> fail);
    // True for the one that takes it.
    bool Take(uint64_t id);
    void FailAll();

   private:
    absl::Mutex mutex_;
    bool closed_ ABSL_GUARDED_BY(mutex_) = false;
    uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
    std::map<uint64_t, absl::AnyInvocable<void()>> fails_ ABSL_GUARDED_BY(mutex_);
  };

  template <typename T>
  void Read(std::function<absl::StatusOr<T>(const FakeWorld&)> query, Done<T> done);
  // The same for a command without a result.
  void MutateStatus(std::function<absl::Status(FakeWorld&)> command, absl::Time deadline, DoneStatus done);
  template <typename T>
  void Mutate(std::function<absl::StatusOr<T>(FakeWorld&)> command, absl::Time deadline, Done<T> done);
  absl::Duration Latency() const;
  bool Conceals() const { return options_.conceals_history && options_.conceals_history(); }
  bool connected() const ABSL_LOCKS_EXCLUDED(mutex_);

  const std::shared_ptr<FakeWorld> world_;
  absl::Mutex& world_mutex_;
  Scheduler& world_scheduler_;
  Scheduler& scheduler_;
  Clock& clock_;
  const Options options_;
  // Outlives this object in commands that are still on their way.
  const std::shared_ptr<std::atomic<int>> executed_ = std::make_shared<std::atomic<int>>(0);

  const std::shared_ptr<Calls> calls_ = std::make_shared<Calls>();

  mutable absl::Mutex mutex_;
  TradeServerObserver* observer_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool connected_ ABSL_GUARDED_BY(mutex_) = true;
  size_t deals_told_ ABSL_GUARDED_BY(mutex_) = 0;
  std::set<int64_t> done_told_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TESTING_FAKE_TRADE_SERVER_H_
