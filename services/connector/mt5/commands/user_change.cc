#include "services/connector/mt5/commands/user_change.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/mt5wire/json_writer.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "services/connector/mt5/commands/rights.h"

namespace mtsuite::connector::mt5 {
namespace {

using accounts::v1::Account;
using accounts::v1::Contact;
using accounts::v1::Rights;

struct TextField {
  std::string_view path;
  std::string_view member;
  const std::string& (*get)(const Account&);
};

template <const std::string& (Account::*getter)() const>
const std::string& OfAccount(const Account& account) {
  return (account.*getter)();
}
template <const std::string& (Contact::*getter)() const>
const std::string& OfContact(const Account& account) {
  return (account.contact().*getter)();
}

constexpr TextField kTextFields[] = {
    {"name", "Name", OfAccount<&Account::name>},
    {"comment", "Comment", OfAccount<&Account::comment>},
    {"document_id", "ID", OfAccount<&Account::document_id>},
    {"lead_source", "LeadSource", OfAccount<&Account::lead_source>},
    {"lead_campaign", "LeadCampaign", OfAccount<&Account::lead_campaign>},
    {"status", "Status", OfAccount<&Account::status>},
    {"contact.email", "Email", OfContact<&Contact::email>},
    {"contact.phone", "Phone", OfContact<&Contact::phone>},
    {"contact.company", "Company", OfContact<&Contact::company>},
    {"contact.country", "Country", OfContact<&Contact::country>},
    {"contact.state", "State", OfContact<&Contact::state>},
    {"contact.city", "City", OfContact<&Contact::city>},
    {"contact.zip_code", "ZipCode", OfContact<&Contact::zip_code>},
    {"contact.address", "Address", OfContact<&Contact::address>},
};

// The flags of accounts.v1.Rights; each copies itself when it is set.
struct Right {
  std::string_view path;
  bool (*copy)(const Rights& from, Rights& to);
};

template <bool (Rights::*has)() const, bool (Rights::*get)() const, void (Rights::*set)(bool)>
bool CopyRight(const Rights& from, Rights& to) {
  if (!(from.*has)()) return false;
  (to.*set)((from.*get)());
  return true;
}

constexpr Right kRights[] = {
    {"rights.enabled", CopyRight<&Rights::has_enabled, &Rights::enabled, &Rights::set_enabled>},
    {"rights.read_only", CopyRight<&Rights::has_read_only, &Rights::read_only, &Rights::set_read_only>},
    {"rights.password_change_allowed",
     CopyRight<&Rights::has_password_change_allowed, &Rights::password_change_allowed,
               &Rights::set_password_change_allowed>},
    {"rights.expert_advisors_allowed",
     CopyRight<&Rights::has_expert_advisors_allowed, &Rights::expert_advisors_allowed,
               &Rights::set_expert_advisors_allowed>},
    {"rights.trailing_stops_allowed",
     CopyRight<&Rights::has_trailing_stops_allowed, &Rights::trailing_stops_allowed,
               &Rights::set_trailing_stops_allowed>},
    {"rights.reports_enabled",
     CopyRight<&Rights::has_reports_enabled, &Rights::reports_enabled, &Rights::set_reports_enabled>},
};

constexpr std::string_view kServerFields[] = {
    "login",
    "currency_code",
    "balance",
    "credit",
    "create_time",
    "last_access_time",
    "last_password_change_time",
};

absl::Status BadPath(ErrorReason reason, std::string_view path, std::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason,
                   absl::StrCat("update_mask: '", AbslView(path), "' ", AbslView(message)))
      .With("path", path)
      .Field("update_mask", message)
      .Outcome(type::v1::REJECTED);
}

}  // namespace

absl::StatusOr<UserChange> UserChange::Of(const AccountChange& change) {
  UserChange result;
  result.account_ = change.account;
  for (const std::string& path : change.paths) RETURN_IF_ERROR(result.AddPath(path, change.account));
  if (result.size() == 0) {
    return BadPath(type::v1::UPDATE_MASK_INVALID, "", "must name at least one field that is set");
  }
  return result;
}

absl::Status UserChange::AddPath(std::string_view path, const Account& account) {
  if (path == "group") {
    group_ = true;
  } else if (path == "leverage") {
    leverage_ = true;
  } else if (path == "agent_login") {
    agent_ = true;
  } else if (path == "rights" || path.starts_with("rights.")) {
    if (!AddRights(path, account.rights())) {
      return BadPath(type::v1::UPDATE_MASK_INVALID, path, "is no right, or not set in the account");
    }
  } else if (std::find(std::begin(kServerFields), std::end(kServerFields), path) != std::end(kServerFields)) {
    return BadPath(type::v1::FIELD_NOT_MUTABLE, path, "is set by the trading server alone");
  } else if (!AddText(path, account)) {
    return BadPath(type::v1::UPDATE_MASK_INVALID, path, "is no field of an account");
  }
  return absl::OkStatus();
}

bool UserChange::AddRights(std::string_view path, const Rights& rights) {
  Rights named = rights_.value_or(Rights());
  bool found = false;
  for (const Right& right : kRights) {
    if (path == "rights" || path == right.path) found = right.copy(rights, named) || found;
  }
  if (found) rights_ = named;
  return found;
}

bool UserChange::AddText(std::string_view path, const Account& account) {
  bool found = false;
  for (const TextField& field : kTextFields) {
    if (path != field.path && !(path == "contact" && field.path.starts_with("contact."))) continue;
    found = true;
    const bool known = std::any_of(texts_.begin(), texts_.end(),
                                   [&field](const Text& text) { return text.member == field.member; });
    if (!known) texts_.push_back({field.member, field.get(account)});
  }
  return found;
}

std::string UserChange::Body(uint64_t current_rights) const {
  std::string body;
  mt5wire::JsonWriter json(body);
  json.BeginObject();
  if (group_) json.Member("Group", account_.group());
  if (leverage_) json.Member("Leverage", account_.leverage());
  if (agent_) json.Member("Agent", account_.agent_login());
  if (rights_) json.Member("Rights", ApplyRights(current_rights, *rights_));
  for (const Text& text : texts_) json.Member(text.member, text.value);
  json.EndObject();
  return body;
}

std::vector<std::string> UserChange::NotApplied(const UserRecord& after) const {
  std::vector<std::string> members;
  if (group_ && after.account.group() != account_.group()) members.push_back("group");
  if (leverage_ && after.account.leverage() != account_.leverage()) members.push_back("leverage");
  if (agent_ && after.account.agent_login() != account_.agent_login()) members.push_back("agent_login");
  if (rights_ && ApplyRights(after.rights, *rights_) != after.rights) members.push_back("rights");
  return members;
}

}  // namespace mtsuite::connector::mt5
