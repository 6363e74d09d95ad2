// Money and margin: TRADE_* and the older USER_DEPOSIT_CHANGE.
#include <optional>
#include <vector>

#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/json_writer.h"
#include "services/mtsim/mt5/selection.h"
#include "services/mtsim/mt5/user_json.h"

namespace mtsuite::mtsim {
namespace {

Result<const Deal*> Book(CommandContext& context, const Request& request, bool check_margin) {
  if (!context.manager.Has(kManageBalance)) return Retcode::kNoPermission;
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  const auto type = request.Unsigned("TYPE");
  const auto amount = request.Number("BALANCE");
  if (!type || *type > INT32_MAX || !amount) return Retcode::kInvalidParameters;
  return context.engine.balances().Apply({
      .login = (*account)->login,
      .type = static_cast<int>(*type),
      .amount = *amount,
      .comment = std::string(request.Text("COMMENT").value_or("")),
      .check_margin = check_margin,
      .dealer = context.manager.login,
      .time = std::nullopt,
  });
}

// Whether an order of this type buys: 0 buy, 2 buy limit, 4 buy stop, 6 buy stop limit.
bool Buys(uint64_t type) { return type % 2 == 0; }

// The position that TRADE_MARGIN_CHECK asks about, as if it were open.
Result<Position> Candidate(const CommandContext& context, const Request& request, const Account& account) {
  const State& state = context.engine.state();
  const SymbolRef symbol = state.symbols.Find(request.Text("SYMBOL").value_or(""));
  const auto type = request.Unsigned("TYPE");
  const auto volume = request.Unsigned("VOLUME");
  if (symbol == nullptr || !type || !volume) return Retcode::kInvalidParameters;
  if (*type > static_cast<uint64_t>(OrderType::kCloseBy) || *volume == 0 || *volume > INT64_MAX) {
    return Retcode::kInvalidParameters;
  }
  Position position;
  position.login = account.login;
  position.symbol = symbol;
  position.currency_digits = state.GroupOf(account).currency_digits;
  position.side = Buys(*type) ? Side::kBuy : Side::kSell;
  position.time_create = position.time_update = state.Now();
  position.volume = Fixed::FromUnits(static_cast<int64_t>(*volume));
  const Quote* quote = state.feed.Last(symbol->name);
  const auto price = request.Number("PRICE");
  if (price && price->IsPositive()) {
    position.price_open = *price;
  } else if (quote != nullptr) {
    position.price_open = position.side == Side::kBuy ? quote->ask : quote->bid;
  } else {
    return Retcode::kNoPrices;
  }
  const Result<Rate> rate =
      context.engine.valuation().MarginRate(*symbol, state.GroupOf(account), position.side);
  if (!rate.ok()) return rate.retcode();
  position.rate_margin = rate->ToFixed();
  return position;
}

}  // namespace

Reply TradeBalance(CommandContext& context, const Request& request) {
  const bool check_margin = request.Unsigned("CHECK_MARGIN").value_or(1) != 0;
  const Result<const Deal*> deal = Book(context, request, check_margin);
  if (!deal.ok()) return deal.retcode();
  return Reply::WithParameter("TICKET", std::to_string((*deal)->deal));
}

Reply UserDepositChange(CommandContext& context, const Request& request) {
  const Result<const Deal*> deal = Book(context, request, /*check_margin=*/true);
  return deal.ok() ? Retcode::kDone : deal.retcode();
}

Reply TradeMarginCheck(CommandContext& context, const Request& request) {
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  const Result<Position> candidate = Candidate(context, request, **account);
  if (!candidate.ok()) return candidate.retcode();
  const Valuation& valuation = context.engine.valuation();
  std::vector<const Position*> positions;
  for (const auto& [ticket, position] : context.engine.state().positions.Of((*account)->login)) {
    positions.push_back(position);
  }
  const TradeState current = valuation.Compute(**account, positions);
  positions.push_back(&*candidate);
  const TradeState after = valuation.Compute(**account, positions);
  JsonWriter json;
  json.BeginObject();
  json.Key("new");
  WriteTradeState(context, after, json);
  json.Key("current");
  WriteTradeState(context, current, json);
  json.EndObject();
  return Reply::WithBody(json.Finish());
}

}  // namespace mtsuite::mtsim
