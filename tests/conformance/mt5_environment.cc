// MT5: the Web API adapter against the simulated server's real front, over TCP.
#include <algorithm>
#include <future>
#include <utility>

#include "common/clock/clock.h"
#include "common/status/check.h"
#include "services/connector/mt5/mt5_web_api_server.h"
#include "services/mtsim/engine/engine.h"
#include "services/mtsim/server/server.h"
#include "services/mtsim/server/world.h"
#include "services/mtsim/world_clock.h"
#include "tests/conformance/environment.h"
#include "tests/conformance/recorder.h"

namespace mtsuite::conformance {
namespace {

using connector::mt5::Mt5Options;
using connector::mt5::Mt5WebApiServer;

mtsim::Manager ConnectorManager() {
  mtsim::Manager manager;
  manager.login = 1000;
  manager.name = "Connector";
  manager.password = "Connector-Pass1";
  manager.rights = mtsim::kAllManagerRights;
  return manager;
}

mtsim::ServerOptions SimOptions() {
  mtsim::ServerOptions options;
  options.listen = "127.0.0.1:0";
  return options;
}

class Mt5Environment final : public Environment {
 public:
  explicit Mt5Environment(Mt5Options::Encryption encryption)
      : clock_(RealClock()),
        engine_(mtsim::Engine::Create({}, clock_).value()),
        world_(*engine_, clock_, {ConnectorManager()}, 1),
        sim_(world_, SimOptions()) {
    MTSUITE_CHECK(sim_.Start().ok(), "the simulated server does not start");
    Mt5Options options;
    options.server = "mt5";
    options.host = "127.0.0.1";
    options.port = static_cast<uint16_t>(sim_.port());
    options.manager_login = 1000;
    options.manager_password = ConnectorManager().password;
    options.encryption = encryption;
    options.time_zone = "Europe/Athens";
    options.deal_poll_interval = absl::Milliseconds(10);
    options.account_sweep_interval = absl::Milliseconds(50);
    options.trade_poll_interval = absl::Milliseconds(20);
    options.tick_poll_interval = absl::Milliseconds(10);
    options.reconnect_base = absl::Milliseconds(5);
    options.seed = 1;
    server_ = Mt5WebApiServer::Create(options, RealClock()).value();
    server_->Start(&recorder_, {.deals_since = RealClock().TimeNow()});
    const bool connected = recorder_.Await([this](const Recorder& recorder) {
      return recorder.sweeps() > 0 && server_->Describe().state() == operations::v1::Server::CONNECTED;
    });
    MTSUITE_CHECK(connected, "the adapter does not connect");
  }
  ~Mt5Environment() override {
    server_->Stop();
    sim_.Stop();
  }

  connector::TradeServer& server() override { return *server_; }
  std::string usd_group() const override { return "demo\\retail-usd"; }
  std::string other_usd_group() const override { return "demo\\netting-usd"; }
  std::string eur_group() const override { return "demo\\retail-eur"; }

  void OpenPosition(int64_t login) override {
    std::promise<bool> done;
    sim_.Post([&done, login](mtsim::World& world, mtsim::Server&) {
      mtsim::OpenRequest request;
      request.login = static_cast<uint64_t>(login);
      request.symbol = "EURUSD";
      request.volume = mtsim::Fixed::FromInteger(1);
      done.set_value(world.engine.trades().Open(request).ok());
    });
    MTSUITE_CHECK(done.get_future().get(), "the position cannot be opened");
  }

  std::vector<int64_t> DealsTold() const override { return recorder_.deals(); }
  bool AwaitDeal(int64_t ticket) override {
    return recorder_.Await([ticket](const Recorder& recorder) {
      return std::count(recorder.deals_told().begin(), recorder.deals_told().end(), ticket) > 0;
    });
  }
  bool AwaitAccount(std::function<bool(const accounts::v1::Account&)> matches) override {
    return recorder_.Await([&matches](const Recorder& recorder) {
      return std::any_of(recorder.accounts_told().begin(), recorder.accounts_told().end(),
                         [&matches](const auto& entry) { return matches(entry.second); });
    });
  }
  bool AwaitGone(int64_t login) override {
    return recorder_.Await([login](const Recorder& recorder) {
      return !std::binary_search(recorder.logins_told().begin(), recorder.logins_told().end(), login);
    });
  }
  std::string symbol() const override { return "BTCUSD"; }
  bool AwaitOrder(std::function<bool(const orders::v1::Order&)> matches) override {
    return recorder_.Await([&matches](const Recorder& recorder) {
      return std::any_of(recorder.orders_told().begin(), recorder.orders_told().end(),
                         [&matches](const auto& entry) { return matches(entry.second); });
    });
  }
  bool AwaitTick(std::function<bool(const connector::TickUpdate&)> matches) override {
    return recorder_.Await([&matches](const Recorder& recorder) {
      return std::any_of(recorder.ticks_told().begin(), recorder.ticks_told().end(),
                         [&matches](const auto& entry) { return matches(entry.second); });
    });
  }
  bool AwaitPosition(std::function<bool(const orders::v1::Position&)> matches) override {
    return recorder_.Await([&matches](const Recorder& recorder) {
      return std::any_of(recorder.positions_told().begin(), recorder.positions_told().end(),
                         [&matches](const auto& entry) { return matches(entry.second); });
    });
  }

 private:
  mtsim::WorldClock clock_;
  std::unique_ptr<mtsim::Engine> engine_;
  mtsim::World world_;
  mtsim::Server sim_;
  Recorder recorder_;
  std::unique_ptr<Mt5WebApiServer> server_;
};

Platform Mt5(std::string name, Mt5Options::Encryption encryption) {
  return {std::move(name), [encryption] { return std::make_unique<Mt5Environment>(encryption); }};
}

}  // namespace

std::vector<Platform> Platforms() {
  return {Mt5("Mt5Aes", Mt5Options::Encryption::kAes), Mt5("Mt5Plain", Mt5Options::Encryption::kNone)};
}

}  // namespace mtsuite::conformance
