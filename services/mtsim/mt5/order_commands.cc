// Open orders (ORDER_*) and closed ones (HISTORY_*).
#include <vector>

#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/json_writer.h"
#include "services/mtsim/mt5/selection.h"
#include "services/mtsim/mt5/trade_json.h"

namespace mtsuite::mtsim {
namespace {

Reply OneOrder(const CommandContext& context, const Order* order) {
  if (order == nullptr || FindVisible(context, order->login) == nullptr) return Retcode::kNotFound;
  JsonWriter json;
  WriteOrder(context, *order, json);
  return Reply::WithBody(json.Finish());
}

Reply ManyOrders(const CommandContext& context, const std::vector<const Order*>& orders) {
  JsonWriter json;
  json.BeginArray();
  for (const Order* order : orders) WriteOrder(context, *order, json);
  json.EndArray();
  return Reply::WithBody(json.Finish());
}

}  // namespace

Reply OrderGet(CommandContext& context, const Request& request) {
  const auto ticket = request.Unsigned("TICKET");
  if (!ticket) return Retcode::kInvalidParameters;
  return OneOrder(context, context.engine.state().orders.Find(*ticket));
}

Reply OrderGetTotal(CommandContext& context, const Request& request) {
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  return Reply::WithParameter("TOTAL",
                              std::to_string(context.engine.state().orders.Count((*account)->login)));
}

Reply OrderGetPage(CommandContext& context, const Request& request) {
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  const Result<Page> page = RequestedPage(request);
  if (!page.ok()) return page.retcode();
  return ManyOrders(context,
                    context.engine.state().orders.Page((*account)->login, page->offset, page->total));
}

Reply HistoryGet(CommandContext& context, const Request& request) {
  const auto ticket = request.Unsigned("TICKET");
  if (!ticket) return Retcode::kInvalidParameters;
  return OneOrder(context, context.engine.state().order_history.Find(*ticket));
}

Reply HistoryGetTotal(CommandContext& context, const Request& request) {
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  const Result<TimeWindow> window = RequestedWindow(context, request);
  if (!window.ok()) return window.retcode();
  const size_t total = context.engine.state().order_history.Count((*account)->login, *window);
  return Reply::WithParameter("TOTAL", std::to_string(total));
}

Reply HistoryGetPage(CommandContext& context, const Request& request) {
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  const Result<TimeWindow> window = RequestedWindow(context, request);
  if (!window.ok()) return window.retcode();
  const Result<Page> page = RequestedPage(request);
  if (!page.ok()) return page.retcode();
  const auto& history = context.engine.state().order_history;
  return ManyOrders(context, history.Page((*account)->login, *window, page->offset, page->total));
}

}  // namespace mtsuite::mtsim
