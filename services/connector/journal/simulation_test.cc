// Exactly-once under random faults: lost replies, late execution, failing writes, crashes, impatient callers.
// One thread, simulated time, thousands of seeds.
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/testing/matchers.h"
#include "common/testing/seed.h"
#include "services/connector/journal/tag.h"
#include "services/connector/testing/simulated_connector.h"

namespace mtsuite::connector {
namespace {

using accounts::v1::BalanceOperation;
using operations::v1::Operation;

constexpr char kServer[] = "sim";
constexpr absl::Duration kSettle = absl::Seconds(30);
constexpr int kAccounts = 3;
constexpr int kOperations = 16;
constexpr char kOldPassword[] = "Old-pass-1";
constexpr char kNewPassword[] = "New-pass-1";

// One operation as its caller sees it.
struct Wish {
  std::string id;
  Command command;
  // What the caller was told last, and whether it can rely on it.
  enum class Knows { kNothing, kApplied, kRejected, kNotSent } knows = Knows::kNothing;
  OperationResult result;
  bool waiting = false;
  // Gives up after the first NOT_SENT instead of repeating.
  bool easily_discouraged = false;
};

class Simulation {
 public:
  explicit Simulation(uint64_t seed) : random_(seed), surroundings_(absl::FromUnixSeconds(1'760'000'000)) {}

  void Run() {
    CreateWorld();
    MakeWishes();
    Start();
    const absl::Time end = surroundings_.time.now() + absl::Minutes(3);
    while (surroundings_.time.now() < end) {
      Disturb();
      surroundings_.time.Advance(absl::Milliseconds(Pick(1, 4000)));
      CheckNoDuplicates();
    }
    faults_ = false;
    if (connector_ == nullptr || !connector_->started()) {
      connector_.reset();
      Start();
    }
    connector_->server().SetConnected(true);
    // Everybody who does not know asks again until it does.
    for (int round = 0; round < 30; ++round) {
      for (Wish& wish : wishes_) {
        if (wish.knows == Wish::Knows::kNothing && !wish.waiting) Ask(wish);
      }
      surroundings_.time.Advance(absl::Seconds(10));
    }
    Check();
  }

 private:
  int64_t Pick(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_);
  }
  bool Chance(double probability) { return std::bernoulli_distribution(probability)(random_); }

  void CreateWorld() {
    // The last third has no positions, so that its accounts can be deleted.
    for (int64_t login = 1; login <= kAccounts + 2 * kOperations; ++login) {
      NewAccount account;
      account.account.set_login(login);
      account.account.set_group("demo\\usd");
      account.account.set_leverage(100);
      account.account.set_name("holder");
      account.main_password = kOldPassword;
      ASSERT_OK(surroundings_.world->Create(account));
    }
    for (int64_t login = kAccounts + 1; login <= kAccounts + kOperations; ++login) OpenWorld(login);
  }

  void MakeWishes() {
    for (int i = 0; i < kOperations; ++i) {
      Wish wish;
      wish.id = absl::StrCat("op-", i);
      wish.easily_discouraged = Chance(0.3);
      // Operations that leave no tag get an account of their own, so that what is found there is theirs.
      const int64_t own = kAccounts + 1 + i;
      if (Chance(0.5)) {
        MakeTrade(wish.command, own);
        wishes_.push_back(std::move(wish));
        continue;
      }
      const int64_t kind = Pick(0, 9);
      if (kind < 5) {
        auto* book = wish.command.mutable_book();
        book->set_login(Pick(1, kAccounts));
        book->mutable_balance_operation()->set_type(Chance(0.7) ? BalanceOperation::DEPOSIT
                                                                : BalanceOperation::WITHDRAWAL);
        book->mutable_balance_operation()->set_amount(absl::StrCat(Pick(1, 3)));
        book->mutable_balance_operation()->set_comment(Chance(0.5) ? "bonus 5 %" : "");
      } else if (kind < 7) {
        auto* account = wish.command.mutable_create_account();
        account->mutable_account()->set_group("demo\\usd");
        account->mutable_account()->set_name(wish.id);
        if (Chance(0.3)) account->mutable_account()->set_login(5000 + Pick(0, 1));
        account->set_main_password(kNewPassword);
      } else if (kind == 7) {
        wish.command.mutable_delete_account()->set_login(own + kOperations);
      } else if (kind == 8) {
        auto* password = wish.command.mutable_set_password();
        password->set_login(own);
        password->set_type(accounts::v1::MAIN);
        password->set_password(kNewPassword);
      } else {
        auto* update = wish.command.mutable_update_account();
        update->mutable_account()->set_login(own);
        update->mutable_account()->set_leverage(500);
        update->mutable_update_mask()->add_paths("leverage");
      }
      wishes_.push_back(std::move(wish));
    }
  }

  // Every account begins with two opposite positions and an order that waits.
  void OpenWorld(int64_t login) {
    OrderPlacement placement;
    placement.login = login;
    placement.symbol = "EURUSD";
    placement.type = type::v1::MARKET;
    placement.volume = Decimal::Parse("0.1").value();
    FakeTrading& trading = surroundings_.world->trading();
    for (const auto side : {type::v1::BUY, type::v1::SELL}) {
      placement.side = side;
      positions_[login].push_back(trading.Place(placement)->order_ticket);
    }
    placement.type = type::v1::LIMIT;
    placement.price = Decimal::Parse("1.2").value();
    orders_[login] = trading.Place(placement)->order_ticket;
  }

  void MakeTrade(Command& command, int64_t own) {
    const std::string volume = absl::StrCat("0.0", Pick(1, 5));
    const int64_t kind = Pick(0, 9);
    if (kind < 5) {
      auto* place = command.mutable_place_order();
      place->set_login(Pick(1, kAccounts));
      place->mutable_order()->set_symbol("EURUSD");
      place->mutable_order()->set_side(type::v1::BUY);
      place->mutable_order()->set_volume(volume);
      place->mutable_order()->set_comment(Chance(0.5) ? "copied" : "");
      place->mutable_order()->set_type(kind < 3 ? type::v1::MARKET : type::v1::LIMIT);
      if (kind >= 3) place->mutable_order()->set_price("1.05");
      if (Chance(0.1)) place->mutable_order()->set_volume("60");  // No money.
    } else if (kind < 7) {
      auto* close = command.mutable_close_position();
      close->set_login(own);
      close->set_ticket(positions_[own][0]);
      if (Chance(0.6)) close->set_volume(volume);
    } else if (kind == 7) {
      auto* by = command.mutable_close_position_by();
      by->set_login(own);
      by->set_ticket(positions_[own][0]);
      by->set_opposite_ticket(positions_[own][1]);
    } else if (kind == 8) {
      auto* update = command.mutable_update_position();
      update->set_login(own);
      update->mutable_position()->set_ticket(positions_[own][0]);
      update->mutable_position()->set_stop_loss("1.01");
      update->mutable_update_mask()->add_paths("stop_loss");
    } else if (Chance(0.5)) {
      auto* update = command.mutable_update_order();
      update->set_login(own);
      update->mutable_order()->set_ticket(orders_[own]);
      update->mutable_order()->set_price("1.3");
      update->mutable_update_mask()->add_paths("price");
    } else {
      command.mutable_cancel_order()->set_login(own);
      command.mutable_cancel_order()->set_ticket(orders_[own]);
    }
  }

  // The market, too, does something now and then: it fills an order that waits.
  void MoveMarket() {
    for (const auto& [ticket, order] : surroundings_.world->trading().open_orders()) {
      if (order.login() > kAccounts || Chance(0.7)) continue;
      surroundings_.world->trading().Fill(ticket);
      return;
    }
  }

  void Start() {
    SimulatedConnector::Options options;
    options.journal.server = kServer;
    options.journal.limits.settle_window = kSettle;
    options.journal.sweep_interval = absl::Seconds(15);
    options.server.server = kServer;
    options.server.next_latency = [this] { return absl::Milliseconds(Pick(1, faults_ ? 300 : 3)); };
    options.server.next_fault = [this] { return NextFault(); };
    options.committer.next_delay = [this] { return absl::Microseconds(Pick(0, faults_ ? 50'000 : 100)); };
    options.committer.next_fault = [this] {
      if (!faults_ || !Chance(0.05)) return SimulatedCommitter::Fault::kNone;
      return Chance(0.5) ? SimulatedCommitter::Fault::kFails : SimulatedCommitter::Fault::kFailsAfterWriting;
    };
    connector_ = std::make_unique<SimulatedConnector>(surroundings_, options);
  }

  FakeFault NextFault() {
    if (!faults_ || Chance(0.4)) return {};
    FakeFault fault;
    fault.kind = static_cast<FakeFault::Kind>(Pick(1, 4));
    // Always shorter than the settle window: that is what the window promises.
    fault.late_by = absl::Milliseconds(Pick(0, absl::ToInt64Milliseconds(kSettle) - 2000));
    return fault;
  }

  void Disturb() {
    if (connector_ == nullptr) {
      if (Chance(0.6)) Start();
      return;
    }
    if (Chance(0.1) || connector_->start_failed()) {
      connector_.reset();
      for (Wish& wish : wishes_) wish.waiting = false;  // The connection broke; nobody was told anything.
      return;
    }
    if (Chance(0.1)) connector_->server().SetConnected(Chance(0.5));
    if (Chance(0.3)) MoveMarket();
    for (int i = 0; i < 3; ++i) {
      Wish& wish = wishes_[static_cast<size_t>(Pick(0, kOperations - 1))];
      // Sure ones ask again too, now and then.
      if (Chance(0.5)) Ask(wish);
    }
  }

  void Ask(Wish& wish) {
    if (connector_ == nullptr || !connector_->started()) return;
    if (wish.knows == Wish::Knows::kNotSent && wish.easily_discouraged) return;
    wish.waiting = true;
    // A new try may change what was NOT_SENT before, and what was refused by a check before it was recorded.
    const auto record = surroundings_.store.records().find({kServer, wish.id});
    const bool recorded_as_rejected =
        record != surroundings_.store.records().end() && record->second.state == Operation::REJECTED;
    if (wish.knows == Wish::Knows::kNotSent ||
        (wish.knows == Wish::Knows::kRejected && !recorded_as_rejected)) {
      wish.knows = Wish::Knows::kNothing;
    }
    OperationRequest request;
    request.operation_id = wish.id;
    request.command = wish.command;
    request.deadline = surroundings_.time.now() + absl::Milliseconds(Pick(0, 12'000));
    const uint64_t asked = ++asked_;
    last_asked_[wish.id] = asked;
    connector_->journal().Execute(std::move(request), [this, &wish, asked](OperationReply reply) {
      // Answers to earlier tries say nothing about later ones.
      if (last_asked_[wish.id] == asked) wish.waiting = false;
      Hear(wish, reply, last_asked_[wish.id] == asked);
    });
  }

  // A result without what the trading server shows only at the moment of the reply: when a crash follows that
  // moment, the result is made again from what was left behind.
  static std::string Essence(OperationResult result) {
    if (result.has_balance_operation()) result.mutable_balance_operation()->clear_create_time();
    if (result.has_trade()) {
      result.mutable_trade()->clear_bid();
      result.mutable_trade()->clear_ask();
      result.mutable_trade()->clear_time();
    }
    return result.DebugString();
  }

  void Hear(Wish& wish, const OperationReply& reply, bool newest) {
    if (reply.status.ok()) {
      ASSERT_NE(wish.knows, Wish::Knows::kRejected) << wish.id;
      if (wish.knows == Wish::Knows::kApplied) {
        EXPECT_EQ(Essence(wish.result), Essence(reply.record.result)) << "not the first result again";
      }
      wish.knows = Wish::Knows::kApplied;
      wish.result = reply.record.result;
      return;
    }
    const Outcome outcome = GetOutcome(reply.status);
    ASSERT_NE(outcome, type::v1::OUTCOME_UNSPECIFIED) << reply.status;
    EXPECT_TRUE(outcome == type::v1::NOT_SENT || !absl::IsUnavailable(reply.status)) << reply.status;
    if (outcome == type::v1::UNCONFIRMED) return;
    ASSERT_NE(wish.knows, Wish::Knows::kApplied) << wish.id << reply.status;
    if (outcome == type::v1::REJECTED) wish.knows = Wish::Knows::kRejected;
    if (outcome == type::v1::NOT_SENT && newest && wish.knows == Wish::Knows::kNothing) {
      wish.knows = Wish::Knows::kNotSent;
    }
  }

  // Orders that carry the operation's tag, open or done, and those that only their deals tell of.
  int OrdersOf(const std::string& id) {
    const std::string tag = MakeTag(kServer, id);
    const FakeTrading& trading = surroundings_.world->trading();
    std::set<int64_t> tickets;
    for (const auto* book : {&trading.open_orders(), &trading.done_orders()}) {
      for (const auto& [ticket, order] : *book) {
        if (EndsWithTag(order.comment(), tag)) tickets.insert(ticket);
      }
    }
    for (const auto& deal : surroundings_.world->deals()) {
      if (EndsWithTag(deal.comment(), tag)) tickets.insert(deal.order_ticket());
    }
    return static_cast<int>(tickets.size());
  }

  int TracesOf(const Wish& wish) {
    const FakeWorld& world = *surroundings_.world;
    if (wish.command.has_book()) {
      int count = 0;
      for (const auto& deal : world.deals())
        count += EndsWithTag(deal.comment(), MakeTag(kServer, wish.id)) ? 1 : 0;
      return count;
    }
    if (wish.command.has_create_account()) {
      int count = 0;
      for (const int64_t login : world.Logins()) count += world.Get(login)->name() == wish.id ? 1 : 0;
      return count;
    }
    const int64_t login = LoginOf(wish.command);
    const FakeTrading& trading = world.trading();
    if (LeavesTag(KindOf(wish.command))) return OrdersOf(wish.id);
    if (wish.command.has_update_position())
      return trading.positions().at(positions_[login][0]).stop_loss() == "1.01000" ? 1 : 0;
    if (wish.command.has_update_order()) {
      return trading.GetOrder(login, orders_[login])->price() == "1.30000" ? 1 : 0;
    }
    if (wish.command.has_cancel_order()) return trading.open_orders().contains(orders_[login]) ? 0 : 1;
    if (wish.command.has_delete_account()) return world.Get(login).ok() ? 0 : 1;
    if (wish.command.has_update_account()) return world.Get(login)->leverage() == 500 ? 1 : 0;
    return *world.CheckPassword({login, accounts::v1::MAIN, kNewPassword}) ? 1 : 0;
  }

  void CheckNoDuplicates() {
    for (const Wish& wish : wishes_) ASSERT_LE(TracesOf(wish), 1) << wish.id << " was carried out twice";
  }

  void Check() {
    std::set<int64_t> tickets;
    for (const Wish& wish : wishes_) {
      const bool applied = wish.knows == Wish::Knows::kApplied;
      EXPECT_NE(wish.knows, Wish::Knows::kNothing) << wish.id << " was never resolved";
      EXPECT_EQ(TracesOf(wish), applied ? 1 : 0)
          << wish.id << ": caller and trading server disagree, caller knows " << static_cast<int>(wish.knows);
      if (applied && wish.command.has_book()) {
        EXPECT_TRUE(tickets.insert(wish.result.balance_operation().ticket()).second)
            << "one ticket for two operations";
      }
      if (applied && wish.command.has_place_order()) {
        EXPECT_TRUE(tickets.insert(wish.result.trade().order_ticket()).second);
      }
      if (applied && wish.command.has_create_account()) {
        EXPECT_EQ(surroundings_.world->Get(wish.result.account().login())->name(), wish.id);
      }
    }
    EXPECT_EQ(connector_->journal().unconfirmed_count(), 0);
    for (const auto& [key, record] : surroundings_.store.records()) {
      EXPECT_FALSE(IsUnresolved(record.state)) << key.second << " is " << Operation::State_Name(record.state);
    }
  }

  std::mt19937_64 random_;
  SimulatedSurroundings surroundings_;
  std::vector<Wish> wishes_;
  std::map<int64_t, std::vector<int64_t>> positions_;
  std::map<int64_t, int64_t> orders_;
  std::map<std::string, uint64_t> last_asked_;
  uint64_t asked_ = 0;
  bool faults_ = true;
  std::unique_ptr<SimulatedConnector> connector_;
};

TEST(JournalSimulationTest, CallersAndTradingServerAlwaysAgree) {
  const char* count = std::getenv("MTSUITE_SIMULATIONS");
  const int simulations = count == nullptr ? 150 : std::atoi(count);
  log::Configure("simulation", log::Level::kError);
  const uint64_t seed = testing::TestSeed();
  for (int i = 0; i < simulations; ++i) {
    SCOPED_TRACE(absl::StrCat("simulation ", i, " of seed ", seed,
                              "; alone: MTSUITE_SIMULATIONS=1 MTSUITE_SEED=", seed + i));
    Simulation(seed + static_cast<uint64_t>(i)).Run();
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace mtsuite::connector
