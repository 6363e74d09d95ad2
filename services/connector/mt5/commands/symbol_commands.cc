#include "services/connector/mt5/commands/symbol_commands.h"

#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "common/mt5wire/command.h"
#include "common/mt5wire/json.h"
#include "common/status/macros.h"
#include "services/connector/mt5/commands/fields.h"
#include "services/connector/mt5/commands/trade_enums.h"

namespace mtsuite::connector::mt5 {
namespace {

using mt5wire::CommandBuilder;
using mt5wire::JsonDocument;
using mt5wire::JsonView;
using quotes::v1::Session;
using quotes::v1::Symbol;

constexpr int kDaysOfWeek = 7;
constexpr int kMinutesOfDay = 24 * 60;
constexpr int32_t kMaxPoints = 1'000'000'000;

constexpr Symbol::TradeMode kTradeModes[] = {Symbol::DISABLED, Symbol::LONG_ONLY, Symbol::SHORT_ONLY,
                                             Symbol::CLOSE_ONLY, Symbol::FULL};
constexpr Symbol::ExecutionMode kExecutionModes[] = {Symbol::REQUEST_EXECUTION, Symbol::INSTANT_EXECUTION,
                                                     Symbol::MARKET_EXECUTION, Symbol::EXCHANGE_EXECUTION};
constexpr Symbol::SwapMode kSwapModes[] = {
    Symbol::NO_SWAP,          Symbol::POINTS,           Symbol::BASE_CURRENCY, Symbol::MARGIN_CURRENCY,
    Symbol::DEPOSIT_CURRENCY, Symbol::INTEREST_CURRENT, Symbol::INTEREST_OPEN, Symbol::REOPEN_AT_CLOSE,
    Symbol::REOPEN_AT_BID,    Symbol::PROFIT_CURRENCY};

template <typename T, size_t kSize>
T At(const T (&table)[kSize], uint64_t number) {
  return number < kSize ? table[number] : T(0);
}

Symbol::CalculationMode CalculationModeOf(uint64_t number) {
  switch (number) {
    case 0:
      return Symbol::FOREX;
    case 1:
    case 33:
    case 34:
      return Symbol::FUTURES;
    case 2:
      return Symbol::CFD;
    case 3:
      return Symbol::CFD_INDEX;
    case 4:
      return Symbol::CFD_LEVERAGE;
    case 5:
      return Symbol::FOREX_NO_LEVERAGE;
    case 32:
    case 38:
      return Symbol::STOCKS;
    case 35:
    case 36:
      return Symbol::OPTIONS;
    case 37:
    case 39:
      return Symbol::BONDS;
    case 64:
      return Symbol::COLLATERAL;
    default:
      return Symbol::OTHER;
  }
}

// The platform counts days from Sunday.
Session::Weekday WeekdayOf(int64_t day) {
  if (day < 0 || day >= kDaysOfWeek) return Session::WEEKDAY_UNSPECIFIED;
  return day == 0 ? Session::SUNDAY : static_cast<Session::Weekday>(day);
}

// What the flags of a symbol allow (mt5-webapi §9.6).
void ReadOrderTerms(FieldReader& fields, Symbol& symbol) {
  symbol.set_trade_mode(At(kTradeModes, fields.Unsigned("TradeMode")));
  symbol.set_execution_mode(At(kExecutionModes, fields.Unsigned("ExecMode")));
  const uint64_t orders = fields.Unsigned("OrderFlags");
  if (orders & 1) symbol.add_order_types(type::v1::MARKET);
  if (orders & 2) symbol.add_order_types(type::v1::LIMIT);
  if (orders & 4) symbol.add_order_types(type::v1::STOP);
  if (orders & 8) symbol.add_order_types(type::v1::STOP_LIMIT);
  if (orders & 64) symbol.add_order_types(type::v1::CLOSE_BY);
  const uint64_t fills = fields.Unsigned("FillFlags");
  // Where the client's price counts there is nothing but all or nothing, whatever the flags say.
  const bool all_or_nothing = symbol.execution_mode() == Symbol::REQUEST_EXECUTION ||
                              symbol.execution_mode() == Symbol::INSTANT_EXECUTION;
  if ((fills & 1) || all_or_nothing) symbol.add_fill_policies(type::v1::FILL_OR_KILL);
  if (fills & 2) symbol.add_fill_policies(type::v1::IMMEDIATE_OR_CANCEL);
  // Orders that wait may always leave a remainder.
  symbol.add_fill_policies(type::v1::RETURN_REMAINDER);
  if (fills & 4) symbol.add_fill_policies(type::v1::BOOK_OR_CANCEL);
  const uint64_t times = fields.Unsigned("ExpirFlags");
  for (uint64_t i = 0; i < 4; ++i) {
    if (times & (uint64_t{1} << i)) symbol.add_times_in_force(TimeInForceOf(i));
  }
}

void ReadVolumes(FieldReader& fields, Symbol& symbol) {
  symbol.set_min_volume(AtLeastDigits(Lots(fields, "VolumeMin"), 2));
  symbol.set_max_volume(AtLeastDigits(Lots(fields, "VolumeMax"), 2));
  symbol.set_volume_step(AtLeastDigits(Lots(fields, "VolumeStep"), 2));
  const Decimal limit = Lots(fields, "VolumeLimit");
  if (!limit.IsZero()) symbol.set_volume_limit(AtLeastDigits(limit, 2));
}

void ReadMoney(FieldReader& fields, Symbol& symbol) {
  symbol.set_contract_size(fields.Number("ContractSize").ToString());
  symbol.set_calculation_mode(CalculationModeOf(fields.Unsigned("CalcMode")));
  symbol.set_initial_margin(fields.Number("MarginInitial").ToString());
  symbol.set_maintenance_margin(fields.Number("MarginMaintenance").ToString());
  symbol.set_hedged_margin(fields.Number("MarginHedged").ToString());
  symbol.set_swap_mode(At(kSwapModes, fields.Unsigned("SwapMode")));
  symbol.set_swap_long(fields.Number("SwapLong").ToString());
  symbol.set_swap_short(fields.Number("SwapShort").ToString());
  symbol.set_triple_swap_day(WeekdayOf(fields.Has("Swap3Day") ? fields.Integer("Swap3Day") : kDaysOfWeek));
}

std::string ToClock(int minutes) { return absl::StrFormat("%02d:%02d", minutes / 60, minutes % 60); }

// Seven arrays of spans in minutes of the day; some servers name the members otherwise.
template <typename Sessions>
void ReadSessions(JsonView days, Sessions& sessions) {
  int day = 0;
  for (const JsonView spans : days) {
    for (const JsonView span : spans) {
      FieldReader fields(span);
      const bool other = fields.Has("OpenHours");
      Session session;
      session.set_day(WeekdayOf(day));
      session.set_open_time(ToClock(fields.Small(other ? "OpenHours" : "Open", 0, kMinutesOfDay)));
      session.set_close_time(ToClock(fields.Small(other ? "CloseHours" : "Close", 0, kMinutesOfDay)));
      if (fields.status().ok()) *sessions.Add() = std::move(session);
    }
    ++day;
  }
}

}  // namespace

Request CountSymbols() {
  Request request;
  request.context.command = "SYMBOL_TOTAL";
  request.text = CommandBuilder("SYMBOL_TOTAL").Finish();
  return request;
}

Request GetSymbolAt(int64_t index) {
  Request request;
  request.context.command = "SYMBOL_NEXT";
  request.text = CommandBuilder("SYMBOL_NEXT").Add("INDEX", index).Finish();
  return request;
}

Request GetSymbolOf(std::string_view symbol, std::string_view group) {
  Request request;
  // Not the group: what is not found is taken for the symbol, which callers name.
  request.context = {
      group.empty() ? "SYMBOL_GET" : "SYMBOL_GET_GROUP", false, 0, {}, std::string(symbol), false};
  CommandBuilder text(request.context.command);
  text.Add("SYMBOL", symbol);
  if (!group.empty()) text.Add("GROUP", group);
  request.text = text.Finish();
  return request;
}

absl::StatusOr<SymbolRecord> ParseSymbol(const Answer& answer) {
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(answer.body));
  if (!document.root().IsObject()) return absl::InvalidArgumentError("the symbol is no JSON object");
  FieldReader fields(document.root());
  SymbolRecord record;
  Symbol& symbol = record.symbol;
  symbol.set_name(fields.Text("Symbol"));
  if (symbol.name().empty()) fields.Fail("a symbol has no name");
  symbol.set_path(fields.Text("Path"));
  symbol.set_isin(fields.Text("ISIN"));
  symbol.set_exchange(fields.Text("Exchange"));
  symbol.set_description(fields.Text("Description"));
  symbol.set_base_currency_code(fields.Text("CurrencyBase"));
  symbol.set_profit_currency_code(fields.Text("CurrencyProfit"));
  symbol.set_margin_currency_code(fields.Text("CurrencyMargin"));
  symbol.set_digits(fields.Small("Digits", 0, kMaxDigits));
  symbol.set_spread_points(fields.Small("Spread", 0, kMaxPoints));
  symbol.set_stops_level_points(fields.Small("StopsLevel", 0, kMaxPoints));
  symbol.set_freeze_level_points(fields.Small("FreezeLevel", 0, kMaxPoints));
  // Servers write 0 where the tick is one unit of the last digit.
  const Decimal tick = fields.Number("TickSize");
  symbol.set_tick_size((tick.IsZero() ? Decimal::FromScaled(1, symbol.digits()) : tick).ToString());
  ReadOrderTerms(fields, symbol);
  ReadVolumes(fields, symbol);
  ReadMoney(fields, symbol);
  ReadSessions(document.root().Get("SessionsQuotes"), *symbol.mutable_quote_sessions());
  ReadSessions(document.root().Get("SessionsTrades"), *symbol.mutable_trade_sessions());
  record.start_seconds = fields.Integer("TimeStart");
  record.expire_seconds = fields.Integer("TimeExpiration");
  RETURN_IF_ERROR(fields.status());
  return record;
}

Symbol FinishSymbol(SymbolRecord record, const ServerTime& time) {
  record.symbol.set_time_zone(time.name());
  if (record.start_seconds > 0) {
    *record.symbol.mutable_start_time() = ToTimestamp(time.ToUtc(record.start_seconds));
  }
  if (record.expire_seconds > 0) {
    *record.symbol.mutable_expire_time() = ToTimestamp(time.ToUtc(record.expire_seconds));
  }
  return std::move(record.symbol);
}

}  // namespace mtsuite::connector::mt5
