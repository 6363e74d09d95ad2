// Trading: DEALER_SEND and DEALER_UPDATES.
#include <optional>
#include <string>
#include <vector>

#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/dealer_json.h"
#include "services/mtsim/mt5/fields.h"
#include "services/mtsim/mt5/json_writer.h"
#include "services/mtsim/mt5/selection.h"

namespace mtsuite::mtsim {
namespace {

// Whether the manager may send this request, and its account and symbol exist.
Retcode CheckRequest(const CommandContext& context, const TradeRequest& request) {
  if (FindVisible(context, request.login) == nullptr) return Retcode::kNotFound;
  if (request.action == TradeAction::kBalance && !context.manager.Has(kManageBalance)) {
    return Retcode::kNoPermission;
  }
  const bool needs_symbol =
      request.action == TradeAction::kExecute || request.action == TradeAction::kPlaceOrder;
  if (request.symbol.empty() && !needs_symbol) return Retcode::kDone;
  const bool known = context.engine.state().symbols.Find(request.symbol) != nullptr;
  return known ? Retcode::kDone : Retcode::kInvalidRequest;
}

// Requests about an order or a position may leave the symbol out; the answer tells it all the same.
void FillInSymbol(const State& state, TradeRequest& request) {
  if (!request.symbol.empty()) return;
  if (const Position* position = state.positions.Find(request.position)) {
    request.symbol = position->symbol->name;
  } else if (const Order* order = state.orders.Find(request.order)) {
    request.symbol = order->symbol->name;
  }
}

}  // namespace

Reply DealerSend(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kTradeAsDealer)) return Retcode::kNoPermission;
  const std::optional<Fields> fields = Fields::Parse(request.body);
  if (!fields) return Retcode::kInvalidParameters;
  const Result<TradeRequest> read = ReadTradeRequest(*fields, context.engine.state().server_time);
  if (!read.ok()) return read.retcode();
  TradeRequest trade = *read;
  if (trade.action > TradeAction::kCloseBy) return Reply(kRetcodeNotSupported, "Not supported");
  FillInSymbol(context.engine.state(), trade);
  const Retcode checked = CheckRequest(context, trade);
  if (checked != Retcode::kDone) return checked;
  trade.reason = TradeReason::kDealer;
  trade.dealer = context.manager.login;
  const Result<DelayedTrade> queued = context.desk.Send(context.session, std::move(trade), context.now);
  if (!queued.ok()) return queued.retcode();
  if (queued->delay > absl::ZeroDuration()) context.delayed_trades.push_back(*queued);
  return Reply::WithParameter("ID", std::to_string(queued->id));
}

Reply DealerUpdates(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kTradeAsDealer)) return Retcode::kNoPermission;
  std::optional<std::vector<uint64_t>> ids;
  if (request.Text("ID")) {
    const Result<std::vector<uint64_t>> list = NumberList(request, "ID", "ID");
    if (!list.ok()) return list.retcode();
    ids = *list;
  }
  JsonWriter json;
  json.BeginObject();
  for (const auto& [id, updates] : context.desk.TakeUpdates(context.session, ids, context.now)) {
    json.Key(std::to_string(id));
    json.BeginArray();
    for (const DealerUpdate& update : updates) {
      json.BeginObject();
      json.Key("result");
      WriteConfirmation(context, update, json);
      json.EndObject();
      json.BeginObject();
      json.Key("answer");
      WriteAnswer(context, update, json);
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
  return Reply::WithBody(json.Finish());
}

}  // namespace mtsuite::mtsim
