#ifndef SERVICES_MTSIM_ENGINE_SYMBOL_H_
#define SERVICES_MTSIM_ENGINE_SYMBOL_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "services/mtsim/engine/enums.h"
#include "services/mtsim/engine/fixed.h"

namespace mtsuite::mtsim {

// A part of a day in minutes of server time: 0 <= open < close <= 1440. `close` itself is outside.
struct Session {
  int open = 0;
  int close = 1440;

  friend bool operator==(const Session&, const Session&) = default;
};

// The sessions of a week by weekday, Sunday first; an empty day is closed.
using WeekSessions = std::array<std::vector<Session>, 7>;

// Eight-way margin factors by OrderType (buy, sell, buy limit … sell stop limit). Zero turns the margin of
// that type off; in a maintenance table it means "as initial".
using MarginRates = std::array<Fixed, 8>;

// How the seeded feed moves a symbol. Times are per symbol; everything is integer, see random_walk.h.
struct FeedParameters {
  // Where the walk starts and to which it is slowly pulled back.
  Fixed start_price = {};
  // Standard deviation of the move within one second, in thousandths of a point.
  int64_t volatility_millipoints = 2000;
  // Ask minus bid in points is `spread_points` plus 0 to `spread_jitter_points`.
  int64_t spread_points = 10;
  int64_t spread_jitter_points = 4;
  // Ticks of one symbol per minute; 0 gives none.
  int ticks_per_minute = 60;
};

// A tradable instrument as the server's administrator configured it. Instances that the engine hands out are
// immutable versions: an update makes a new one, and deals and positions keep the version that they were made
// with.
struct Symbol {
  // Position in the SymbolBook; stable over updates, reused by nobody. Set by the book.
  uint32_t id = 0;

  std::string name = {};
  // Folder and name with backslashes, `Forex\Major\EURUSD`. Masks match against it.
  std::string path = {};
  std::string description = {};
  std::string currency_base = {};
  std::string currency_profit = {};
  std::string currency_margin = {};
  int currency_base_digits = 2;
  int currency_profit_digits = 2;
  int currency_margin_digits = 2;

  // Fraction digits of a price, 0 to 8.
  int digits = 5;
  Fixed contract_size = {};
  // Price step and its value in the profit currency; used by futures and CFD index. Zero tick_value means
  // contract_size.
  Fixed tick_size = {};
  Fixed tick_value = {};

  TradeMode trade_mode = TradeMode::kFull;
  CalcMode calc_mode = CalcMode::kForex;
  ExecutionMode exec_mode = ExecutionMode::kMarket;
  uint32_t fill_flags = 3;
  uint32_t expiration_flags = 15;
  uint32_t order_flags = 127;
  uint32_t gtc_mode = 0;
  uint32_t tick_flags = 1;
  uint32_t sector = 0;

  // Fixed spread in points, 0 = floating; then what the server adds and its balance.
  int spread = 0;
  int spread_diff = 0;
  int spread_diff_balance = 0;
  // Smallest distance of stops from the price and the freeze distance, in points.
  int stops_level = 0;
  int freeze_level = 0;
  // Seconds without a quote after which trading stops; 0 = never.
  int quotes_timeout = 0;

  // Lots. A zero limit means none.
  Fixed volume_min = {};
  Fixed volume_max = {};
  Fixed volume_step = {};
  Fixed volume_limit = {};

  uint32_t margin_flags = 0;
  // Margin per lot in margin currency; zero means that the formula of calc_mode decides.
  Fixed margin_initial = {};
  Fixed margin_maintenance = {};
  // Contract size for the covered part of opposite positions; zero means that it needs no margin.
  Fixed margin_hedged = {};
  MarginRates margin_rates_initial = {};
  MarginRates margin_rates_maintenance = {};
  Fixed margin_liquidity = {};

  SwapMode swap_mode = SwapMode::kPoints;
  Fixed swap_long = {};
  Fixed swap_short = {};
  // Day on which three days of swap are charged: 0 Sunday … 6 Saturday, 7 never.
  int swap_triple_day = 3;

  WeekSessions quote_sessions = {};
  WeekSessions trade_sessions = {};

  FeedParameters feed = {};

  // 10^-digits, the smallest price step.
  Fixed point() const { return Fixed::FromUnits(PowerOfTen(Fixed::kScale - digits)); }
  // 10^digits.
  Fixed multiply() const { return Fixed::FromInteger(PowerOfTen(digits)); }
};

// A version of a symbol. Never null except in deals that are balance operations.
using SymbolRef = std::shared_ptr<const Symbol>;

// How many nights of swap are charged at the end of weekday `weekday`: three on the triple day, which stands
// for the weekend, none on the weekend itself; one every day where there is no triple day.
int SwapNights(const Symbol& symbol, int weekday);

// Whether minute `minute` (0 to 1439) of weekday `weekday` (0 = Sunday) lies in a session.
bool InSession(const WeekSessions& sessions, int weekday, int minute);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_SYMBOL_H_
