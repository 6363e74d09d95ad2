#include "services/mtsim/mt5/symbol_json.h"

#include <array>
#include <string>

#include "services/mtsim/engine/mask.h"

namespace mtsuite::mtsim {
namespace {

constexpr int64_t kUnitsPerPlainVolume = 10'000;
constexpr uint32_t kNoColor = 0xFF000000;
// By OrderType.
constexpr std::array<std::string_view, 8> kOrderTypeNames = {
    "Buy", "Sell", "BuyLimit", "SellLimit", "BuyStop", "SellStop", "BuyStopLimit", "SellStopLimit"};
constexpr std::array<std::string_view, 7> kDayNames = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

void WriteZeros(std::initializer_list<const char*> names, JsonWriter& json) {
  for (const char* name : names) json.Member(name, 0);
}

void WriteVolume(std::string_view name, Fixed volume, JsonWriter& json) {
  json.Member(name, volume.units() / kUnitsPerPlainVolume);
  json.Member(std::string(name) + "Ext", volume.units());
}

void WriteIdentity(const Symbol& symbol, JsonWriter& json) {
  json.Member("Symbol", symbol.name);
  json.Member("Path", symbol.path);
  for (const char* name : {"ISIN", "CFI", "Category", "Exchange"}) json.Member(name, "");
  json.Member("Description", symbol.description);
  json.Member("International", "");
  json.Member("Sector", symbol.sector);
  json.Member("Industry", 0);
  for (const char* name : {"Country", "Basis", "Source", "Page"}) json.Member(name, "");
  json.Member("CurrencyBase", symbol.currency_base);
  json.Member("CurrencyBaseDigits", symbol.currency_base_digits);
  json.Member("CurrencyProfit", symbol.currency_profit);
  json.Member("CurrencyProfitDigits", symbol.currency_profit_digits);
  json.Member("CurrencyMargin", symbol.currency_margin);
  json.Member("CurrencyMarginDigits", symbol.currency_margin_digits);
  json.Member("Color", kNoColor);
  json.Member("ColorBackground", kNoColor);
}

void WriteQuoting(const Symbol& symbol, JsonWriter& json) {
  json.Member("Digits", symbol.digits);
  json.Member("Point", symbol.point(), Fixed::kScale);
  json.Member("Multiply", symbol.multiply(), Fixed::kScale);
  json.Member("TickFlags", symbol.tick_flags);
  WriteZeros({"TickBookDepth", "TickChartMode", "SubscriptionsDelay", "FilterSoft", "FilterSoftTicks",
              "FilterHard", "FilterHardTicks", "FilterDiscard", "FilterSpreadMax", "FilterSpreadMin",
              "FilterGap", "FilterGapTicks"},
             json);
}

void WriteTrading(const Symbol& symbol, JsonWriter& json) {
  json.Member("TradeMode", static_cast<int>(symbol.trade_mode));
  json.Member("TradeFlags", 0);
  json.Member("CalcMode", static_cast<int>(symbol.calc_mode));
  json.Member("ExecMode", static_cast<int>(symbol.exec_mode));
  json.Member("GTCMode", symbol.gtc_mode);
  json.Member("FillFlags", symbol.fill_flags);
  json.Member("ExpirFlags", symbol.expiration_flags);
  json.Member("OrderFlags", symbol.order_flags);
  json.Member("Spread", symbol.spread);
  json.Member("SpreadBalance", 0);
  json.Member("SpreadDiff", symbol.spread_diff);
  json.Member("SpreadDiffBalance", symbol.spread_diff_balance);
  json.Member("TickValue", symbol.tick_value, Fixed::kScale);
  json.Member("TickSize", symbol.tick_size, symbol.digits);
  json.Member("ContractSize", symbol.contract_size, Fixed::kScale);
  json.Member("StopsLevel", symbol.stops_level);
  json.Member("FreezeLevel", symbol.freeze_level);
  json.Member("QuotesTimeout", symbol.quotes_timeout);
  WriteVolume("VolumeMin", symbol.volume_min, json);
  WriteVolume("VolumeMax", symbol.volume_max, json);
  WriteVolume("VolumeStep", symbol.volume_step, json);
  WriteVolume("VolumeLimit", symbol.volume_limit, json);
}

void WriteMargin(const Symbol& symbol, JsonWriter& json) {
  json.Member("MarginFlags", symbol.margin_flags);
  json.Member("MarginInitial", symbol.margin_initial, Fixed::kScale);
  json.Member("MarginMaintenance", symbol.margin_maintenance, Fixed::kScale);
  for (size_t type = 0; type < kOrderTypeNames.size(); ++type) {
    json.Member("MarginInitial" + std::string(kOrderTypeNames[type]), symbol.margin_rates_initial[type],
                Fixed::kScale);
  }
  for (size_t type = 0; type < kOrderTypeNames.size(); ++type) {
    json.Member("MarginMaintenance" + std::string(kOrderTypeNames[type]),
                symbol.margin_rates_maintenance[type], Fixed::kScale);
  }
  json.Member("MarginLiquidity", symbol.margin_liquidity, Fixed::kScale);
  json.Member("MarginHedged", symbol.margin_hedged, Fixed::kScale);
  // A currency rate of margin calculation, unused like on most servers; the currency itself is
  // CurrencyMargin.
  json.Member("MarginCurrency", Fixed(), Fixed::kScale);
}

void WriteSwap(const Symbol& symbol, JsonWriter& json) {
  json.Member("SwapMode", static_cast<int>(symbol.swap_mode));
  json.Member("SwapLong", symbol.swap_long, Fixed::kScale);
  json.Member("SwapShort", symbol.swap_short, Fixed::kScale);
  json.Member("SwapFlags", 0);
  json.Member("Swap3Day", symbol.swap_triple_day);
  json.Member("SwapYearDay", 360);
  for (int day = 0; day < 7; ++day) {
    json.Member("SwapRate" + std::string(kDayNames[day]), Fixed::FromInteger(SwapNights(symbol, day)),
                Fixed::kScale);
  }
}

void WriteSessions(std::string_view name, const WeekSessions& week, JsonWriter& json) {
  json.Key(name);
  json.BeginArray();
  for (const std::vector<Session>& day : week) {
    json.BeginArray();
    for (const Session& session : day) {
      json.BeginObject();
      json.Member("Open", session.open);
      json.Member("Close", session.close);
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndArray();
}

void WriteRest(const Symbol& symbol, JsonWriter& json) {
  WriteZeros({"REFlags", "RETimeout", "IECheckMode", "IETimeout", "IESlipProfit", "IESlipLosing",
              "IEVolumeMax", "IEVolumeMaxExt"},
             json);
  for (const char* name : {"PriceSettle", "PriceLimitMax", "PriceLimitMin", "PriceStrike"}) {
    json.Member(name, Fixed(), symbol.digits);
  }
  json.Member("OptionMode", 0);
  json.Member("FaceValue", Fixed(), 2);
  json.Member("AccruedInterest", Fixed(), 2);
  WriteZeros({"SpliceType", "SpliceTimeType", "SpliceTimeDays"}, json);
}

void ReadVolume(const Fields& fields, std::string_view name, Fixed& target) {
  // The extended volume is the one that is stored, so it wins over the plain one.
  if (const auto extended = fields.Signed(std::string(name) + "Ext")) {
    target = Fixed::FromUnits(*extended);
  } else if (const auto plain = fields.Signed(name)) {
    target = Fixed::Saturated(static_cast<__int128>(*plain) * kUnitsPerPlainVolume);
  }
}

void ReadSessions(const Fields& fields, std::string_view name, WeekSessions& week) {
  const std::vector<std::vector<Fields>> days = fields.NestedObjects(name);
  if (days.size() != week.size()) return;
  for (size_t day = 0; day < week.size(); ++day) {
    week[day].clear();
    for (const Fields& entry : days[day]) {
      Session session;
      entry.Assign("Open", session.open);
      entry.Assign("Close", session.close);
      week[day].push_back(session);
    }
  }
}

void ReadMargin(const Fields& fields, Symbol& symbol) {
  fields.Assign("MarginFlags", symbol.margin_flags);
  fields.Assign("MarginInitial", symbol.margin_initial);
  fields.Assign("MarginMaintenance", symbol.margin_maintenance);
  for (size_t type = 0; type < kOrderTypeNames.size(); ++type) {
    const std::string name(kOrderTypeNames[type]);
    fields.Assign("MarginInitial" + name, symbol.margin_rates_initial[type]);
    fields.Assign("MarginMaintenance" + name, symbol.margin_rates_maintenance[type]);
  }
  fields.Assign("MarginLiquidity", symbol.margin_liquidity);
  fields.Assign("MarginHedged", symbol.margin_hedged);
}

}  // namespace

void WriteSymbol(const Symbol& symbol, JsonWriter& json) {
  json.BeginObject();
  WriteIdentity(symbol, json);
  WriteQuoting(symbol, json);
  WriteTrading(symbol, json);
  WriteMargin(symbol, json);
  WriteSwap(symbol, json);
  json.Member("TimeStart", 0);
  json.Member("TimeExpiration", 0);
  WriteSessions("SessionsQuotes", symbol.quote_sessions, json);
  WriteSessions("SessionsTrades", symbol.trade_sessions, json);
  WriteRest(symbol, json);
  json.EndObject();
}

Symbol SymbolForGroup(const Symbol& symbol, const Group& group) {
  Symbol seen = symbol;
  for (const GroupSymbol& entry : group.symbols) {
    if (!SymbolMaskList(entry.path).Matches(symbol.name, symbol.path)) continue;
    seen.spread_diff += entry.spread_diff;
    seen.spread_diff_balance += entry.spread_diff_balance;
    seen.trade_mode = entry.trade_mode.value_or(seen.trade_mode);
    break;
  }
  return seen;
}

void ReadSymbol(const Fields& fields, Symbol& symbol) {
  fields.Assign("Symbol", symbol.name);
  fields.Assign("Path", symbol.path);
  fields.Assign("Description", symbol.description);
  fields.Assign("Sector", symbol.sector);
  fields.Assign("CurrencyBase", symbol.currency_base);
  fields.Assign("CurrencyBaseDigits", symbol.currency_base_digits);
  fields.Assign("CurrencyProfit", symbol.currency_profit);
  fields.Assign("CurrencyProfitDigits", symbol.currency_profit_digits);
  fields.Assign("CurrencyMargin", symbol.currency_margin);
  fields.Assign("CurrencyMarginDigits", symbol.currency_margin_digits);
  fields.Assign("Digits", symbol.digits);
  fields.Assign("TickFlags", symbol.tick_flags);
  fields.Assign("TradeMode", symbol.trade_mode, TradeMode::kFull);
  fields.Assign("CalcMode", symbol.calc_mode, CalcMode::kForexNoLeverage);
  fields.Assign("ExecMode", symbol.exec_mode, ExecutionMode::kExchange);
  fields.Assign("GTCMode", symbol.gtc_mode);
  fields.Assign("FillFlags", symbol.fill_flags);
  fields.Assign("ExpirFlags", symbol.expiration_flags);
  fields.Assign("OrderFlags", symbol.order_flags);
  fields.Assign("Spread", symbol.spread);
  fields.Assign("SpreadDiff", symbol.spread_diff);
  fields.Assign("SpreadDiffBalance", symbol.spread_diff_balance);
  fields.Assign("TickValue", symbol.tick_value);
  fields.Assign("TickSize", symbol.tick_size);
  fields.Assign("ContractSize", symbol.contract_size);
  fields.Assign("StopsLevel", symbol.stops_level);
  fields.Assign("FreezeLevel", symbol.freeze_level);
  fields.Assign("QuotesTimeout", symbol.quotes_timeout);
  ReadVolume(fields, "VolumeMin", symbol.volume_min);
  ReadVolume(fields, "VolumeMax", symbol.volume_max);
  ReadVolume(fields, "VolumeStep", symbol.volume_step);
  ReadVolume(fields, "VolumeLimit", symbol.volume_limit);
  ReadMargin(fields, symbol);
  fields.Assign("SwapMode", symbol.swap_mode, SwapMode::kInterestOpen);
  fields.Assign("SwapLong", symbol.swap_long);
  fields.Assign("SwapShort", symbol.swap_short);
  fields.Assign("Swap3Day", symbol.swap_triple_day);
  ReadSessions(fields, "SessionsQuotes", symbol.quote_sessions);
  ReadSessions(fields, "SessionsTrades", symbol.trade_sessions);
}

}  // namespace mtsuite::mtsim
