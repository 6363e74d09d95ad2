#include "services/connector/testing/fake_trade_server.h"

#include <algorithm>
#include <utility>

#include "common/status/error.h"
#include "services/connector/base/proto_time.h"
#include "services/connector/testing/fake_trade_server_calls.h"

namespace mtsuite::connector {

FakeTradeServer::FakeTradeServer(std::shared_ptr<FakeWorld> world, absl::Mutex& world_mutex,
                                 Scheduler& world_scheduler, Scheduler& scheduler, Clock& clock,
                                 const Options& options)
    : world_(std::move(world)),
      world_mutex_(world_mutex),
      world_scheduler_(world_scheduler),
      scheduler_(scheduler),
      clock_(clock),
      options_(options) {}

absl::Duration FakeTradeServer::Latency() const {
  return options_.next_latency ? options_.next_latency() : options_.latency;
}

bool FakeTradeServer::connected() const {
  absl::MutexLock lock(&mutex_);
  return connected_;
}

void FakeTradeServer::SetConnected(bool connected) {
  TradeServerObserver* observer;
  {
    absl::MutexLock lock(&mutex_);
    connected_ = connected;
    observer = observer_;
  }
  if (observer != nullptr) observer->OnStateChanged();
}

int FakeTradeServer::executed() const { return executed_->load(); }

void FakeTradeServer::Start(TradeServerObserver* observer, ToldBefore told) {
  {
    absl::MutexLock lock(&mutex_);
    observer_ = observer;
    absl::MutexLock world_lock(&world_mutex_);
    const auto& deals = world_->deals();
    deals_told_ =
        static_cast<size_t>(std::count_if(deals.begin(), deals.end(), [&](const type::v1::Deal& deal) {
          return FromProto(deal.time()) < told.deals_since;
        }));
  }
  observer->OnStateChanged();
}

void FakeTradeServer::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    observer_ = nullptr;
    connected_ = false;
  }
  calls_->FailAll();
}

namespace {

TickUpdate ToTick(const MarketQuote& quote) {
  const quotes::v1::Symbol symbol = FakeTrading::Symbol();
  TickUpdate tick;
  tick.symbol = symbol.name();
  tick.digits = symbol.digits();
  tick.bid = quote.bid.ToScaled(symbol.digits()).value();
  tick.ask = quote.ask.ToScaled(symbol.digits()).value();
  tick.time = quote.time;
  return tick;
}

}  // namespace

void FakeTradeServer::Poll() {
  TradeServerObserver* observer;
  std::vector<accounts::v1::Account> accounts;
  std::vector<int64_t> logins;
  std::vector<type::v1::Deal> deals;
  TradeSnapshot trades;
  absl::StatusOr<MarketQuote> quote = absl::UnknownError("not read yet");
  {
    absl::MutexLock lock(&mutex_);
    observer = observer_;
    if (observer == nullptr || !connected_) return;
    absl::MutexLock world_lock(&world_mutex_);
    logins = world_->Logins();
    for (const int64_t login : logins) accounts.push_back(*world_->Get(login));
    deals.assign(world_->deals().begin() + static_cast<ptrdiff_t>(deals_told_), world_->deals().end());
    // The last deal is told again each time, as overlapping windows do.
    deals_told_ = world_->deals().empty() ? 0 : world_->deals().size() - 1;
    quote = world_->trading().Quote(FakeTrading::Symbol().name());
    trades.all = true;
    trades.read_time = clock_.TimeNow();
    const FakeTrading& trading = world_->trading();
    for (const auto& [ticket, order] : trading.open_orders()) trades.orders.push_back(order);
    for (const auto& [ticket, position] : trading.positions()) trades.positions.push_back(position);
    for (const auto& [ticket, order] : trading.done_orders()) {
      if (done_told_.insert(ticket).second) trades.done_orders.push_back(order);
    }
  }
  observer->OnAccounts(accounts);
  observer->OnAllLogins(logins, clock_.TimeNow());
  if (!deals.empty()) observer->OnDeals(deals);
  observer->OnTrades(trades);
  if (quote.ok()) observer->OnTicks({ToTick(*quote)});
}

operations::v1::Server FakeTradeServer::Describe() const {
  operations::v1::Server server;
  server.set_server(options_.server);
  server.set_platform(operations::v1::Server::MT5);
  server.set_state(connected() ? operations::v1::Server::CONNECTED : operations::v1::Server::DISCONNECTED);
  server.set_time_zone("Etc/UTC");
  return server;
}

uint64_t FakeTradeServer::Calls::Add(absl::AnyInvocable<void()> fail) {
  uint64_t id;
  {
    absl::MutexLock lock(&mutex_);
    id = ++last_;
    if (!closed_) fails_.emplace(id, std::move(fail));
    if (fails_.contains(id)) return id;
  }
  // After the end, as with the real server: at once. Kept, it would keep its caller, and that this, for ever.
  fail();
  return id;
}

bool FakeTradeServer::Calls::Take(uint64_t id) {
  absl::AnyInvocable<void()> dropped;
  absl::MutexLock lock(&mutex_);
  const auto found = fails_.find(id);
  if (found == fails_.end()) return false;
  dropped = std::move(found->second);
  fails_.erase(found);
  return true;
}

void FakeTradeServer::Calls::FailAll() {
  std::map<uint64_t, absl::AnyInvocable<void()>> fails;
  {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
    fails.swap(fails_);
  }
  for (auto& [id, fail] : fails) fail();
}

void FakeTradeServer::GetAccount(int64_t login, absl::Time, Done<accounts::v1::Account> done) {
  Read<accounts::v1::Account>([login](const FakeWorld& world) { return world.Get(login); }, std::move(done));
}

void FakeTradeServer::GetAccounts(const std::vector<int64_t>& logins, absl::Time,
                                  Done<std::vector<accounts::v1::Account>> done) {
  Read<std::vector<accounts::v1::Account>>(
      [logins](const FakeWorld& world) {
        std::vector<accounts::v1::Account> accounts;
        for (const int64_t login : logins) {
          if (auto account = world.Get(login); account.ok()) accounts.push_back(*account);
        }
        return absl::StatusOr<std::vector<accounts::v1::Account>>(accounts);
      },
      std::move(done));
}

void FakeTradeServer::GetTradeState(int64_t login, absl::Time, Done<accounts::v1::TradeState> done) {
  Read<accounts::v1::TradeState>([login](const FakeWorld& world) { return world.TradeState(login); },
                                 std::move(done));
}

void FakeTradeServer::ListDeals(const DealQuery& query, absl::Time, Done<DealPage> done) {
  Read<DealPage>(
      [query, concealed = Conceals()](const FakeWorld& world) -> absl::StatusOr<DealPage> {
        if (concealed) return DealPage{{}, true};
        return world.Deals(query);
      },
      std::move(done));
}

void FakeTradeServer::ListGroups(absl::Time, Done<std::vector<accounts::v1::Group>> done) {
  Read<std::vector<accounts::v1::Group>>(
      [](const FakeWorld& world) { return absl::StatusOr<std::vector<accounts::v1::Group>>(world.Groups()); },
      std::move(done));
}

void FakeTradeServer::ListSymbols(absl::Time, Done<std::vector<quotes::v1::Symbol>> done) {
  Read<std::vector<quotes::v1::Symbol>>(
      [](const FakeWorld& world) { return absl::StatusOr<std::vector<quotes::v1::Symbol>>(world.Symbols()); },
      std::move(done));
}

void FakeTradeServer::CheckPassword(const PasswordChange& password, absl::Time, Done<bool> done) {
  Read<bool>([password](const FakeWorld& world) { return world.CheckPassword(password); }, std::move(done));
}

void FakeTradeServer::CreateAccount(const NewAccount& account, absl::Time deadline,
                                    Done<accounts::v1::Account> done) {
  Mutate<accounts::v1::Account>([account](FakeWorld& world) { return world.Create(account); }, deadline,
                                std::move(done));
}

void FakeTradeServer::UpdateAccount(const AccountChange& change, absl::Time deadline,
                                    Done<accounts::v1::Account> done) {
  Mutate<accounts::v1::Account>([change](FakeWorld& world) { return world.Update(change); }, deadline,
                                std::move(done));
}

void FakeTradeServer::DeleteAccount(int64_t login, absl::Time deadline, DoneStatus done) {
  Mutate<bool>(
      [login](FakeWorld& world) -> absl::StatusOr<bool> {
        if (absl::Status status = world.Delete(login); !status.ok()) return status;
        return true;
      },
      deadline, [done = std::move(done)](absl::StatusOr<bool> result) mutable { done(result.status()); });
}

void FakeTradeServer::SetPassword(const PasswordChange& change, absl::Time deadline, DoneStatus done) {
  Mutate<bool>(
      [change](FakeWorld& world) -> absl::StatusOr<bool> {
        if (absl::Status status = world.SetPassword(change); !status.ok()) return status;
        return true;
      },
      deadline, [done = std::move(done)](absl::StatusOr<bool> result) mutable { done(result.status()); });
}

void FakeTradeServer::Book(const Booking& booking, absl::Time deadline, Done<BookingResult> done) {
  Mutate<BookingResult>([booking](FakeWorld& world) { return world.Book(booking); }, deadline,
                        std::move(done));
}

}  // namespace mtsuite::connector
