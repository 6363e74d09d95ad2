// Positions: POSITION_*.
#include <string>
#include <utility>
#include <vector>

#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/fields.h"
#include "services/mtsim/mt5/json_writer.h"
#include "services/mtsim/mt5/selection.h"
#include "services/mtsim/mt5/trade_json.h"

namespace mtsuite::mtsim {
namespace {

// Recorded in ModifyFlags of a position that was edited through this API.
constexpr uint32_t kModifiedByApiManager = 0x20;

Reply OnePosition(const CommandContext& context, const Position& position) {
  JsonWriter json;
  WritePosition(context, position, json);
  return Reply::WithBody(json.Finish());
}

Reply ManyPositions(const CommandContext& context, const std::vector<const Position*>& positions) {
  JsonWriter json;
  json.BeginArray();
  for (const Position* position : positions) WritePosition(context, *position, json);
  json.EndArray();
  return Reply::WithBody(json.Finish());
}

Result<std::vector<const Position*>> SelectPositions(const CommandContext& context, const Request& request) {
  const std::string_view symbols = request.Text("SYMBOL").value_or("");
  const Result<std::vector<uint64_t>> tickets = NumberList(request, "TICKET", "Ticket");
  if (!tickets.ok()) return tickets.retcode();
  if (!tickets->empty()) {
    std::vector<const Position*> positions;
    for (const uint64_t ticket : *tickets) {
      const Position* position = context.engine.state().positions.Find(ticket);
      if (position != nullptr && FindVisible(context, position->login) != nullptr)
        positions.push_back(position);
    }
    return positions;
  }
  const auto masks = request.Text("GROUP");
  if (masks && !request.Text("LOGIN")) {
    std::vector<const Position*> positions = context.engine.PositionsInGroups(*masks, symbols);
    std::erase_if(positions,
                  [&](const Position* position) { return FindVisible(context, position->login) == nullptr; });
    if (positions.size() > kBatchMax) return Retcode::kInvalidParameters;
    return positions;
  }
  const Result<std::vector<const Account*>> accounts = SelectAccounts(context, request);
  if (!accounts.ok()) return accounts.retcode();
  std::vector<uint64_t> logins;
  for (const Account* account : *accounts) logins.push_back(account->login);
  return context.engine.PositionsOf(logins, symbols);
}

PositionEdit ReadEdit(const Fields& fields) {
  PositionEdit edit;
  edit.price_open = fields.Number("PriceOpen");
  edit.stop_loss = fields.Number("PriceSL");
  edit.take_profit = fields.Number("PriceTP");
  edit.storage = fields.Number("Storage");
  edit.comment = fields.Text("Comment");
  edit.external_id = fields.Text("ExternalID");
  edit.expert_id = fields.Unsigned("ExpertID");
  // The extended volume is the one that is stored, so it wins over the plain one.
  if (const auto extended = fields.Signed("VolumeExt")) {
    edit.volume = Fixed::FromUnits(*extended);
  } else if (const auto plain = fields.Signed("Volume")) {
    edit.volume = Fixed::Saturated(static_cast<__int128>(*plain) * 10'000);
  }
  edit.modify_flag = kModifiedByApiManager;
  return edit;
}

}  // namespace

Reply PositionGet(CommandContext& context, const Request& request) {
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  const auto symbol = request.Text("SYMBOL");
  if (!symbol) return Retcode::kInvalidParameters;
  for (const auto& [ticket, position] : context.engine.state().positions.Of((*account)->login)) {
    if (position->symbol->name == *symbol) return OnePosition(context, *position);
  }
  return Retcode::kNotFound;
}

Reply PositionGetTotal(CommandContext& context, const Request& request) {
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  return Reply::WithParameter("TOTAL",
                              std::to_string(context.engine.state().positions.Count((*account)->login)));
}

Reply PositionGetPage(CommandContext& context, const Request& request) {
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  const Result<Page> page = RequestedPage(request);
  if (!page.ok()) return page.retcode();
  const auto& positions = context.engine.state().positions;
  return ManyPositions(context, positions.Page((*account)->login, page->offset, page->total));
}

Reply PositionGetBatch(CommandContext& context, const Request& request) {
  const Result<std::vector<const Position*>> positions = SelectPositions(context, request);
  if (!positions.ok()) return positions.retcode();
  return ManyPositions(context, *positions);
}

Reply PositionUpdate(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kEditTrades)) return Retcode::kNoPermission;
  const std::optional<Fields> fields = Fields::Parse(request.body);
  if (!fields) return Retcode::kInvalidParameters;
  const auto ticket = fields->Unsigned("Position");
  if (!ticket) return Retcode::kInvalidParameters;
  const Position* position = context.engine.state().positions.Find(*ticket);
  if (position == nullptr || FindVisible(context, position->login) == nullptr) return Retcode::kNotFound;
  const Result<const Position*> edited = context.engine.trades().Edit(*ticket, ReadEdit(*fields));
  if (!edited.ok()) return edited.retcode();
  return OnePosition(context, **edited);
}

}  // namespace mtsuite::mtsim
