#include "services/mtsim/mt5/trade_json.h"

#include <string>

#include "services/mtsim/mt5/json_time.h"

namespace mtsuite::mtsim {
namespace {

// Volumes travel twice: in 1/10000 lots, and under the name with Ext in 1e-8 lots, the unit that is stored.
constexpr int64_t kUnitsPerPlainVolume = 10'000;

void WriteVolume(std::string_view name, Fixed volume, JsonWriter& json) {
  json.Member(name, volume.units() / kUnitsPerPlainVolume);
  json.Member(std::string(name) + "Ext", volume.units());
}

// What a record says about its symbol. Balance operations have none.
struct SymbolTraits {
  explicit SymbolTraits(const SymbolRef& symbol)
      : name(symbol == nullptr ? std::string_view() : std::string_view(symbol->name)),
        digits(symbol == nullptr ? 0 : symbol->digits),
        contract_size(symbol == nullptr ? Fixed() : symbol->contract_size) {}

  std::string_view name;
  int digits;
  Fixed contract_size;
};

// What a finished order was filled at, and where the market is for one that waits.
Fixed CurrentPrice(const State& state, const Order& order) {
  const Quote* quote = state.feed.Last(order.symbol->id);
  if (order.state != OrderState::kPlaced || quote == nullptr) return order.price_current;
  return SideOf(order.type) == Side::kBuy ? quote->ask : quote->bid;
}

void WriteDealResult(const Deal& deal, const SymbolTraits& symbol, JsonWriter& json) {
  const int money = deal.currency_digits;
  json.Member("Profit", deal.profit, money);
  json.Member("Storage", deal.storage, money);
  json.Member("Commission", deal.commission, money);
  json.Member("CommissionAgent", Fixed(), money);
  json.Member("Fee", deal.fee, money);
  json.Member("Value", deal.value, money);
  json.Member("RateProfit", deal.rate_profit, Fixed::kScale);
  json.Member("RateMargin", deal.rate_margin, Fixed::kScale);
  json.Member("ExpertID", deal.expert_id);
  json.Member("PositionID", deal.position_id);
  json.Member("Comment", deal.comment);
  json.Member("ProfitRaw", deal.profit_raw,
              deal.symbol == nullptr ? money : deal.symbol->currency_profit_digits);
  json.Member("PricePosition", deal.price_position, symbol.digits);
  WriteVolume("VolumeClosed", deal.volume_closed, json);
}

}  // namespace

void WriteOrder(const CommandContext& context, const Order& order, JsonWriter& json) {
  const State& state = context.engine.state();
  const SymbolTraits symbol(order.symbol);
  json.BeginObject();
  json.Member("Order", order.order);
  json.Member("ExternalID", order.external_id);
  json.Member("Login", order.login);
  json.Member("Dealer", order.dealer);
  json.Member("Symbol", symbol.name);
  json.Member("Digits", symbol.digits);
  json.Member("DigitsCurrency", order.currency_digits);
  json.Member("ContractSize", symbol.contract_size, Fixed::kScale);
  json.Member("State", static_cast<int>(order.state));
  json.Member("Reason", static_cast<int>(order.reason));
  json.Member("TimeSetup", ServerSeconds(state, order.time_setup));
  json.Member("TimeExpiration", ServerSeconds(state, order.time_expiration));
  json.Member("TimeDone", ServerSeconds(state, order.time_done));
  json.Member("TimeSetupMsc", ServerMilliseconds(state, order.time_setup));
  json.Member("TimeDoneMsc", ServerMilliseconds(state, order.time_done));
  json.Member("Type", static_cast<int>(order.type));
  json.Member("TypeFill", static_cast<int>(order.filling));
  json.Member("TypeTime", static_cast<int>(order.lifetime));
  json.Member("PriceOrder", order.price_order, symbol.digits);
  json.Member("PriceTrigger", order.price_trigger, symbol.digits);
  json.Member("PriceCurrent", CurrentPrice(state, order), symbol.digits);
  json.Member("PriceSL", order.stop_loss, symbol.digits);
  json.Member("PriceTP", order.take_profit, symbol.digits);
  WriteVolume("VolumeInitial", order.volume_initial, json);
  WriteVolume("VolumeCurrent", order.volume_current, json);
  json.Member("ExpertID", order.expert_id);
  json.Member("PositionID", order.position_id);
  json.Member("PositionByID", order.position_by_id);
  json.Member("Comment", order.comment);
  json.Member("ActivationMode", static_cast<int>(order.activation));
  json.Member("ActivationTime", ServerSeconds(state, order.activation_time));
  json.Member("ActivationPrice", order.activation_price, symbol.digits);
  json.Member("ActivationFlags", 0);
  json.Member("RateMargin", order.rate_margin, Fixed::kScale);
  json.Member("ModifyFlags", order.modify_flags);
  json.EmptyArray("ApiData");
  json.EndObject();
}

void WriteDeal(const CommandContext& context, const Deal& deal, JsonWriter& json) {
  const State& state = context.engine.state();
  const SymbolTraits symbol(deal.symbol);
  json.BeginObject();
  json.Member("Deal", deal.deal);
  json.Member("ExternalID", deal.external_id);
  json.Member("Login", deal.login);
  json.Member("Dealer", deal.dealer);
  json.Member("Order", deal.order);
  json.Member("Action", static_cast<int>(deal.action));
  json.Member("Entry", static_cast<int>(deal.entry));
  json.Member("Reason", static_cast<int>(deal.reason));
  json.Member("Digits", symbol.digits);
  json.Member("DigitsCurrency", deal.currency_digits);
  json.Member("ContractSize", symbol.contract_size, Fixed::kScale);
  json.Member("Time", ServerSeconds(state, deal.time));
  json.Member("TimeMsc", ServerMilliseconds(state, deal.time));
  json.Member("Symbol", symbol.name);
  json.Member("Price", deal.price, symbol.digits);
  json.Member("PriceSL", deal.stop_loss, symbol.digits);
  json.Member("PriceTP", deal.take_profit, symbol.digits);
  WriteVolume("Volume", deal.volume, json);
  WriteDealResult(deal, symbol, json);
  json.Member("TickValue", deal.symbol == nullptr ? Fixed() : deal.symbol->tick_value, Fixed::kScale);
  json.Member("TickSize", deal.symbol == nullptr ? Fixed() : deal.symbol->tick_size, Fixed::kScale);
  json.Member("Flags", deal.flags);
  json.Member("Gateway", std::string_view());
  json.Member("PriceGateway", Fixed(), symbol.digits);
  json.Member("ModifyFlags", deal.modify_flags);
  json.Member("MarketBid", deal.market_bid, symbol.digits);
  json.Member("MarketAsk", deal.market_ask, symbol.digits);
  json.Member("MarketLast", Fixed(), symbol.digits);
  json.EndObject();
}

void WritePosition(const CommandContext& context, const Position& position, JsonWriter& json) {
  const State& state = context.engine.state();
  const PositionState value = context.engine.valuation().Evaluate(position);
  const SymbolTraits symbol(position.symbol);
  const int money = position.currency_digits;
  json.BeginObject();
  json.Member("Position", position.position);
  json.Member("ExternalID", position.external_id);
  json.Member("Login", position.login);
  json.Member("Dealer", position.dealer);
  json.Member("Symbol", symbol.name);
  json.Member("Action", static_cast<int>(position.side));
  json.Member("Digits", symbol.digits);
  json.Member("DigitsCurrency", money);
  json.Member("Reason", static_cast<int>(position.reason));
  json.Member("ContractSize", symbol.contract_size, Fixed::kScale);
  json.Member("TimeCreate", ServerSeconds(state, position.time_create));
  json.Member("TimeUpdate", ServerSeconds(state, position.time_update));
  json.Member("TimeCreateMsc", ServerMilliseconds(state, position.time_create));
  json.Member("TimeUpdateMsc", ServerMilliseconds(state, position.time_update));
  json.Member("ModifyFlags", position.modify_flags);
  json.Member("PriceOpen", position.price_open, symbol.digits);
  json.Member("PriceCurrent", value.price_current, symbol.digits);
  json.Member("PriceSL", position.stop_loss, symbol.digits);
  json.Member("PriceTP", position.take_profit, symbol.digits);
  WriteVolume("Volume", position.volume, json);
  json.Member("Profit", value.profit, money);
  json.Member("Storage", position.storage, money);
  json.Member("Commission", Fixed(), money);
  json.Member("RateProfit", value.rate_profit, Fixed::kScale);
  json.Member("RateMargin", position.rate_margin, Fixed::kScale);
  json.Member("ExpertID", position.expert_id);
  json.Member("ExpertPositionID", position.expert_position_id);
  json.Member("Comment", position.comment);
  json.Member("ActivationMode", 0);
  json.Member("ActivationTime", 0);
  json.Member("ActivationPrice", Fixed(), symbol.digits);
  json.Member("ActivationFlags", 0);
  json.EmptyArray("ApiData");
  json.EndObject();
}

}  // namespace mtsuite::mtsim
