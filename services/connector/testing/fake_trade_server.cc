#include "services/connector/testing/fake_trade_server.h"

#include <algorithm>
#include <utility>

#include "common/status/error.h"
#include "services/connector/base/proto_time.h"

namespace mtsuite::connector {

using Kind = FakeFault::Kind;

namespace {

absl::Status Unavailable() {
  return MakeError(absl::StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE,
                   "the fake server is not connected")
      .Outcome(type::v1::NOT_SENT)
      .RetryAfter(absl::Seconds(1));
}

absl::Status Unconfirmed() {
  return MakeError(absl::StatusCode::kDeadlineExceeded, type::v1::TRADE_SERVER_TIMEOUT, "no reply came")
      .Outcome(type::v1::UNCONFIRMED);
}

}  // namespace

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

void FakeTradeServer::Start(TradeServerObserver* observer, absl::Time deals_since) {
  {
    absl::MutexLock lock(&mutex_);
    observer_ = observer;
    absl::MutexLock world_lock(&world_mutex_);
    const auto& deals = world_->deals();
    deals_told_ =
        static_cast<size_t>(std::count_if(deals.begin(), deals.end(), [&](const type::v1::Deal& deal) {
          return FromProto(deal.time()) < deals_since;
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

void FakeTradeServer::Poll() {
  TradeServerObserver* observer;
  std::vector<accounts::v1::Account> accounts;
  std::vector<int64_t> logins;
  std::vector<type::v1::Deal> deals;
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
  }
  observer->OnAccounts(accounts);
  observer->OnAllLogins(logins, clock_.TimeNow());
  if (!deals.empty()) observer->OnDeals(deals);
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
  absl::MutexLock lock(&mutex_);
  fails_.emplace(++last_, std::move(fail));
  return last_;
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
    fails.swap(fails_);
  }
  for (auto& [id, fail] : fails) fail();
}

template <typename T>
void FakeTradeServer::Read(std::function<absl::StatusOr<T>(const FakeWorld&)> query, Done<T> done) {
  if (!connected()) {
    scheduler_.After(absl::ZeroDuration(), [done = std::move(done)]() mutable { done(Unavailable()); });
    return;
  }
  const auto caller = std::make_shared<Done<T>>(std::move(done));
  const uint64_t id = calls_->Add([caller] { (*caller)(Unavailable()); });
  // The answer is as old as its way back.
  const auto answer = std::make_shared<absl::StatusOr<T>>(Unavailable());
  const absl::Duration there = Latency();
  scheduler_.After(there, [world = world_, &mutex = world_mutex_, query = std::move(query), answer] {
    absl::MutexLock lock(&mutex);
    *answer = query(*world);
  });
  scheduler_.After(there + absl::Microseconds(1) + Latency(), [calls = calls_, id, caller, answer] {
    if (calls->Take(id)) (*caller)(std::move(*answer));
  });
}

template <typename T>
void FakeTradeServer::Mutate(std::function<absl::StatusOr<T>(FakeWorld&)> command, absl::Time deadline,
                             Done<T> done) {
  const FakeFault fault = options_.next_fault ? options_.next_fault() : FakeFault();
  if (!connected() || fault.kind == Kind::kNotSent) {
    scheduler_.After(absl::ZeroDuration(), [done = std::move(done)]() mutable { done(Unavailable()); });
    return;
  }
  const auto caller = std::make_shared<Done<T>>(std::move(done));
  const uint64_t id = calls_->Add([caller] { (*caller)(Unconfirmed()); });
  const auto reply = std::make_shared<absl::StatusOr<T>>(Unconfirmed());
  const absl::Duration there = Latency();
  absl::Duration answered = there + absl::Microseconds(1) + Latency();
  absl::Duration arrival = there;
  if (fault.kind != Kind::kNone) {
    answered = std::max(absl::ZeroDuration(), std::min(deadline - clock_.TimeNow(), 3 * Latency()));
    if (fault.kind == Kind::kLateExecution) arrival = answered + fault.late_by;
  }
  // What travels goes on when the connector crashes; the reply finds its way back only to one that still
  // lives.
  if (fault.kind != Kind::kLostBeforeExecution) {
    const bool replies = fault.kind == Kind::kNone;
    world_scheduler_.After(
        arrival, [world = world_, executed = executed_, &mutex = world_mutex_, command, reply, replies] {
          absl::MutexLock lock(&mutex);
          ++*executed;
          absl::StatusOr<T> result = command(*world);
          if (replies) *reply = std::move(result);
        });
  }
  scheduler_.After(answered, [calls = calls_, id, caller, reply, &mutex = world_mutex_] {
    absl::StatusOr<T> answer = [&] {
      absl::MutexLock lock(&mutex);
      return *reply;
    }();
    if (calls->Take(id)) (*caller)(std::move(answer));
  });
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
  Read<DealPage>([query](const FakeWorld& world) { return absl::StatusOr<DealPage>(world.Deals(query)); },
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
