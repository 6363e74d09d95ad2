// Accounts: USER_* without passwords and money.
#include <utility>
#include <vector>

#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/json_writer.h"
#include "services/mtsim/mt5/selection.h"
#include "services/mtsim/mt5/user_json.h"

namespace mtsuite::mtsim {
namespace {

std::string UserBody(const CommandContext& context, const Account& account) {
  JsonWriter json;
  WriteUser(context, account, json);
  return json.Finish();
}

// USER_ADD starts from the defaults of a new account, not from an existing record.
NewAccount ToNewAccount(UserRequest user) {
  AccountUpdate& update = user.update;
  NewAccount account;
  account.login = user.login;
  account.group = update.group.value_or("");
  account.rights = update.rights.value_or(kDefaultUserRights);
  account.leverage = update.leverage.value_or(0);
  account.language = update.language.value_or(0);
  account.color = update.color.value_or(account.color);
  account.client_id = update.client_id.value_or(0);
  account.agent = update.agent.value_or(0);
  account.limit_orders = update.limit_orders.value_or(0);
  account.limit_positions = update.limit_positions.value_or(0);
  account.main_password = std::move(user.main_password).value_or("");
  account.investor_password = std::move(user.investor_password).value_or("");
  AccountDetails& details = account.details;
  details.name = std::move(update.name).value_or("");
  details.first_name = std::move(update.first_name).value_or("");
  details.last_name = std::move(update.last_name).value_or("");
  details.middle_name = std::move(update.middle_name).value_or("");
  details.company = std::move(update.company).value_or("");
  details.bank_account = std::move(update.bank_account).value_or("");
  details.country = std::move(update.country).value_or("");
  details.city = std::move(update.city).value_or("");
  details.state = std::move(update.state).value_or("");
  details.zip_code = std::move(update.zip_code).value_or("");
  details.address = std::move(update.address).value_or("");
  details.phone = std::move(update.phone).value_or("");
  details.email = std::move(update.email).value_or("");
  details.document_id = std::move(update.document_id).value_or("");
  details.status = std::move(update.status).value_or("");
  details.comment = std::move(update.comment).value_or("");
  details.phone_password = std::move(update.phone_password).value_or("");
  details.lead_campaign = std::move(update.lead_campaign).value_or("");
  details.lead_source = std::move(update.lead_source).value_or("");
  details.trade_accounts = std::move(update.trade_accounts).value_or("");
  details.metaquotes_id = std::move(update.metaquotes_id).value_or("");
  return account;
}

}  // namespace

Reply UserAdd(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kManageAccounts)) return Retcode::kNoPermission;
  std::optional<UserRequest> user = ReadUser(request);
  if (!user || !user->update.group) return Retcode::kInvalidParameters;
  if (!context.manager.Sees(*user->update.group)) return Retcode::kNoPermission;
  const Result<const Account*> account = context.engine.accounts().Add(ToNewAccount(*std::move(user)));
  if (!account.ok()) return account.retcode();
  Reply reply = Reply::WithBody(UserBody(context, **account));
  reply.parameters.emplace_back("LOGIN", std::to_string((*account)->login));
  return reply;
}

Reply UserUpdate(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kManageAccounts)) return Retcode::kNoPermission;
  std::optional<UserRequest> user = ReadUser(request);
  if (!user || user->login == 0) return Retcode::kInvalidParameters;
  if (FindVisible(context, user->login) == nullptr) return Retcode::kNotFound;
  if (user->update.group && !context.manager.Sees(*user->update.group)) return Retcode::kNoPermission;
  if (!context.manager.Has(kSeePersonalDetails)) DropPersonalDetails(user->update);
  const Result<const Account*> account = context.engine.accounts().Update(user->login, user->update);
  if (!account.ok()) return account.retcode();
  Reply reply = Reply::WithBody(UserBody(context, **account));
  reply.parameters.emplace_back("LOGIN", std::to_string(user->login));
  return reply;
}

Reply UserDelete(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kManageAccounts)) return Retcode::kNoPermission;
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  return context.engine.accounts().Delete((*account)->login);
}

Reply UserGet(CommandContext& context, const Request& request) {
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  return Reply::WithBody(UserBody(context, **account));
}

Reply UserGetBatch(CommandContext& context, const Request& request) {
  const Result<std::vector<const Account*>> accounts = SelectAccounts(context, request);
  if (!accounts.ok()) return accounts.retcode();
  JsonWriter json;
  json.BeginArray();
  for (const Account* account : *accounts) WriteUser(context, *account, json);
  json.EndArray();
  return Reply::WithBody(json.Finish());
}

Reply UserLogins(CommandContext& context, const Request& request) {
  if (!request.Text("GROUP")) return Retcode::kInvalidParameters;
  const Result<std::vector<const Account*>> accounts = SelectAccounts(context, request);
  if (!accounts.ok()) return accounts.retcode();
  JsonWriter json;
  json.BeginArray();
  for (const Account* account : *accounts) json.Element(account->login);
  json.EndArray();
  return Reply::WithBody(json.Finish());
}

Reply UserAccountGet(CommandContext& context, const Request& request) {
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  const Result<TradeState> state = context.engine.valuation().Account((*account)->login);
  if (!state.ok()) return state.retcode();
  JsonWriter json;
  WriteTradeState(context, *state, json);
  return Reply::WithBody(json.Finish());
}

Reply UserAccountGetBatch(CommandContext& context, const Request& request) {
  const Result<std::vector<const Account*>> accounts = SelectAccounts(context, request);
  if (!accounts.ok()) return accounts.retcode();
  JsonWriter json;
  json.BeginArray();
  for (const Account* account : *accounts) {
    const Result<TradeState> state = context.engine.valuation().Account(account->login);
    if (state.ok()) WriteTradeState(context, *state, json);
  }
  json.EndArray();
  return Reply::WithBody(json.Finish());
}

// Nothing moves accounts to the archive (that command's raw name is unknown), so it is always empty.
Reply UserArchiveGetBatch(CommandContext& context, const Request& request) {
  const Result<std::vector<const Account*>> accounts = SelectAccounts(context, request);
  if (!accounts.ok()) return accounts.retcode();
  return Reply::WithBody("[]\r\n");
}

}  // namespace mtsuite::mtsim
