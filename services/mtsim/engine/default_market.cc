#include "services/mtsim/engine/default_market.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "common/strings/view.h"

namespace mtsuite::mtsim {
namespace {

// What differs between the symbols of one asset class.
struct Row {
  std::string_view name;
  std::string_view folder;
  std::string_view description;
  std::string_view base;
  std::string_view profit;
  int digits;
  Fixed price;
  // Standard deviation of a year's return.
  int volatility_percent;
  int spread_points;
  Fixed swap_long;
  Fixed swap_short;
};

constexpr Row kForex[] = {
    {"EURUSD", "Major", "Euro vs US Dollar", "EUR", "USD", 5, "1.08500"_fx, 8, 8, "-7.2"_fx, "2.6"_fx},
    {"GBPUSD", "Major", "Great Britain Pound vs US Dollar", "GBP", "USD", 5, "1.27000"_fx, 9, 11, "-3.4"_fx,
     "-1.2"_fx},
    {"USDJPY", "Major", "US Dollar vs Japanese Yen", "USD", "JPY", 3, "150.000"_fx, 10, 10, "8.1"_fx,
     "-19.5"_fx},
    {"USDCHF", "Major", "US Dollar vs Swiss Franc", "USD", "CHF", 5, "0.88000"_fx, 8, 12, "5.3"_fx,
     "-10.8"_fx},
    {"AUDUSD", "Major", "Australian Dollar vs US Dollar", "AUD", "USD", 5, "0.65500"_fx, 10, 10, "-2.9"_fx,
     "-0.4"_fx},
    {"NZDUSD", "Major", "New Zealand Dollar vs US Dollar", "NZD", "USD", 5, "0.60500"_fx, 10, 14, "-1.6"_fx,
     "-1.3"_fx},
    {"USDCAD", "Major", "US Dollar vs Canadian Dollar", "USD", "CAD", 5, "1.36000"_fx, 7, 13, "0.9"_fx,
     "-5.6"_fx},
    {"EURGBP", "Cross", "Euro vs Great Britain Pound", "EUR", "GBP", 5, "0.85430"_fx, 6, 12, "-5.1"_fx,
     "1.4"_fx},
    {"EURJPY", "Cross", "Euro vs Japanese Yen", "EUR", "JPY", 3, "162.750"_fx, 10, 15, "5.7"_fx, "-15.8"_fx},
    {"EURCHF", "Cross", "Euro vs Swiss Franc", "EUR", "CHF", 5, "0.95480"_fx, 6, 16, "2.2"_fx, "-7.3"_fx},
    {"EURAUD", "Cross", "Euro vs Australian Dollar", "EUR", "AUD", 5, "1.65650"_fx, 9, 20, "-9.4"_fx,
     "2.8"_fx},
    {"EURCAD", "Cross", "Euro vs Canadian Dollar", "EUR", "CAD", 5, "1.47560"_fx, 7, 20, "-7.7"_fx, "1.9"_fx},
    {"GBPJPY", "Cross", "Great Britain Pound vs Japanese Yen", "GBP", "JPY", 3, "190.500"_fx, 11, 22,
     "11.3"_fx, "-26.4"_fx},
    {"GBPCHF", "Cross", "Great Britain Pound vs Swiss Franc", "GBP", "CHF", 5, "1.11760"_fx, 8, 24, "5.6"_fx,
     "-13.1"_fx},
    {"AUDNZD", "Cross", "Australian Dollar vs New Zealand Dollar", "AUD", "NZD", 5, "1.08260"_fx, 6, 22,
     "-3.2"_fx, "-1.7"_fx},
    {"AUDJPY", "Cross", "Australian Dollar vs Japanese Yen", "AUD", "JPY", 3, "98.250"_fx, 12, 16, "4.9"_fx,
     "-12.0"_fx},
    {"CHFJPY", "Cross", "Swiss Franc vs Japanese Yen", "CHF", "JPY", 3, "170.450"_fx, 10, 20, "1.1"_fx,
     "-9.9"_fx},
    {"CADJPY", "Cross", "Canadian Dollar vs Japanese Yen", "CAD", "JPY", 3, "110.290"_fx, 10, 18, "5.2"_fx,
     "-12.7"_fx},
};

constexpr Row kMetals[] = {
    {"XAUUSD", "", "Gold vs US Dollar", "XAU", "USD", 2, "2050.00"_fx, 15, 18, "-28.5"_fx, "13.2"_fx},
    {"XAGUSD", "", "Silver vs US Dollar", "XAG", "USD", 3, "23.500"_fx, 28, 20, "-3.6"_fx, "1.1"_fx},
};

constexpr Row kIndices[] = {
    {"US500", "", "US 500 Index", "USD", "USD", 2, "4950.00"_fx, 15, 50, "-98.0"_fx, "38.0"_fx},
    {"DE40", "", "Germany 40 Index", "EUR", "EUR", 2, "16900.00"_fx, 17, 120, "-310.0"_fx, "85.0"_fx},
};

constexpr Row kCrypto[] = {
    {"BTCUSD", "", "Bitcoin vs US Dollar", "BTC", "USD", 2, "43000.00"_fx, 55, 1500, "-20"_fx, "-20"_fx},
    {"ETHUSD", "", "Ethereum vs US Dollar", "ETH", "USD", 2, "2300.00"_fx, 70, 180, "-20"_fx, "-20"_fx},
};

// The same sessions on every working day; Friday ends early.
WeekSessions WorkingDays(const std::vector<Session>& sessions, int friday_close) {
  WeekSessions week;
  for (int day = 1; day <= 5; ++day) week[day] = sessions;
  for (Session& session : week[5]) session.close = std::min(session.close, friday_close);
  return week;
}

WeekSessions EveryDay() {
  WeekSessions week;
  week.fill({Session{.open = 0, .close = 1440}});
  return week;
}

FeedParameters FeedOf(const Row& row) {
  // An FX year has about 260 days of 86400 seconds; 4740 is the root of its seconds.
  constexpr int64_t kRootOfYear = 4740;
  const int64_t points = row.price.units() / PowerOfTen(Fixed::kScale - row.digits);
  return {.start_price = row.price,
          .volatility_millipoints = points * row.volatility_percent * 1000 / (100 * kRootOfYear),
          .spread_points = row.spread_points,
          .spread_jitter_points = row.spread_points / 2};
}

Symbol MakeSymbol(std::string_view top, const Row& row) {
  Symbol symbol;
  symbol.name = row.name;
  symbol.path = row.folder.empty()
                    ? absl::StrCat(AbslView(top), "\\", AbslView(row.name))
                    : absl::StrCat(AbslView(top), "\\", AbslView(row.folder), "\\", AbslView(row.name));
  symbol.description = row.description;
  symbol.currency_base = row.base;
  symbol.currency_profit = row.profit;
  symbol.digits = row.digits;
  symbol.tick_size = symbol.point();
  symbol.volume_min = "0.01"_fx;
  symbol.volume_step = "0.01"_fx;
  symbol.volume_max = "100"_fx;
  // Factors of market orders and of the six pending types; pending orders need no margin.
  symbol.margin_rates_initial[0] = "1"_fx;
  symbol.margin_rates_initial[1] = "1"_fx;
  symbol.swap_long = row.swap_long;
  symbol.swap_short = row.swap_short;
  symbol.feed = FeedOf(row);
  return symbol;
}

Symbol MakeForex(const Row& row) {
  Symbol symbol = MakeSymbol("Forex", row);
  const bool yen = row.profit == "JPY";
  symbol.currency_profit_digits = yen ? 0 : 2;
  symbol.currency_margin = row.base;
  symbol.contract_size = "100000"_fx;
  symbol.margin_hedged = "100000"_fx;
  symbol.sector = 12;
  symbol.quote_sessions = WorkingDays({{0, 1440}}, 1440);
  // No trading for five minutes on either side of the roll-over at midnight.
  symbol.trade_sessions = WorkingDays({{5, 1435}}, 1430);
  return symbol;
}

Symbol MakeMetal(const Row& row) {
  Symbol symbol = MakeSymbol("Metals", row);
  symbol.currency_margin = row.profit;
  symbol.calc_mode = CalcMode::kCfdLeverage;
  symbol.contract_size = row.name == "XAUUSD" ? "100"_fx : "5000"_fx;
  symbol.volume_max = "50"_fx;
  symbol.sector = 15;
  // One hour of rest every day.
  symbol.quote_sessions = WorkingDays({{60, 1440}}, 1435);
  symbol.trade_sessions = WorkingDays({{61, 1439}}, 1434);
  return symbol;
}

Symbol MakeIndex(const Row& row) {
  Symbol symbol = MakeSymbol("Indices", row);
  symbol.currency_margin = row.profit;
  symbol.calc_mode = CalcMode::kCfdLeverage;
  symbol.contract_size = "1"_fx;
  symbol.volume_min = "0.1"_fx;
  symbol.volume_step = "0.1"_fx;
  symbol.volume_max = "250"_fx;
  // One percent of the value at leverage 100, five times that of forex.
  symbol.margin_rates_initial[0] = "5"_fx;
  symbol.margin_rates_initial[1] = "5"_fx;
  symbol.sector = 14;
  symbol.swap_triple_day = 5;
  const std::vector<Session> day =
      row.name == "US500" ? std::vector<Session>{{60, 1395}, {1410, 1440}} : std::vector<Session>{{75, 1380}};
  symbol.quote_sessions = WorkingDays(day, 1395);
  std::erase_if(symbol.quote_sessions[5],
                [](const Session& session) { return session.open >= session.close; });
  symbol.trade_sessions = symbol.quote_sessions;
  return symbol;
}

Symbol MakeCrypto(const Row& row) {
  Symbol symbol = MakeSymbol("Crypto", row);
  symbol.currency_base_digits = 8;
  symbol.currency_margin = row.profit;
  symbol.calc_mode = CalcMode::kCfdLeverage;
  symbol.contract_size = "1"_fx;
  symbol.volume_max = "20"_fx;
  symbol.margin_rates_initial[0] = "10"_fx;
  symbol.margin_rates_initial[1] = "10"_fx;
  symbol.sector = 13;
  symbol.swap_mode = SwapMode::kInterestCurrent;
  symbol.swap_triple_day = 7;
  symbol.quote_sessions = EveryDay();
  symbol.trade_sessions = EveryDay();
  return symbol;
}

}  // namespace

std::vector<Symbol> DefaultSymbols() {
  std::vector<Symbol> symbols;
  for (const Row& row : kForex) symbols.push_back(MakeForex(row));
  for (const Row& row : kMetals) symbols.push_back(MakeMetal(row));
  for (const Row& row : kIndices) symbols.push_back(MakeIndex(row));
  for (const Row& row : kCrypto) symbols.push_back(MakeCrypto(row));
  return symbols;
}

}  // namespace mtsuite::mtsim
