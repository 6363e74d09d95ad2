#include "services/mtsim/engine/dump.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace mtsuite::mtsim {
namespace {

std::string Text(Fixed value) { return value.ToString(Fixed::kScale); }
int64_t Millis(absl::Time time) { return absl::ToUnixMillis(time); }
std::string Name(const SymbolRef& symbol) { return symbol == nullptr ? "-" : symbol->name; }

template <typename... Parts>
void Line(std::string& out, const Parts&... parts) {
  ((out += absl::StrCat(parts), out += ' '), ...);
  out.back() = '\n';
}

void DumpAccount(const Account& account, std::string& out) {
  const AccountDetails& details = account.details;
  Line(out, "account", account.login, account.group, account.rights, account.leverage, account.agent,
       account.client_id, Text(account.balance), Text(account.credit), Text(account.balance_prev_day),
       Text(account.equity_prev_day), Text(account.balance_prev_month), Text(account.equity_prev_month),
       Millis(account.registration), Millis(account.last_password_change), details.name, "|", details.company,
       "|", details.country, "|", details.city, "|", details.address, "|", details.phone, "|", details.email,
       "|", details.comment);
}

void DumpDeal(const Deal& deal, std::string& out) {
  Line(out, "deal", deal.deal, deal.login, deal.order, deal.position_id, Name(deal.symbol), Millis(deal.time),
       static_cast<int>(deal.action), static_cast<int>(deal.entry), static_cast<int>(deal.reason),
       Text(deal.price), Text(deal.price_position), Text(deal.volume), Text(deal.volume_closed),
       Text(deal.profit), Text(deal.profit_raw), Text(deal.storage), Text(deal.commission), Text(deal.fee),
       Text(deal.value), Text(deal.rate_profit), Text(deal.rate_margin), Text(deal.market_bid),
       Text(deal.market_ask), deal.comment);
}

void DumpOrder(const Order& order, std::string& out) {
  Line(out, "order", order.order, order.login, order.position_id, Name(order.symbol),
       static_cast<int>(order.type), static_cast<int>(order.state), Millis(order.time_setup),
       Millis(order.time_done), Text(order.price_order), Text(order.volume_initial),
       Text(order.volume_current), Text(order.price_trigger), Text(order.stop_loss), Text(order.take_profit),
       static_cast<int>(order.lifetime), Millis(order.time_expiration), static_cast<int>(order.reason),
       static_cast<int>(order.activation), order.comment);
}

void DumpPosition(const Position& position, std::string& out) {
  Line(out, "position", position.position, position.login, Name(position.symbol),
       static_cast<int>(position.side), Millis(position.time_create), Millis(position.time_update),
       Text(position.price_open), Text(position.volume), Text(position.storage), Text(position.rate_margin),
       Text(position.stop_loss), Text(position.take_profit), position.comment);
}

}  // namespace

std::string Dump(const State& state) {
  std::string out;
  Line(out, "next", state.next_deal, state.next_order, state.feed.trans_id());
  for (const SymbolRef& symbol : state.symbols.all()) {
    const Quote& quote = *state.feed.Last(symbol->id);
    const TickStatistics& day = *state.feed.Statistics(symbol->id);
    Line(out, "symbol", symbol->name, symbol->path, Millis(quote.time), Text(quote.bid), Text(quote.ask),
         quote.trans_id, Text(day.bid.low), Text(day.bid.high), Text(day.price_open), Text(day.price_close),
         day.ticks);
  }
  for (size_t i = 0; i < state.groups.size(); ++i) {
    const Group& group = *state.groups.At(i);
    Line(out, "group", group.name, group.currency, static_cast<int>(group.margin_mode),
         Text(group.margin_call), Text(group.stop_out));
  }
  state.accounts.ForEach([&](const Account& account) { DumpAccount(account, out); });
  for (const uint64_t login : state.positions.Logins()) {
    for (const auto& [ticket, position] : state.positions.Of(login)) DumpPosition(*position, out);
  }
  for (const uint64_t login : state.orders.Logins()) {
    for (const auto& [ticket, order] : state.orders.Of(login)) DumpOrder(*order, out);
  }
  for (const Deal& deal : state.deals.records()) DumpDeal(deal, out);
  for (const Order& order : state.order_history.records()) DumpOrder(order, out);
  return out;
}

}  // namespace mtsuite::mtsim
