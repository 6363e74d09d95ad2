#ifndef SERVICES_MTSIM_ENGINE_STATE_H_
#define SERVICES_MTSIM_ENGINE_STATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "services/mtsim/engine/account_book.h"
#include "services/mtsim/engine/group_book.h"
#include "services/mtsim/engine/history.h"
#include "services/mtsim/engine/price_feed.h"
#include "services/mtsim/engine/prng.h"
#include "services/mtsim/engine/records.h"
#include "services/mtsim/engine/server_time.h"
#include "services/mtsim/engine/symbol_book.h"
#include "services/mtsim/engine/ticket_book.h"

namespace mtsuite::mtsim {

// What the administrator of the server decides once.
struct EngineOptions {
  uint64_t seed = 1;
  // IANA name or fixed offset, see ServerTime::Load.
  std::string server_zone = "Europe/Athens";
  // Where new logins come from, and logins that belong to other trade servers of the same platform.
  std::vector<LoginRange> login_ranges = {{100'000, 99'999'999}};
  std::vector<LoginRange> foreign_login_ranges = {};
  size_t accounts_max = 2'000'000;
  size_t deals_max = 20'000'000;
  size_t positions_max = 5'000'000;
  // Largest leverage of an account whose group names no smaller one.
  int leverage_max = 1000;
  // The first tickets; later ones count up and are never used again.
  uint64_t first_deal = 1'000'001;
  uint64_t first_order = 2'000'001;
};

// Longest comment of a deal, order or position in UTF-16 units; more is cut.
inline constexpr size_t kCommentUnits = 31;

// `time` without what is finer than a millisecond, which is all that the platform keeps.
absl::Time ToMilliseconds(absl::Time time);

// Everything the trade server knows. Owned by the Engine and used by one thread; the operations in the other
// headers keep its parts consistent, so change it only through them.
struct State {
  State(const EngineOptions& options, ServerTime server_time, Clock& clock);
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // The clock's time in whole milliseconds.
  absl::Time Now() const;
  // Notes that an account's money, positions, orders or settings changed, so that its triggers are looked at
  // before the next price.
  void Touch(uint64_t login) { touched.insert(login); }
  // The group of an account; groups with accounts are never deleted, so there is always one.
  const Group& GroupOf(const Account& account) const;

  const EngineOptions options;
  const ServerTime server_time;
  Clock& clock;
  SplitMix64 random;
  SymbolBook symbols;
  GroupBook groups;
  AccountBook accounts;
  TicketBook<Position> positions;
  TicketBook<Order> orders;
  History<Deal> deals;
  History<Order> order_history;
  PriceFeed feed;
  uint64_t next_deal;
  // Orders and positions share numbers: a position is numbered as the order that opened it.
  uint64_t next_order;
  absl::btree_set<uint64_t> touched;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_STATE_H_
