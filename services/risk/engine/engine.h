#ifndef SERVICES_RISK_ENGINE_ENGINE_H_
#define SERVICES_RISK_ENGINE_ENGINE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "mtsuite/quotes/v1/symbol.pb.h"
#include "services/risk/engine/estimates.h"
#include "services/risk/engine/market.h"
#include "services/risk/engine/portfolio.h"
#include "services/risk/tracker/tracker.h"

namespace mtsuite::risk {

struct Tick {
  SymbolId symbol = 0;
  // In points.
  int64_t bid = 0;
  int64_t ask = 0;
  absl::Time time = {};
  int64_t sequence = 0;
};

struct AccountSpec {
  int64_t login = 0;
  std::string currency = {};
  int currency_digits = 2;
};

// A trade as one step: its deals and what is open after them, which must never be seen apart from one
// another.
struct Trade {
  absl::Time time = {};
  // What the deals changed the balance by.
  Decimal booked = {};
  // Positions that are new or changed, whole, and the tickets of those that are gone.
  std::vector<Position> changed = {};
  std::vector<int64_t> gone = {};
  bool opened = false;
  bool closed = false;
  // What an order opened, if one did.
  std::string symbol = {};
  Decimal lots = {};
};

// Where the equity of an account was.
struct PathPoint {
  absl::Time time = {};
  Decimal equity = {};
  Decimal balance = {};
};

struct PositionEvidence {
  Position position = {};
  std::string symbol = {};
  PositionValue value = {};
};

// What a tracker found, with all that it follows from.
struct Detection {
  AccountId account = 0;
  int64_t login = 0;
  std::string rule_set = {};
  int64_t rule_set_version = 0;
  Finding finding = {};
  Decimal balance = {};
  Decimal credit = {};
  Decimal floating = {};
  Decimal equity = {};
  // The tick that led to it, and its symbol; none when it was no tick.
  std::optional<Tick> tick = {};
  std::string tick_symbol = {};
  // Of breaches only: what the tracker knew, all positions, and the last of the equity path, oldest first.
  std::optional<State> state = {};
  std::vector<PositionEvidence> positions = {};
  std::vector<PathPoint> path = {};
};
using Detections = std::vector<Detection>;

// Watches the accounts of one trading server under their rules: keeps their positions and balances, follows
// prices, and finds what rules have to say, at the very tick.
//
// A tick changes the estimates of the accounts that hold its symbol, see Estimates. Where an estimate comes
// near a threshold of the account's Tracker, nearer than all roundings together, the account is reckoned
// exactly and the tracker decides. So what is found, and when, is as if every account were reckoned exactly
// at every tick.
//
// Calls come in the order in which things happened; a time before that of an earlier call counts as that
// one's. What is found is appended to `detections`. Deterministic; not thread-safe.
class Engine {
 public:
  static constexpr size_t kMaxPathPoints = 256;

  // See Market::AddSymbol.
  absl::StatusOr<SymbolId> AddSymbol(const quotes::v1::Symbol& symbol);
  const Market& market() const { return market_; }

  // Puts an account under rules, as it is now; `opening` needs no floating profit and no holdings. The same
  // login can be added more than once, to hold it against other rules beside. Errors are those of
  // Tracker::Start, and INVALID_ARGUMENT for positions with numbers out of range; nothing is added then.
  absl::StatusOr<AccountId> AddAccount(const AccountSpec& spec, Opening opening,
                                       std::vector<Position> positions, Tracker::Rules rules,
                                       Detections& detections);
  // Goes on with a tracker that was restored: lets the resets that were missed take place with what the
  // tracker last knew, then holds the account against its rules at the prices of now. INVALID_ARGUMENT as
  // above.
  absl::StatusOr<AccountId> RestoreAccount(const AccountSpec& spec, std::vector<Position> positions,
                                           Tracker tracker, Detections& detections);
  // Takes an account away from `time` on: what fell due before, of this account too, is found first. The
  // identifier is given to another account some time.
  void RemoveAccount(AccountId account, absl::Time time, Detections& detections);

  // `symbol` is one that AddSymbol gave. INVALID_ARGUMENT for prices out of range, which change nothing.
  absl::Status OnTick(const Tick& tick, Detections& detections);
  // Nothing but time passed; needed at least when NextDue().
  void OnTime(absl::Time time, Detections& detections);
  // INVALID_ARGUMENT for numbers out of range; nothing is changed then.
  absl::Status OnTrade(AccountId account, const Trade& trade, Detections& detections);
  // `money` needs no floating profit.
  void OnMoney(AccountId account, MoneyBooked money, Detections& detections);
  // See Tracker::OnRules.
  absl::Status OnRules(AccountId account, absl::Time time, Tracker::Rules rules, Detections& detections);
  // See Tracker::Rearm.
  void Rearm(AccountId account, absl::Time time, Detections& detections);

  // When OnTime must be called at the latest.
  absl::Time NextDue();
  const Tracker& tracker(AccountId account) const { return *accounts_[account]->tracker; }
  const std::vector<Position>& positions(AccountId account) const { return accounts_[account]->positions; }
  // Exactly, at the last prices.
  Decimal Floating(AccountId account) const;

  struct Statistics {
    int64_t ticks = 0;
    int64_t exact_checks = 0;
    // Accounts that are reckoned exactly at every tick, because estimates could not hold their amounts.
    int64_t exact_accounts = 0;
  };
  const Statistics& statistics() const { return statistics_; }
  // Bytes of memory in use for accounts and positions, without what the allocator adds.
  size_t MemoryBytes() const;

 private:
  struct Account {
    AccountSpec spec;
    std::optional<Tracker> tracker;
    std::vector<Position> positions;
    // How far an estimate may be from the truth, in its units.
    int64_t slack = 0;
    bool always_exact = false;
    absl::Time scheduled = absl::InfiniteFuture();
    std::vector<PathPoint> path;  // a ring once it is full
    size_t path_next = 0;
  };
  using Due = std::pair<absl::Time, AccountId>;

  absl::Status CheckPositions(const std::vector<Position>& positions) const;
  // An account without a tracker yet.
  AccountId NewAccount(const AccountSpec& spec, std::vector<Position> positions);
  void Forget(AccountId account);
  void AssignRates(Account& account);
  // Moves time on, and with it the accounts for which something fell due.
  void Advance(absl::Time time, Detections& detections);
  // Reckons an account exactly at the last prices.
  void Check(AccountId account, const Tick* tick, Detections& detections);
  // Takes what an account holds into the estimates.
  void Rebuild(AccountId account);
  // Takes the tracker's thresholds into the estimates, and its next due time. After Rebuild, and whenever the
  // tracker was told something.
  void Rearrange(AccountId account);
  void AddPoint(Account& account);
  // Turns findings into detections.
  void Report(AccountId account, const Tick* tick, Detections& detections);
  // Takes a price in that estimates are not prepared for: the first of its symbol, or a much larger one.
  void TakeNewPrice(const Tick& tick);
  void RefreshRates(SymbolId symbol);

  Market market_;
  Estimates estimates_;
  std::vector<std::unique_ptr<Account>> accounts_;
  std::vector<AccountId> free_accounts_;
  // By symbol: the largest price, in points either way, that estimates are prepared for.
  std::vector<int64_t> price_limits_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  absl::Time now_ = absl::InfinitePast();
  Statistics statistics_;
  // To be reckoned exactly with the next tick, at the latest.
  std::vector<AccountId> alarms_;
  // Kept to save allocations.
  Tracker::Findings findings_;
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_ENGINE_ENGINE_H_
