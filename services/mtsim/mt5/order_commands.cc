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

// `find` gives the order of a ticket, `of` those of an account.
template <class Find, class Of>
Reply Batch(const CommandContext& context, const Request& request, Find find, Of of) {
  const Result<std::vector<uint64_t>> tickets = NumberList(request, "TICKET", "Ticket");
  if (!tickets.ok()) return tickets.retcode();
  std::vector<const Order*> orders;
  if (!tickets->empty()) {
    for (const uint64_t ticket : *tickets) {
      const Order* order = find(ticket);
      if (order != nullptr && FindVisible(context, order->login) != nullptr) orders.push_back(order);
    }
  } else {
    const Result<std::vector<const Account*>> accounts = SelectAccounts(context, request);
    if (!accounts.ok()) return accounts.retcode();
    for (const Account* account : *accounts) {
      of(account->login, orders);
      if (orders.size() > kBatchMax) return Retcode::kInvalidParameters;
    }
  }
  if (const auto symbols = request.Text("SYMBOL")) {
    const SymbolMaskList masks(*symbols);
    std::erase_if(
        orders, [&](const Order* order) { return !masks.Matches(order->symbol->name, order->symbol->path); });
  }
  return ManyOrders(context, orders);
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

Reply OrderGetBatch(CommandContext& context, const Request& request) {
  const auto& book = context.engine.state().orders;
  return Batch(
      context, request, [&](uint64_t ticket) { return book.Find(ticket); },
      [&](uint64_t login, std::vector<const Order*>& orders) {
        for (const auto& [ticket, order] : book.Of(login)) orders.push_back(order);
      });
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

Reply HistoryGetBatch(CommandContext& context, const Request& request) {
  TimeWindow window;
  if (!request.Text("TICKET")) {
    const Result<TimeWindow> requested = RequestedWindow(context, request);
    if (!requested.ok()) return requested.retcode();
    window = *requested;
  }
  const auto& history = context.engine.state().order_history;
  return Batch(
      context, request, [&](uint64_t ticket) { return history.Find(ticket); },
      [&](uint64_t login, std::vector<const Order*>& orders) {
        const std::vector<const Order*> more = history.All(login, window);
        orders.insert(orders.end(), more.begin(), more.end());
      });
}

}  // namespace mtsuite::mtsim
