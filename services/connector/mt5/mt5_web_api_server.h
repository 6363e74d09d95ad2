#ifndef SERVICES_CONNECTOR_MT5_MT5_WEB_API_SERVER_H_
#define SERVICES_CONNECTOR_MT5_MT5_WEB_API_SERVER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "asio/executor_work_guard.hpp"
#include "asio/io_context.hpp"
#include "common/clock/clock.h"
#include "services/connector/mt5/calls/call_context.h"
#include "services/connector/mt5/connection_pool.h"
#include "services/connector/mt5/group_catalog.h"
#include "services/connector/mt5/mt5_options.h"
#include "services/connector/mt5/poller.h"
#include "services/connector/mt5/tick_watch.h"
#include "services/connector/mt5/time_keeper.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector::mt5 {

// An MT5 server, reached over its Web API. Contract in TradeServer; its thread is one that it starts itself,
// on which all connections, timers and callbacks run.
//
// State CONNECTED means that commands can be sent and the server's zone is known. Bookings, updates and all
// else are sent once: whatever their connection does, they are never repeated from here.
class Mt5WebApiServer final : public TradeServer {
 public:
  // INVALID_ARGUMENT for options that cannot work. `clock` must outlive the server.
  static absl::StatusOr<std::unique_ptr<Mt5WebApiServer>> Create(const Mt5Options& options, Clock& clock);
  // Stops it, if that has not been done.
  ~Mt5WebApiServer() override;

  Mt5WebApiServer(const Mt5WebApiServer&) = delete;
  Mt5WebApiServer& operator=(const Mt5WebApiServer&) = delete;

  void Start(TradeServerObserver* observer, ToldBefore told) override;
  // Not to be called from a callback. Calls made later end at once, on the caller's thread.
  void Stop() override;
  operations::v1::Server Describe() const override ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status CheckNewPassword(const PasswordChange& password, int32_t group_min_length) const override;

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
  Mt5WebApiServer(const Mt5Options& options, Clock& clock, TimeKeeper time_keeper);

  // Runs `start(done)` on the server's thread if the call can be made at all, otherwise ends it there.
  template <typename DoneType, typename Body>
  void Run(bool mutation, DoneType done, Body start);
  // Why no call can be made at the moment; OK if one can. On the server's thread.
  absl::Status CheckReachable(bool mutation) const;
  void OnConnectionChanged();
  // Works out the state, and tells the observer if it changed.
  void UpdateState();

  const Mt5Options options_;
  Clock& clock_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  TimeKeeper time_keeper_;
  ConnectionPool pool_;
  GroupCatalog catalog_;
  KeyedQueue updates_;
  DealerLine dealer_;
  const CallContext calls_;
  Poller poller_;
  TickWatch ticks_;
  TradeServerObserver* observer_ = nullptr;
  std::atomic<int> calls_in_progress_{0};

  mutable absl::Mutex mutex_;
  operations::v1::Server description_ ABSL_GUARDED_BY(mutex_);

  // Held while a call is handed to the thread, so that none comes after the thread's last work.
  absl::Mutex stop_mutex_;
  bool stopped_ ABSL_GUARDED_BY(stop_mutex_) = false;
  std::thread thread_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_MT5_WEB_API_SERVER_H_
