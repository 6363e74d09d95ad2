#ifndef TESTS_CONFORMANCE_ENVIRONMENT_H_
#define TESTS_CONFORMANCE_ENVIRONMENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "mtsuite/accounts/v1/account.pb.h"
#include "services/connector/trade_server.h"

namespace mtsuite::conformance {

// A trading server with one implementation of TradeServer connected to it. Fresh for each test.
class Environment {
 public:
  virtual ~Environment() = default;

  // Started and connected; tells observer() of all that happens.
  virtual connector::TradeServer& server() = 0;

  // Groups that exist: two in USD and one in EUR, with passwords of at least 8 characters.
  virtual std::string usd_group() const = 0;
  virtual std::string other_usd_group() const = 0;
  virtual std::string eur_group() const = 0;

  // Opens a position of one lot of EURUSD behind the connector's back.
  virtual void OpenPosition(int64_t login) = 0;

  // What the observer was told so far.
  virtual std::vector<int64_t> DealsTold() const = 0;
  // Waits until a deal or an account was told, or a sweep told that a login is gone; false when it takes
  // unreasonably long.
  virtual bool AwaitDeal(int64_t ticket) = 0;
  virtual bool AwaitAccount(std::function<bool(const accounts::v1::Account&)> matches) = 0;
  virtual bool AwaitGone(int64_t login) = 0;

  // A symbol that is traded at any time, with volumes of 0.01 to 10 lots at least, also by orders that wait
  // and by closing positions by one another. Its price moves.
  virtual std::string symbol() const = 0;
  // Waits until an order or a position was told.
  virtual bool AwaitOrder(std::function<bool(const orders::v1::Order&)> matches) = 0;
  virtual bool AwaitPosition(std::function<bool(const orders::v1::Position&)> matches) = 0;
  virtual bool AwaitTick(std::function<bool(const connector::TickUpdate&)> matches) = 0;
};

struct Platform {
  std::string name;
  std::function<std::unique_ptr<Environment>()> create;
};

// The platforms to test. Defined by the library that a conformance test is linked with.
std::vector<Platform> Platforms();

}  // namespace mtsuite::conformance

#endif  // TESTS_CONFORMANCE_ENVIRONMENT_H_
