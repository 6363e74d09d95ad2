#include "services/connector/mt5/commands/user_commands.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/mt5wire/command.h"
#include "common/mt5wire/json.h"
#include "common/mt5wire/json_writer.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "services/connector/mt5/commands/fields.h"
#include "services/connector/mt5/commands/rights.h"

namespace mtsuite::connector::mt5 {
namespace {

using mt5wire::CommandBuilder;
using mt5wire::JsonDocument;
using mt5wire::JsonView;

Request OfLogin(std::string_view command, int64_t login, bool mutation) {
  Request request;
  request.context = {command, mutation, login, {}, {}, false};
  request.text = CommandBuilder(command).Add("LOGIN", login).Finish();
  return request;
}

std::string_view PasswordKind(accounts::v1::PasswordType type) {
  return type == accounts::v1::INVESTOR ? "INVESTOR" : "MAIN";
}

Request OfPassword(std::string_view command, const PasswordChange& password, bool mutation) {
  Request request;
  request.context = {command, mutation, password.login, {}, {}, false};
  request.text = CommandBuilder(command)
                     .Add("LOGIN", password.login)
                     .Add("TYPE", PasswordKind(password.type))
                     .Add("PASSWORD", password.password)
                     .Finish();
  return request;
}

// Some servers fill the parts of the name only.
std::string FullName(const FieldReader& fields) {
  std::string name = fields.Text("Name");
  if (!name.empty()) return name;
  for (const std::string_view part : {"FirstName", "MiddleName", "LastName"}) {
    const std::string text = fields.Text(part);
    if (!text.empty()) absl::StrAppend(&name, name.empty() ? "" : " ", text);
  }
  return name;
}

void ReadContact(const FieldReader& fields, accounts::v1::Contact& contact) {
  contact.set_email(fields.Text("Email"));
  contact.set_phone(fields.Text("Phone"));
  contact.set_company(fields.Text("Company"));
  contact.set_country(fields.Text("Country"));
  contact.set_state(fields.Text("State"));
  contact.set_city(fields.Text("City"));
  // The manual's spelling differs from that of the shipping clients.
  contact.set_zip_code(fields.Has("ZipCode") ? fields.Text("ZipCode") : fields.Text("ZIPCode"));
  contact.set_address(fields.Text("Address"));
}

void ReadTimes(FieldReader& fields, const ServerTime& time, accounts::v1::Account& account) {
  const int64_t registration = fields.Integer("Registration");
  const int64_t last_access = fields.Integer("LastAccess");
  const int64_t last_change = fields.Integer("LastPassChange");
  if (registration > 0) *account.mutable_create_time() = ToTimestamp(time.ToUtc(registration));
  if (last_access > 0) *account.mutable_last_access_time() = ToTimestamp(time.ToUtc(last_access));
  if (last_change > 0) *account.mutable_last_password_change_time() = ToTimestamp(time.ToUtc(last_change));
}

absl::StatusOr<UserRecord> ReadUser(JsonView json, const ServerTime& time) {
  if (!json.IsObject()) return absl::InvalidArgumentError("the user record is no JSON object");
  FieldReader fields(json);
  UserRecord record;
  accounts::v1::Account& account = record.account;
  account.set_login(fields.Integer("Login"));
  if (account.login() <= 0) fields.Fail("the user record has no Login");
  account.set_group(fields.Text("Group"));
  account.set_leverage(fields.Small("Leverage", 0, 1'000'000));
  account.set_name(FullName(fields));
  ReadContact(fields, *account.mutable_contact());
  record.rights = fields.Unsigned("Rights");
  *account.mutable_rights() = RightsOfBits(record.rights);
  account.set_comment(fields.Text("Comment"));
  account.set_document_id(fields.Text("ID"));
  account.set_agent_login(fields.Integer("Agent"));
  account.set_lead_source(fields.Text("LeadSource"));
  account.set_lead_campaign(fields.Text("LeadCampaign"));
  account.set_status(fields.Text("Status"));
  ReadTimes(fields, time, account);
  record.phone_password = fields.Text("PhonePassword");
  record.balance = fields.Number("Balance");
  record.credit = fields.Number("Credit");
  RETURN_IF_ERROR(fields.status());
  return record;
}

}  // namespace

Request GetUser(int64_t login) { return OfLogin("USER_GET", login, false); }

Request GetUsers(const std::vector<int64_t>& logins) {
  Request request;
  request.context.command = "USER_GET_BATCH";
  request.text =
      CommandBuilder("USER_GET_BATCH").Add("LOGIN", std::string_view(absl::StrJoin(logins, ","))).Finish();
  return request;
}

Request ListLogins(std::string_view group_mask) {
  Request request;
  request.context.command = "USER_LOGINS";
  request.text = CommandBuilder("USER_LOGINS").Add("GROUP", group_mask).Finish();
  return request;
}

Request AddUser(const NewAccount& account, int32_t leverage, uint64_t rights) {
  const accounts::v1::Account& user = account.account;
  const accounts::v1::Contact& contact = user.contact();
  Request request;
  request.context = {"USER_ADD", true, user.login(), user.group(), {}, false};
  CommandBuilder line("USER_ADD");
  line.Add("LOGIN", user.login())
      .Add("PASS_MAIN", account.main_password)
      .Add("PASS_INVESTOR", account.investor_password)
      .Add("RIGHTS", rights)
      .Add("GROUP", user.group())
      .Add("NAME", user.name())
      .Add("COMPANY", contact.company())
      .Add("COUNTRY", contact.country())
      .Add("CITY", contact.city())
      .Add("STATE", contact.state())
      .Add("ZIPCODE", contact.zip_code())
      .Add("ADDRESS", contact.address())
      .Add("PHONE", contact.phone())
      .Add("EMAIL", contact.email())
      .Add("ID", user.document_id())
      .Add("STATUS", user.status())
      .Add("COMMENT", user.comment())
      .Add("PASS_PHONE", account.phone_password)
      .Add("LEVERAGE", leverage)
      .Add("AGENT", user.agent_login());
  request.text = line.Finish();
  // These two have no parameter.
  if (user.lead_source().empty() && user.lead_campaign().empty()) return request;
  mt5wire::JsonWriter json(request.text);
  json.BeginObject();
  if (!user.lead_source().empty()) json.Member("LeadSource", user.lead_source());
  if (!user.lead_campaign().empty()) json.Member("LeadCampaign", user.lead_campaign());
  json.EndObject();
  return request;
}

Request UpdateUser(int64_t login, std::string_view body) {
  Request request = OfLogin("USER_UPDATE", login, true);
  request.text += body;
  return request;
}

Request DeleteUser(int64_t login) { return OfLogin("USER_DELETE", login, true); }

Request CheckUserPassword(const PasswordChange& password) {
  return OfPassword("USER_PASS_CHECK", password, false);
}

Request ChangeUserPassword(const PasswordChange& password) {
  return OfPassword("USER_PASS_CHANGE", password, true);
}

absl::StatusOr<UserRecord> ParseUser(const Answer& answer, int64_t login, const ServerTime& time) {
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(answer.body));
  ASSIGN_OR_RETURN(UserRecord record, ReadUser(document.root(), time));
  if (record.account.login() != login) {
    return absl::InvalidArgumentError(
        absl::StrCat("the answer is about account ", record.account.login(), " instead of ", login));
  }
  return record;
}

absl::StatusOr<std::vector<UserRecord>> ParseUsers(const Answer& answer, const ServerTime& time,
                                                   int* unreadable) {
  std::vector<UserRecord> records;
  if (answer.body.empty()) return records;
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(answer.body));
  if (!document.root().IsArray()) return absl::InvalidArgumentError("the list of users is no JSON array");
  for (const JsonView user : document.root()) {
    absl::StatusOr<UserRecord> record = ReadUser(user, time);
    if (record.ok()) {
      records.push_back(*std::move(record));
    } else if (unreadable == nullptr) {
      return record.status();
    } else {
      ++*unreadable;
    }
  }
  return records;
}

absl::StatusOr<std::vector<int64_t>> ParseLogins(const Answer& answer) {
  std::vector<int64_t> logins;
  if (answer.body.empty()) return logins;
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(answer.body));
  if (!document.root().IsArray()) return absl::InvalidArgumentError("the list of logins is no JSON array");
  for (const JsonView login : document.root()) {
    ASSIGN_OR_RETURN(const std::optional<int64_t> number, login.Int64());
    if (number.value_or(0) <= 0) return absl::InvalidArgumentError("the list of logins has one that is none");
    logins.push_back(*number);
  }
  std::sort(logins.begin(), logins.end());
  logins.erase(std::unique(logins.begin(), logins.end()), logins.end());
  return logins;
}

accounts::v1::Account FinishAccount(UserRecord record, const accounts::v1::Group* group) {
  const int digits = group == nullptr ? 2 : group->currency_digits();
  if (group != nullptr) record.account.set_currency_code(group->currency_code());
  record.account.set_balance(AtLeastDigits(record.balance, digits));
  record.account.set_credit(AtLeastDigits(record.credit, digits));
  return std::move(record.account);
}

}  // namespace mtsuite::connector::mt5
