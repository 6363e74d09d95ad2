// Session, time, server, mail and news: TEST_*, TIME_*, COMMON_GET, SERVER_RESTART, MAIL_SEND, NEWS_SEND.
#include <string>
#include <utility>

#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/json_writer.h"

namespace mtsuite::mtsim {
namespace {

constexpr absl::Duration kHalfYear = absl::Hours(24 * 182);

// The zone's offset without daylight saving is the smaller one of two that lie half a year apart.
struct ZoneRules {
  int64_t standard_minutes;
  bool has_daylight_saving;
};

ZoneRules RulesOf(const ServerTime& server_time, absl::Time now) {
  const absl::Duration here = server_time.Offset(now);
  const absl::Duration there = server_time.Offset(now + kHalfYear);
  return {absl::ToInt64Minutes(std::min(here, there)), here != there};
}

Message MakeMessage(const CommandContext& context, const Request& request, Message::Kind kind) {
  Message message;
  message.kind = kind;
  message.time = context.engine.state().Now();
  message.sender = context.manager.login;
  message.subject = std::string(*request.Text("SUBJECT"));
  message.text = request.body;
  return message;
}

}  // namespace

Reply TestAccess(CommandContext&, const Request&) { return Retcode::kDone; }

Reply TimeServer(CommandContext& context, const Request&) {
  const State& state = context.engine.state();
  const int64_t milliseconds = state.server_time.ToServerMilliseconds(state.Now());
  return Reply::WithParameter(
      "TIME", std::to_string(milliseconds / 1000) + " " + std::to_string(milliseconds % 1000));
}

Reply TimeGet(CommandContext& context, const Request&) {
  const State& state = context.engine.state();
  const absl::Time now = state.Now();
  const ZoneRules rules = RulesOf(state.server_time, now);
  JsonWriter json;
  json.BeginObject();
  json.Member("Daylight", rules.has_daylight_saving ? 1 : 0);
  json.Member("DaylightState", state.server_time.IsDaylightSaving(now) ? 1 : 0);
  json.Member("TimeZone", rules.standard_minutes);
  json.Member("TimeServer", context.identity.name);
  json.Key("Days");
  json.BeginArray();
  for (int day = 0; day < 7; ++day) {
    json.BeginArray();
    for (int hour = 0; hour < 24; ++hour) json.Element(1);
    json.EndArray();
  }
  json.EndArray();
  json.EndObject();
  return Reply::WithBody(json.Finish());
}

Reply CommonGet(CommandContext& context, const Request&) {
  const State& state = context.engine.state();
  JsonWriter json;
  json.BeginObject();
  json.Member("Name", context.identity.name);
  json.Member("Owner", context.identity.owner);
  for (const char* name : {"OwnerID", "OwnerHost", "OwnerEmail"}) json.Member(name, "");
  json.Member("Product", "Trade Server (simulated)");
  for (const char* name :
       {"ExpirationLicense", "ExpirationSupport", "LimitTradeServers", "LimitWebServers"}) {
    json.Member(name, 0);
  }
  json.Member("LimitAccounts", state.options.accounts_max);
  json.Member("LimitDeals", state.options.deals_max);
  json.Member("LimitSymbols", SymbolBook::kSymbolsMax);
  json.Member("LimitGroups", GroupBook::kGroupsMax);
  json.Member("LiveUpdateMode", 0);
  json.Member("TotalUsers", state.accounts.size());
  json.Member("TotalUsersReal", state.accounts.size());
  json.Member("TotalDeals", state.deals.size());
  json.Member("TotalOrders", state.orders.size());
  json.Member("TotalOrdersHistory", state.order_history.size());
  json.Member("TotalPositions", state.positions.size());
  json.Member("AccountURL", "");
  json.Member("AccountUrl", "");
  json.Member("AccountAuto", 0);
  json.EndObject();
  return Reply::WithBody(json.Finish());
}

Reply ServerRestart(CommandContext& context, const Request&) {
  if (!context.manager.Has(kAdministrate)) return Retcode::kNoPermission;
  context.restart_requested = true;
  return Retcode::kDone;
}

Reply MailSend(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kSendMessages)) return Retcode::kNoPermission;
  const auto recipient = request.Text("TO");
  if (!recipient || !request.Text("SUBJECT")) return Retcode::kInvalidParameters;
  Message mail = MakeMessage(context, request, Message::Kind::kMail);
  mail.recipient = std::string(*recipient);
  context.bulletin.Add(std::move(mail));
  return Retcode::kDone;
}

Reply NewsSend(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kSendMessages)) return Retcode::kNoPermission;
  if (!request.Text("SUBJECT")) return Retcode::kInvalidParameters;
  Message news = MakeMessage(context, request, Message::Kind::kNews);
  news.recipient = std::string(request.Text("CATEGORY").value_or(""));
  context.bulletin.Add(std::move(news));
  return Retcode::kDone;
}

}  // namespace mtsuite::mtsim
