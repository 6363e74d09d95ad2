// Prices: TICK_*.
#include <optional>
#include <vector>

#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/json_time.h"
#include "services/mtsim/mt5/json_writer.h"

namespace mtsuite::mtsim {
namespace {

// Symbol lists may be this long.
constexpr size_t kSymbolListMax = 4096;

struct TickQuery {
  std::vector<SymbolRef> symbols;
  // What the client has seen already; 0 for nothing.
  uint64_t after = 0;
};

std::optional<TickQuery> ReadQuery(const CommandContext& context, const Request& request) {
  const auto list = request.Text("SYMBOL");
  if (!list || list->size() > kSymbolListMax) return std::nullopt;
  TickQuery query;
  query.after = request.Unsigned("TRANS_ID").value_or(0);
  const State& state = context.engine.state();
  query.symbols = state.feed.ChangedSince(query.after, state.symbols.Select(*list));
  return query;
}

Reply Answer(const CommandContext& context, JsonWriter& json) {
  Reply reply = Reply::WithBody(json.Finish());
  reply.parameters.emplace_back("TRANS_ID", std::to_string(context.engine.state().feed.trans_id()));
  return reply;
}

void WriteTick(const State& state, const Symbol& symbol, const Quote& quote, JsonWriter& json) {
  json.BeginObject();
  json.Member("Symbol", symbol.name);
  json.Member("Digits", symbol.digits);
  json.Member("Datetime", ServerSeconds(state, quote.time));
  json.Member("DatetimeMsc", ServerMilliseconds(state, quote.time));
  json.Member("Bid", quote.bid, symbol.digits);
  json.Member("Ask", quote.ask, symbol.digits);
  json.Member("Last", quote.last, symbol.digits);
  json.Member("Volume", quote.volume.units() / Fixed::kUnitsPerOne);
  json.Member("VolumeReal", quote.volume, Fixed::kScale);
  json.EndObject();
}

void WriteRange(std::string_view name, Fixed current, const PriceRange& range, int digits, JsonWriter& json) {
  const std::string prefix(name);
  json.Member(name, current, digits);
  json.Member(prefix + "Low", range.low, digits);
  json.Member(prefix + "High", range.high, digits);
  json.Member(prefix + "Dir", static_cast<int>(range.direction));
}

// Members of exchange trading, which quotes of a dealing desk do not have.
void WriteExchangeStatistics(JsonWriter& json) {
  for (const char* name :
       {"Volume", "VolumeReal", "VolumeLow", "VolumeLowReal", "VolumeHigh", "VolumeHighReal", "VolumeDir",
        "TradeDeals", "TradeVolume", "TradeVolumeReal", "TradeTurnover", "TradeInterest", "TradeBuyOrders",
        "TradeBuyVolume", "TradeBuyVolumeReal", "TradeSellOrders", "TradeSellVolume",
        "TradeSellVolumeReal"}) {
    json.Member(name, 0);
  }
}

void WriteStatistics(const State& state, const Symbol& symbol, JsonWriter& json) {
  const Quote& quote = *state.feed.Last(symbol.id);
  const TickStatistics& day = *state.feed.Statistics(symbol.id);
  const int digits = symbol.digits;
  json.BeginObject();
  json.Member("Symbol", symbol.name);
  json.Member("Digits", digits);
  json.Member("Datetime", ServerSeconds(state, quote.time));
  json.Member("DatetimeMsc", ServerMilliseconds(state, quote.time));
  WriteRange("Bid", quote.bid, day.bid, digits, json);
  WriteRange("Ask", quote.ask, day.ask, digits, json);
  WriteRange("Last", quote.last, PriceRange(), digits, json);
  WriteExchangeStatistics(json);
  json.Member("PriceOpen", day.price_open, digits);
  json.Member("PriceClose", day.price_close, digits);
  json.Member("PriceAw", Fixed(), digits);
  json.Member("PriceChange", day.price_change, 2);
  json.Member("PriceVolatility", Fixed(), 2);
  for (const char* name : {"PriceTheoretical", "PriceGreeksDelta", "PriceGreeksTheta", "PriceGreeksGamma",
                           "PriceGreeksVega", "PriceGreeksRho", "PriceGreeksOmega", "PriceSensitivity"}) {
    json.Member(name, Fixed(), Fixed::kScale);
  }
  json.EndObject();
}

}  // namespace

Reply TickLast(CommandContext& context, const Request& request) {
  const auto query = ReadQuery(context, request);
  if (!query) return Retcode::kInvalidParameters;
  const State& state = context.engine.state();
  JsonWriter json;
  json.BeginArray();
  for (const SymbolRef& symbol : query->symbols)
    WriteTick(state, *symbol, *state.feed.Last(symbol->id), json);
  json.EndArray();
  return Answer(context, json);
}

Reply TickLastGroup(CommandContext& context, const Request& request) {
  const auto query = ReadQuery(context, request);
  const auto name = request.Text("GROUP");
  if (!query || !name) return Retcode::kInvalidParameters;
  const State& state = context.engine.state();
  const Group* group = state.groups.Find(*name);
  if (group == nullptr || !context.manager.Sees(*name)) return Retcode::kNotFound;
  JsonWriter json;
  json.BeginArray();
  for (const SymbolRef& symbol : query->symbols) {
    WriteTick(state, *symbol, QuoteForGroup(*state.feed.Last(symbol->id), *symbol, *group), json);
  }
  json.EndArray();
  return Answer(context, json);
}

Reply TickStat(CommandContext& context, const Request& request) {
  const auto query = ReadQuery(context, request);
  if (!query) return Retcode::kInvalidParameters;
  JsonWriter json;
  json.BeginArray();
  for (const SymbolRef& symbol : query->symbols) WriteStatistics(context.engine.state(), *symbol, json);
  json.EndArray();
  return Answer(context, json);
}

}  // namespace mtsuite::mtsim
