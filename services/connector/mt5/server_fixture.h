#ifndef SERVICES_CONNECTOR_MT5_SERVER_FIXTURE_H_
#define SERVICES_CONNECTOR_MT5_SERVER_FIXTURE_H_

#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"
#include "gtest/gtest.h"
#include "services/connector/mt5/mt5_web_api_server.h"
#include "services/connector/mt5/test_server.h"

namespace mtsuite::connector::mt5 {

using operations::v1::Server;

inline constexpr absl::Duration kPatience = absl::Seconds(20);

// Remembers what it is told.
class Observer : public TradeServerObserver {
 public:
  void OnStateChanged() override {
    absl::MutexLock lock(&mutex_);
    ++state_changes_;
  }
  void OnAccounts(const std::vector<accounts::v1::Account>& accounts) override {
    absl::MutexLock lock(&mutex_);
    accounts_.insert(accounts_.end(), accounts.begin(), accounts.end());
  }
  void OnAllLogins(const std::vector<int64_t>& sorted_logins, absl::Time) override {
    absl::MutexLock lock(&mutex_);
    logins_ = sorted_logins;
    ++sweeps_;
  }
  void OnDeals(const std::vector<type::v1::Deal>& deals) override {
    absl::MutexLock lock(&mutex_);
    for (const auto& deal : deals) deals_.push_back(deal.ticket());
  }
  void OnTrades(const TradeSnapshot& snapshot) override {
    absl::MutexLock lock(&mutex_);
    done_orders_.insert(done_orders_.end(), snapshot.done_orders.begin(), snapshot.done_orders.end());
  }

  template <typename Predicate>
  bool Await(Predicate predicate) {
    absl::MutexLock lock(&mutex_);
    const auto check = [&] {
      mutex_.AssertReaderHeld();
      return predicate(*this);
    };
    return mutex_.AwaitWithTimeout(absl::Condition(&check), kPatience);
  }

  absl::Mutex mutex_;
  int state_changes_ = 0;
  int sweeps_ = 0;
  std::vector<accounts::v1::Account> accounts_;
  std::vector<int64_t> logins_;
  std::vector<int64_t> deals_;
  std::vector<orders::v1::Order> done_orders_;
};

class Mt5WebApiServerTest : public ::testing::TestWithParam<Mt5Options::Encryption> {
 protected:
  Mt5Options Options(uint16_t port) const {
    Mt5Options options;
    options.server = "mt5-test";
    options.host = "127.0.0.1";
    options.port = port;
    options.manager_login = 1000;
    options.manager_password = "Manager1!";
    options.encryption = GetParam();
    options.time_zone = "UTC";
    options.deal_poll_interval = absl::Milliseconds(5);
    options.reconnect_base = absl::Milliseconds(5);
    options.reconnect_max = absl::Milliseconds(40);
    options.seed = 7;
    return options;
  }

  // Before the members of tests, which handlers use, go away.
  void TearDown() override {
    server_.reset();
    peer_.Stop();
  }

  void Start(const Mt5Options& options) {
    server_ = Mt5WebApiServer::Create(options, RealClock()).value();
    server_->Start(&observer_, told_);
  }
  void Start() { Start(Options(peer_.port())); }
  void StartAndConnect() {
    Start();
    AwaitState(Server::CONNECTED);
  }

  void AwaitState(Server::State state) {
    ASSERT_TRUE(observer_.Await([&](const Observer&) { return server_->Describe().state() == state; }))
        << server_->Describe().ShortDebugString();
  }

  // Makes a call and waits for its result.
  template <typename T, typename Call>
  absl::StatusOr<T> Wait(Call call) {
    std::promise<absl::StatusOr<T>> promise;
    call(Deadline(), [&promise](absl::StatusOr<T> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  }
  absl::Time Deadline() const { return RealClock().TimeNow() + timeout_; }

  absl::StatusOr<BookingResult> Book(std::string_view amount, std::string comment = "hello #TAG") {
    Booking booking;
    booking.login = 1001;
    booking.type = accounts::v1::BalanceOperation::DEPOSIT;
    booking.signed_amount = Decimal::Parse(amount).value();
    booking.comment = std::move(comment);
    return Wait<BookingResult>(
        [&](absl::Time deadline, auto done) { server_->Book(booking, deadline, std::move(done)); });
  }
  absl::StatusOr<accounts::v1::Account> GetAccount(int64_t login) {
    return Wait<accounts::v1::Account>(
        [&](absl::Time deadline, auto done) { server_->GetAccount(login, deadline, std::move(done)); });
  }

  static TestPeer::Answer UserAnswer(int64_t login, std::string_view more = "") {
    return {.body = R"({"Login":")" + std::to_string(login) + R"(","Group":"demo\\usd","Rights":"483",)" +
                    R"("Leverage":"100","Name":"N","Balance":"10.00","Credit":"0.00")" + std::string(more) +
                    "}"};
  }

  absl::Duration timeout_ = absl::Seconds(10);
  TestServer peer_;
  ToldBefore told_ = {.deals_since = absl::FromUnixSeconds(1'768'000'000)};
  Observer observer_;
  std::unique_ptr<Mt5WebApiServer> server_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_SERVER_FIXTURE_H_
