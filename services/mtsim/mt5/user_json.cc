#include "services/mtsim/mt5/user_json.h"

#include <array>
#include <utility>

#include "services/mtsim/mt5/fields.h"
#include "services/mtsim/mt5/json_time.h"

namespace mtsuite::mtsim {
namespace {

// A text of the user record: its parameter (empty for none), its member, and where it is kept.
struct TextField {
  std::string_view parameter;
  std::string_view member;
  std::optional<std::string> AccountUpdate::*update;
  // Hidden from managers without the right to see personal details.
  bool personal;
};

constexpr std::array<TextField, 22> kTextFields = {{
    {"NAME", "Name", &AccountUpdate::name, true},
    {"", "FirstName", &AccountUpdate::first_name, true},
    {"", "LastName", &AccountUpdate::last_name, true},
    {"", "MiddleName", &AccountUpdate::middle_name, true},
    {"COMPANY", "Company", &AccountUpdate::company, true},
    {"ACCOUNT", "Account", &AccountUpdate::bank_account, true},
    {"COUNTRY", "Country", &AccountUpdate::country, true},
    {"CITY", "City", &AccountUpdate::city, true},
    {"STATE", "State", &AccountUpdate::state, true},
    {"ZIPCODE", "ZIPCODE", &AccountUpdate::zip_code, true},
    {"", "ZipCode", &AccountUpdate::zip_code, true},
    {"ADDRESS", "Address", &AccountUpdate::address, true},
    {"PHONE", "Phone", &AccountUpdate::phone, true},
    {"EMAIL", "Email", &AccountUpdate::email, true},
    {"ID", "ID", &AccountUpdate::document_id, true},
    {"STATUS", "Status", &AccountUpdate::status, false},
    {"COMMENT", "Comment", &AccountUpdate::comment, false},
    {"PASS_PHONE", "PhonePassword", &AccountUpdate::phone_password, true},
    {"", "LeadCampaign", &AccountUpdate::lead_campaign, false},
    {"", "LeadSource", &AccountUpdate::lead_source, false},
    {"", "TradeAccounts", &AccountUpdate::trade_accounts, false},
    {"", "MQID", &AccountUpdate::metaquotes_id, false},
}};

template <typename T>
void ReadNumber(const Request& request, const Fields& fields,
                std::pair<std::string_view, std::string_view> names, std::optional<T>& target) {
  auto value = fields.Unsigned(names.second);
  if (!value && !names.first.empty()) value = request.Unsigned(names.first);
  if (value && std::in_range<T>(*value)) target = static_cast<T>(*value);
}

// The manual and the shipped clients spell the password members differently. Empty ones are not given:
// clients that send whole records back have them so.
std::optional<std::string> ReadPassword(const Request& request, const Fields& fields,
                                        std::string_view parameter, std::array<std::string_view, 2> members) {
  for (const std::string_view member : members) {
    if (auto text = fields.Text(member); text && !text->empty()) return text;
  }
  if (const auto text = request.Text(parameter)) return std::string(*text);
  return std::nullopt;
}

void WritePersonalAddress(const AccountDetails& details, JsonWriter& json) {
  json.Member("City", details.city);
  json.Member("State", details.state);
  json.Member("ZipCode", details.zip_code);
  json.Member("Address", details.address);
  json.Member("Phone", details.phone);
  json.Member("Email", details.email);
  json.Member("ID", details.document_id);
}

void WriteMoney(const Account& account, int digits, JsonWriter& json) {
  json.Member("Balance", account.balance, digits);
  json.Member("Credit", account.credit, digits);
  json.Member("InterestRate", account.interest_rate, digits);
  json.Member("CommissionDaily", account.commission_daily, digits);
  json.Member("CommissionMonthly", account.commission_monthly, digits);
  json.Member("CommissionAgentDaily", account.agent_commission_daily, digits);
  json.Member("CommissionAgentMonthly", account.agent_commission_monthly, digits);
  json.Member("BalancePrevDay", account.balance_prev_day, digits);
  json.Member("BalancePrevMonth", account.balance_prev_month, digits);
  json.Member("EquityPrevDay", account.equity_prev_day, digits);
  json.Member("EquityPrevMonth", account.equity_prev_month, digits);
}

}  // namespace

void WriteUser(const CommandContext& context, const Account& account, JsonWriter& json) {
  static const AccountDetails* const kHidden = new AccountDetails();
  const State& state = context.engine.state();
  const bool personal = context.manager.Has(kSeePersonalDetails);
  const AccountDetails& open = account.details;
  const AccountDetails& details = personal ? open : *kHidden;
  json.BeginObject();
  json.Member("Login", account.login);
  json.Member("Group", account.group);
  json.Member("CertSerialNumber", account.certificate_serial);
  json.Member("Rights", account.rights);
  json.Member("MQID", open.metaquotes_id);
  json.Member("Registration", ServerSeconds(state, account.registration));
  json.Member("LastAccess", ServerSeconds(state, account.last_access));
  json.Member("LastPassChange", ServerSeconds(state, account.last_password_change));
  json.Member("LastIP", personal ? account.last_ip : std::string());
  json.Member("Name", details.name);
  json.Member("FirstName", details.first_name);
  json.Member("LastName", details.last_name);
  json.Member("MiddleName", details.middle_name);
  json.Member("Company", details.company);
  json.Member("Account", details.bank_account);
  json.Member("Country", details.country);
  json.Member("Language", account.language);
  json.Member("ClientID", account.client_id);
  WritePersonalAddress(details, json);
  json.Member("Status", open.status);
  json.Member("Comment", open.comment);
  json.Member("Color", account.color);
  json.Member("PhonePassword", details.phone_password);
  json.Member("Leverage", account.leverage);
  json.Member("Agent", account.agent);
  WriteMoney(account, state.GroupOf(account).currency_digits, json);
  json.Member("TradeAccounts", open.trade_accounts);
  json.Member("LeadCampaign", open.lead_campaign);
  json.Member("LeadSource", open.lead_source);
  json.Member("LimitOrders", account.limit_orders);
  json.Member("LimitPositions", account.limit_positions);
  json.EmptyArray("ApiData");
  json.EndObject();
}

void WriteTradeState(const CommandContext& context, const TradeState& state, JsonWriter& json) {
  const int digits = state.currency_digits;
  json.BeginObject();
  json.Member("Login", state.login);
  json.Member("CurrencyDigits", digits);
  json.Member("Balance", state.balance, digits);
  json.Member("Credit", state.credit, digits);
  json.Member("Margin", state.margin, digits);
  json.Member("MarginFree", state.margin_free, digits);
  json.Member("MarginLevel", state.margin_level, 2);
  json.Member("MarginLeverage", state.leverage);
  json.Member("Profit", state.profit, digits);
  json.Member("Storage", state.storage, digits);
  json.Member("Commission", Fixed(), digits);
  json.Member("Floating", state.floating, digits);
  json.Member("Equity", state.equity, digits);
  json.Member("SOActivation", static_cast<int>(state.activation));
  json.Member("SOTime", ServerSeconds(context.engine.state(), state.activation_time));
  json.Member("SOLevel", state.activation_level, 2);
  json.Member("SOEquity", state.activation_equity, digits);
  json.Member("SOMargin", state.activation_margin, digits);
  json.Member("Assets", Fixed(), digits);
  json.Member("Liabilities", Fixed(), digits);
  json.Member("BlockedCommission", Fixed(), digits);
  json.Member("BlockedProfit", Fixed(), digits);
  json.Member("MarginInitial", Fixed(), digits);
  json.Member("MarginMaintenance", Fixed(), digits);
  json.EndObject();
}

std::optional<UserRequest> ReadUser(const Request& request) {
  const std::optional<Fields> fields = Fields::Parse(request.body);
  if (!fields) return std::nullopt;
  UserRequest user;
  AccountUpdate& update = user.update;
  std::optional<uint64_t> login;
  ReadNumber(request, *fields, {"LOGIN", "Login"}, login);
  user.login = login.value_or(0);
  for (const TextField& field : kTextFields) {
    if (auto text = fields->Text(field.member)) {
      update.*field.update = *std::move(text);
    } else if (const auto parameter = request.Text(field.parameter)) {
      update.*field.update = std::string(*parameter);
    }
  }
  update.group = fields->Text("Group");
  if (!update.group || update.group->empty()) update.group = request.Text("GROUP");
  ReadNumber(request, *fields, {"RIGHTS", "Rights"}, update.rights);
  ReadNumber(request, *fields, {"LEVERAGE", "Leverage"}, update.leverage);
  ReadNumber(request, *fields, {"LANGUAGE", "Language"}, update.language);
  ReadNumber(request, *fields, {"COLOR", "Color"}, update.color);
  ReadNumber(request, *fields, {"", "ClientID"}, update.client_id);
  ReadNumber(request, *fields, {"AGENT", "Agent"}, update.agent);
  ReadNumber(request, *fields, {"", "LimitOrders"}, update.limit_orders);
  ReadNumber(request, *fields, {"", "LimitPositions"}, update.limit_positions);
  user.main_password = ReadPassword(request, *fields, "PASS_MAIN", {"PassMain", "MainPassword"});
  user.investor_password =
      ReadPassword(request, *fields, "PASS_INVESTOR", {"PassInvestor", "InvestPassword"});
  return user;
}

void DropPersonalDetails(AccountUpdate& update) {
  for (const TextField& field : kTextFields) {
    if (field.personal) (update.*field.update).reset();
  }
}

}  // namespace mtsuite::mtsim
