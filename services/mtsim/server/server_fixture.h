// A running server for tests.
#ifndef SERVICES_MTSIM_SERVER_SERVER_FIXTURE_H_
#define SERVICES_MTSIM_SERVER_SERVER_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/testing/matchers.h"
#include "gtest/gtest.h"
#include "services/mtsim/seeding.h"
#include "services/mtsim/server/server.h"
#include "services/mtsim/testing/client.h"

namespace mtsuite::mtsim {

// The default world with one funded account, on a port of the system's choice. Prices stand still.
class ServerTest : public ::testing::Test {
 protected:
  static constexpr uint64_t kManager = 1000;
  static constexpr char kManagerPassword[] = "Password1";
  static constexpr uint64_t kLogin = 100'000;

  ServerTest() : clock_(RealClock()) {
    auto engine = Engine::Create({}, clock_);
    if (!engine.ok()) std::abort();
    engine_ = *std::move(engine);
    EXPECT_EQ(engine_->feed().SetRatePercent(0), Retcode::kDone);
    EXPECT_OK(OpenSeededAccounts(
        *engine_, {.count = 1, .first_login = kLogin, .group = "demo\\retail-usd", .deposit = "1000"_fx}));
    Manager manager{.login = kManager, .password = kManagerPassword, .rights = kAllManagerRights};
    world_ = std::make_unique<World>(*engine_, clock_, std::vector<Manager>{manager}, /*seed=*/1);
    server_ = std::make_unique<Server>(*world_, ServerOptions{.listen = "127.0.0.1:0"});
  }
  ~ServerTest() override { server_->Stop(); }

  void SetUp() override { ASSERT_OK(server_->Start()); }

  // Runs `task` on the server's thread and waits for it.
  void OnServer(absl::AnyInvocable<void(World&, Server&)> task) {
    absl::Notification done;
    server_->Post([&](World& world, Server& server) {
      task(world, server);
      done.Notify();
    });
    done.WaitForNotification();
  }

  void AddFault(Fault fault) {
    OnServer([&](World& world, Server&) { EXPECT_OK(world.faults.Add(fault, RealClock().TimeNow())); });
  }

  // Deals with this comment: what really happened.
  int Deals(std::string_view comment) {
    int count = 0;
    OnServer([&](World& world, Server&) {
      for (const Deal& deal : world.engine.state().deals.records()) count += deal.comment == comment ? 1 : 0;
    });
    return count;
  }

  std::unique_ptr<Client> Connect(bool encrypt = true) {
    auto client = std::make_unique<Client>(kManagerPassword, encrypt);
    EXPECT_OK(client->Login(server_->port(), kManager));
    return client;
  }

  static std::string Deposit(std::string_view comment) {
    return absl::StrCat("TRADE_BALANCE|LOGIN=", kLogin, "|TYPE=2|BALANCE=1|COMMENT=", std::string(comment),
                        "|\r\n");
  }

  WorldClock clock_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<World> world_;
  std::unique_ptr<Server> server_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_SERVER_SERVER_FIXTURE_H_
