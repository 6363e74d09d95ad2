#ifndef TESTS_CONFORMANCE_FIXTURE_H_
#define TESTS_CONFORMANCE_FIXTURE_H_

#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/clock/clock.h"
#include "common/testing/matchers.h"
#include "gtest/gtest.h"
#include "services/connector/trade_server.h"
#include "tests/conformance/environment.h"

namespace mtsuite::conformance {

using accounts::v1::Account;
using accounts::v1::BalanceOperation;
using connector::AccountChange;
using connector::BookingResult;
using connector::DealPage;
using connector::DealQuery;
using connector::NewAccount;
using connector::PasswordChange;

inline constexpr char kMain[] = "Passw0rd!";
inline constexpr char kInvestor[] = "Invest0r!";

// One case of the suite that every TradeServer must pass: the calls, made blocking.
class ConformanceTest : public ::testing::TestWithParam<Platform> {
 protected:
  void SetUp() override { environment_ = GetParam().create(); }

  connector::TradeServer& server() { return environment_->server(); }
  static absl::Time Deadline() { return RealClock().TimeNow() + absl::Seconds(10); }

  template <typename T, typename Call>
  static absl::StatusOr<T> Wait(Call call) {
    std::promise<absl::StatusOr<T>> promise;
    call([&promise](absl::StatusOr<T> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  }
  template <typename Call>
  static absl::Status WaitStatus(Call call) {
    std::promise<absl::Status> promise;
    call([&promise](absl::Status status) { promise.set_value(std::move(status)); });
    return promise.get_future().get();
  }

  NewAccount Applicant(int64_t login) const {
    NewAccount account;
    account.account.set_login(login);
    account.account.set_group(environment_->usd_group());
    account.account.set_leverage(100);
    account.account.set_name("Ada Lovelace");
    account.account.mutable_contact()->set_email("ada@example.com");
    account.account.mutable_contact()->set_country("United Kingdom");
    account.main_password = kMain;
    account.investor_password = kInvestor;
    return account;
  }

  absl::StatusOr<Account> Create(const NewAccount& account) {
    return Wait<Account>([&](auto done) { server().CreateAccount(account, Deadline(), std::move(done)); });
  }
  absl::StatusOr<Account> Create(int64_t login) { return Create(Applicant(login)); }
  absl::StatusOr<Account> Get(int64_t login) {
    return Wait<Account>([&](auto done) { server().GetAccount(login, Deadline(), std::move(done)); });
  }
  absl::StatusOr<Account> Update(const Account& account, std::vector<std::string> paths) {
    const AccountChange change{account, std::move(paths)};
    return Wait<Account>([&](auto done) { server().UpdateAccount(change, Deadline(), std::move(done)); });
  }
  absl::Status Delete(int64_t login) {
    return WaitStatus([&](auto done) { server().DeleteAccount(login, Deadline(), std::move(done)); });
  }
  absl::StatusOr<accounts::v1::TradeState> TradeState(int64_t login) {
    return Wait<accounts::v1::TradeState>(
        [&](auto done) { server().GetTradeState(login, Deadline(), std::move(done)); });
  }
  absl::StatusOr<DealPage> Deals(const DealQuery& query) {
    return Wait<DealPage>([&](auto done) { server().ListDeals(query, Deadline(), std::move(done)); });
  }
  absl::Status SetPassword(const PasswordChange& change) {
    return WaitStatus([&](auto done) { server().SetPassword(change, Deadline(), std::move(done)); });
  }
  absl::StatusOr<bool> CheckPassword(const PasswordChange& password) {
    return Wait<bool>([&](auto done) { server().CheckPassword(password, Deadline(), std::move(done)); });
  }
  absl::StatusOr<BookingResult> Book(int64_t login, BalanceOperation::Type type, std::string_view amount,
                                     std::string comment = "conformance") {
    connector::Booking booking;
    booking.login = login;
    booking.type = type;
    booking.signed_amount = Decimal::Parse(amount).value();
    booking.comment = std::move(comment);
    return Wait<BookingResult>([&](auto done) { server().Book(booking, Deadline(), std::move(done)); });
  }
  absl::StatusOr<BookingResult> Deposit(int64_t login, std::string_view amount) {
    return Book(login, BalanceOperation::DEPOSIT, amount);
  }

  std::unique_ptr<Environment> environment_;
};

inline std::string PlatformName(const ::testing::TestParamInfo<Platform>& info) { return info.param.name; }

}  // namespace mtsuite::conformance

#endif  // TESTS_CONFORMANCE_FIXTURE_H_
