#include "services/mtsim/mt5/dealer_json.h"

#include <limits>
#include <string>

#include "services/mtsim/mt5/json_time.h"
#include "services/mtsim/mt5/request.h"

namespace mtsuite::mtsim {
namespace {

constexpr int64_t kUnitsPerPlainVolume = 10'000;
constexpr uint64_t kFirstDealerAction = 200;
constexpr uint64_t kLastAction = 255;
// The largest time in server seconds: the end of the year 9999.
constexpr uint64_t kServerSecondsMax = 253'402'300'799;

// Reads members of the request and remembers whether one was malformed. A missing or empty one is not.
class Reader {
 public:
  explicit Reader(const Fields& fields) : fields_(fields) {}

  std::optional<uint64_t> Unsigned(std::string_view member,
                                   uint64_t max = std::numeric_limits<uint64_t>::max()) {
    const auto value = Parse(member, ParseUnsigned);
    if (value && *value > max) malformed_ = true;
    return value;
  }
  std::optional<int64_t> Signed(std::string_view member) { return Parse(member, ParseSigned); }
  std::optional<Fixed> Number(std::string_view member) { return Parse(member, ParseFixed); }

  bool malformed() const { return malformed_; }

 private:
  template <class Parser>
  auto Parse(std::string_view member, Parser parser) -> decltype(parser(std::string_view())) {
    const std::optional<std::string> text = fields_.Text(member);
    if (!text || text->empty()) return std::nullopt;
    const auto value = parser(*text);
    if (!value) malformed_ = true;
    return value;
  }

  const Fields& fields_;
  bool malformed_ = false;
};

// The extended volume is the one that is stored, so it wins over the plain one.
Fixed ReadVolume(Reader& reader) {
  const auto extended = reader.Signed("VolumeExt");
  const auto plain = reader.Signed("Volume");
  if (extended && *extended != 0) return Fixed::FromUnits(*extended);
  return Fixed::Saturated(static_cast<__int128>(plain.value_or(0)) * kUnitsPerPlainVolume);
}

void WriteVolume(std::string_view name, Fixed volume, JsonWriter& json) {
  json.Member(name, volume.units() / kUnitsPerPlainVolume);
  json.Member(std::string(name) + "Ext", volume.units());
}

// Digits of the prices of an update.
int DigitsOf(const State& state, const DealerUpdate& update) {
  const SymbolRef symbol = state.symbols.Find(update.request.symbol);
  return symbol == nullptr ? Fixed::kScale : symbol->digits;
}

void WriteRequest(const State& state, const DealerUpdate& update, int digits, JsonWriter& json) {
  const TradeRequest& request = update.request;
  const Account* account = state.accounts.Find(request.login);
  json.Member("ID", update.server_id);
  json.Member("Login", request.login);
  json.Member("ExternalAccount", "");
  json.Member("Group", account == nullptr ? std::string_view() : std::string_view(account->group));
  json.Member("Symbol", request.symbol);
  json.Member("Digits", digits);
  json.Member("Action", static_cast<int>(request.action));
  json.Member("TimeExpiration", ServerSeconds(state, request.expiration.value_or(absl::UnixEpoch())));
  json.Member("Type", request.type);
  json.Member("TypeFill", static_cast<int>(request.filling));
  json.Member("TypeTime", static_cast<int>(request.lifetime.value_or(OrderLifetime::kGoodTillCancelled)));
  json.Member("Flags", request.flags);
  WriteVolume("Volume", request.volume, json);
  json.Member("Order", request.order);
  json.Member("OrderExternalID", "");
  json.Member("PriceOrder", request.price, digits);
  json.Member("PriceTrigger", request.price_trigger, digits);
  json.Member("PriceSL", request.stop_loss.value_or(Fixed()), digits);
  json.Member("PriceTP", request.take_profit.value_or(Fixed()), digits);
  json.Member("PriceDeviation", request.deviation);
  for (const char* name : {"PriceDeviationTop", "PriceDeviationBottom", "SpreadDiff", "SpreadDiffBalance"}) {
    json.Member(name, 0);
  }
  json.Member("Comment", request.comment);
}

}  // namespace

Result<TradeRequest> ReadTradeRequest(const Fields& fields, const ServerTime& server_time) {
  Reader reader(fields);
  const auto action = reader.Unsigned("Action");
  const auto login = reader.Unsigned("Login");
  if (!action || !login) return Retcode::kInvalidParameters;
  if (*action < kFirstDealerAction || *action > kLastAction) return Retcode::kInvalidRequest;
  const uint64_t filling = reader.Unsigned("TypeFill").value_or(0);
  const auto lifetime = reader.Unsigned("TypeTime");
  TradeRequest request;
  request.action = static_cast<TradeAction>(*action);
  request.login = *login;
  request.symbol = fields.Text("Symbol").value_or("");
  request.type = static_cast<int>(reader.Unsigned("Type", 255).value_or(0) & 0xFF);
  request.filling = static_cast<Filling>(filling & 3);
  if (lifetime) request.lifetime = static_cast<OrderLifetime>(*lifetime & 3);
  if (const auto expiration = reader.Unsigned("TimeExpiration", kServerSecondsMax);
      expiration && *expiration > 0) {
    request.expiration = server_time.FromServerSeconds(static_cast<int64_t>(*expiration));
  }
  request.flags = static_cast<uint32_t>(reader.Unsigned("Flags", UINT32_MAX).value_or(0));
  request.volume = ReadVolume(reader);
  request.order = reader.Unsigned("Order").value_or(0);
  request.position = reader.Unsigned("Position").value_or(0);
  request.position_by = reader.Unsigned("PositionBy").value_or(0);
  request.price = reader.Number("PriceOrder").value_or(Fixed());
  request.price_trigger = reader.Number("PriceTrigger").value_or(Fixed());
  request.stop_loss = reader.Number("PriceSL");
  request.take_profit = reader.Number("PriceTP");
  request.deviation = static_cast<uint32_t>(reader.Unsigned("PriceDeviation", UINT32_MAX).value_or(0));
  request.comment = fields.Text("Comment").value_or("");
  if (reader.malformed()) return Retcode::kInvalidParameters;
  if (filling > static_cast<uint64_t>(Filling::kBookOrCancel)) return Retcode::kInvalidFilling;
  if (lifetime.value_or(0) > static_cast<uint64_t>(OrderLifetime::kSpecifiedDay)) {
    return Retcode::kInvalidExpiration;
  }
  return request;
}

void WriteConfirmation(const CommandContext& context, const DealerUpdate& update, JsonWriter& json) {
  const TradeAnswer& answer = update.answer;
  const int digits = DigitsOf(context.engine.state(), update);
  json.BeginObject();
  json.Member("ID", update.server_id);
  json.Member("DealID", answer.deal == 0 ? std::string() : std::to_string(answer.deal));
  json.Member("OrderID", answer.order == 0 ? std::string() : std::to_string(answer.order));
  json.Member("PositionExternalID", "");
  json.Member("Retcode", static_cast<int>(answer.retcode));
  json.Member("ExternalRetcode", 0);
  WriteVolume("Volume", answer.volume, json);
  json.Member("Price", answer.price, digits);
  json.Member("PriceGateway", Fixed(), digits);
  json.Member("TickBid", answer.bid, digits);
  json.Member("TickAsk", answer.ask, digits);
  json.Member("TickLast", Fixed(), digits);
  json.Member("Flags", 0);
  json.Member("Comment", answer.ok() ? std::string_view() : RetcodeText(answer.retcode));
  json.EndObject();
}

void WriteAnswer(const CommandContext& context, const DealerUpdate& update, JsonWriter& json) {
  const State& state = context.engine.state();
  const TradeAnswer& answer = update.answer;
  const int digits = DigitsOf(state, update);
  json.BeginObject();
  WriteRequest(state, update, digits, json);
  json.Member("ResultRetcode", static_cast<int>(answer.retcode));
  json.Member("ResultDealer", update.request.dealer);
  json.Member("ResultDeal", answer.deal);
  json.Member("ResultOrder", answer.order);
  WriteVolume("ResultVolume", answer.volume, json);
  json.Member("ResultPrice", answer.price, digits);
  for (const char* name : {"ResultDealerBid", "ResultMarketBid"}) json.Member(name, answer.bid, digits);
  for (const char* name : {"ResultDealerAsk", "ResultMarketAsk"}) json.Member(name, answer.ask, digits);
  for (const char* name : {"ResultDealerLast", "ResultMarketLast"}) json.Member(name, Fixed(), digits);
  json.Member("ResultComment", answer.ok() ? std::string_view() : RetcodeText(answer.retcode));
  json.Member("IDClient", update.id);
  json.Member("IP", "");
  json.Member("SourceLogin", update.request.dealer);
  json.Member("Position", update.request.position);
  json.Member("PositionBy", update.request.position_by);
  json.Member("PositionExternalID", "");
  json.Member("PositionByExternalID", "");
  json.EmptyArray("ApiData");
  json.EndObject();
}

}  // namespace mtsuite::mtsim
