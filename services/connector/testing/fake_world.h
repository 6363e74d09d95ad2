#ifndef SERVICES_CONNECTOR_TESTING_FAKE_WORLD_H_
#define SERVICES_CONNECTOR_TESTING_FAKE_WORLD_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/decimal/decimal.h"
#include "services/connector/testing/fake_trading.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector {

// A trading server's books, with the platform's rules: what it stores, what it refuses. Lives on when
// connectors crash. Not thread-safe: FakeTradeServer locks.
class FakeWorld {
 public:
  // Starts with the groups `demo\usd` (2 digits), `demo\eur` and `demo\jpy` (0 digits).
  explicit FakeWorld(Clock& clock);

  absl::StatusOr<accounts::v1::Account> Create(const NewAccount& request);
  absl::StatusOr<accounts::v1::Account> Update(const AccountChange& change);
  absl::Status Delete(int64_t login);
  absl::Status SetPassword(const PasswordChange& change);
  absl::StatusOr<bool> CheckPassword(const PasswordChange& password) const;
  absl::StatusOr<BookingResult> Book(const Booking& booking);

  absl::StatusOr<accounts::v1::Account> Get(int64_t login) const;
  absl::StatusOr<accounts::v1::TradeState> TradeState(int64_t login) const;
  DealPage Deals(const DealQuery& query) const;
  std::vector<accounts::v1::Group> Groups() const;
  std::vector<quotes::v1::Symbol> Symbols() const;
  std::vector<int64_t> Logins() const;

  FakeTrading& trading() { return trading_; }
  const FakeTrading& trading() const { return trading_; }
  // ACCOUNT_NOT_FOUND unless it is there.
  absl::Status CheckAccount(int64_t login) const { return Get(login).status(); }

  // All deals, oldest first.
  const std::vector<type::v1::Deal>& deals() const { return deals_; }
  // Money that open positions hold: lowers the free margin, forbids deleting and changing the group.
  void SetMargin(int64_t login, Decimal margin) { holdings_.at(login).margin = margin; }

 private:
  struct Holding {
    accounts::v1::Account account;
    std::map<int, std::string> passwords;
    Decimal balance;
    Decimal credit;
    Decimal margin;
  };

  const accounts::v1::Group* FindGroup(const std::string& name) const;
  accounts::v1::Account Show(const Holding& holding) const;

  Clock& clock_;
  std::vector<accounts::v1::Group> groups_;
  std::map<int64_t, Holding> holdings_;
  std::vector<type::v1::Deal> deals_;
  int64_t last_ticket_ = 5000;
  FakeTrading trading_{clock_, deals_, last_ticket_};
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TESTING_FAKE_WORLD_H_
