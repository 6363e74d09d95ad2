// Deals: DEAL_*.
#include <vector>

#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/fields.h"
#include "services/mtsim/mt5/json_writer.h"
#include "services/mtsim/mt5/selection.h"
#include "services/mtsim/mt5/trade_json.h"

namespace mtsuite::mtsim {
namespace {

Reply ManyDeals(const CommandContext& context, const std::vector<const Deal*>& deals) {
  JsonWriter json;
  json.BeginArray();
  for (const Deal* deal : deals) WriteDeal(context, *deal, json);
  json.EndArray();
  return Reply::WithBody(json.Finish());
}

Result<std::vector<const Deal*>> DealsByTicket(const CommandContext& context,
                                               const std::vector<uint64_t>& tickets) {
  std::vector<const Deal*> deals;
  for (const uint64_t ticket : tickets) {
    const Deal* deal = context.engine.state().deals.Find(ticket);
    if (deal != nullptr && FindVisible(context, deal->login) != nullptr) deals.push_back(deal);
  }
  return deals;
}

// A window over a whole group is found by scanning the window once, not account by account: clients poll this
// with short windows over all groups.
Result<std::vector<const Deal*>> DealsOfGroups(const CommandContext& context, std::string_view masks,
                                               const TimeWindow& window) {
  std::vector<const Deal*> deals = context.engine.DealsInGroups(masks, window, kBatchMax + 1);
  if (deals.size() > kBatchMax) return Retcode::kInvalidParameters;
  std::erase_if(deals, [&](const Deal* deal) { return FindVisible(context, deal->login) == nullptr; });
  return deals;
}

Result<std::vector<const Deal*>> DealsOfAccounts(const CommandContext& context, const Request& request,
                                                 const TimeWindow& window) {
  const Result<std::vector<const Account*>> accounts = SelectAccounts(context, request);
  if (!accounts.ok()) return accounts.retcode();
  std::vector<const Deal*> deals;
  for (const Account* account : *accounts) {
    const std::vector<const Deal*> more = context.engine.state().deals.All(account->login, window);
    deals.insert(deals.end(), more.begin(), more.end());
    if (deals.size() > kBatchMax) return Retcode::kInvalidParameters;
  }
  return deals;
}

Result<std::vector<const Deal*>> SelectDeals(const CommandContext& context, const Request& request) {
  const Result<std::vector<uint64_t>> tickets = NumberList(request, "TICKET", "Ticket");
  if (!tickets.ok()) return tickets.retcode();
  if (!tickets->empty()) return DealsByTicket(context, *tickets);
  const Result<TimeWindow> window = RequestedWindow(context, request);
  if (!window.ok()) return window.retcode();
  const auto masks = request.Text("GROUP");
  if (masks && !request.Text("LOGIN")) return DealsOfGroups(context, *masks, *window);
  return DealsOfAccounts(context, request, *window);
}

}  // namespace

Reply DealGet(CommandContext& context, const Request& request) {
  const auto ticket = request.Unsigned("TICKET");
  if (!ticket) return Retcode::kInvalidParameters;
  const Deal* deal = context.engine.state().deals.Find(*ticket);
  if (deal == nullptr || FindVisible(context, deal->login) == nullptr) return Retcode::kNotFound;
  JsonWriter json;
  WriteDeal(context, *deal, json);
  return Reply::WithBody(json.Finish());
}

Reply DealGetTotal(CommandContext& context, const Request& request) {
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  const Result<TimeWindow> window = RequestedWindow(context, request);
  if (!window.ok()) return window.retcode();
  const size_t total = context.engine.state().deals.Count((*account)->login, *window);
  return Reply::WithParameter("TOTAL", std::to_string(total));
}

Reply DealGetPage(CommandContext& context, const Request& request) {
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  const Result<TimeWindow> window = RequestedWindow(context, request);
  if (!window.ok()) return window.retcode();
  const Result<Page> page = RequestedPage(request);
  if (!page.ok()) return page.retcode();
  const auto& deals = context.engine.state().deals;
  return ManyDeals(context, deals.Page((*account)->login, *window, page->offset, page->total));
}

Reply DealGetBatch(CommandContext& context, const Request& request) {
  Result<std::vector<const Deal*>> selected = SelectDeals(context, request);
  if (!selected.ok()) return selected.retcode();
  std::vector<const Deal*> deals = std::move(selected).value();
  if (const auto symbols = request.Text("SYMBOL")) {
    const SymbolMaskList masks(*symbols);
    std::erase_if(deals, [&](const Deal* deal) {
      return deal->symbol == nullptr || !masks.Matches(deal->symbol->name, deal->symbol->path);
    });
  }
  return ManyDeals(context, deals);
}

}  // namespace mtsuite::mtsim
