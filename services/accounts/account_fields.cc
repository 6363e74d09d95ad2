#include "services/accounts/account_fields.h"

#include <algorithm>
#include <array>

namespace mtsuite::accounts {
namespace {

using Kind = AccountField::Kind;
using v1::Account;

// Reads a text field of the account itself or of its contact data.
template <auto Get>
const std::string& Text(const Account& account) {
  return (account.*Get)();
}
template <auto Get>
const std::string& ContactText(const Account& account) {
  return (account.contact().*Get)();
}

template <auto Get>
constexpr AccountField TextField(std::string_view path, int max_length, bool required = false) {
  return {path,     Kind::kText, max_length,
          required, &Text<Get>,  [](const Account& account) { return !Text<Get>(account).empty(); }};
}
template <auto Get>
constexpr AccountField ContactField(std::string_view path, int max_length) {
  return {
      path,  Kind::kText,       max_length,
      false, &ContactText<Get>, [](const Account& account) { return !ContactText<Get>(account).empty(); }};
}
template <auto Has>
constexpr AccountField RightField(std::string_view path) {
  return {path,  Kind::kRight, 0,
          false, nullptr,      [](const Account& account) { return (account.rights().*Has)(); }};
}

constexpr std::array kFields = {
    TextField<&Account::group>("group", 63, /*required=*/true),
    AccountField{"leverage", Kind::kLeverage, 0, false, nullptr,
                 [](const Account& account) { return account.leverage() != 0; }},
    TextField<&Account::name>("name", 127, /*required=*/true),
    ContactField<&v1::Contact::email>("contact.email", 63),
    ContactField<&v1::Contact::phone>("contact.phone", 31),
    ContactField<&v1::Contact::company>("contact.company", 63),
    ContactField<&v1::Contact::country>("contact.country", 31),
    ContactField<&v1::Contact::state>("contact.state", 31),
    ContactField<&v1::Contact::city>("contact.city", 31),
    ContactField<&v1::Contact::zip_code>("contact.zip_code", 15),
    ContactField<&v1::Contact::address>("contact.address", 127),
    RightField<&v1::Rights::has_enabled>("rights.enabled"),
    RightField<&v1::Rights::has_read_only>("rights.read_only"),
    RightField<&v1::Rights::has_password_change_allowed>("rights.password_change_allowed"),
    RightField<&v1::Rights::has_expert_advisors_allowed>("rights.expert_advisors_allowed"),
    RightField<&v1::Rights::has_trailing_stops_allowed>("rights.trailing_stops_allowed"),
    RightField<&v1::Rights::has_reports_enabled>("rights.reports_enabled"),
    TextField<&Account::comment>("comment", 63),
    TextField<&Account::document_id>("document_id", 31),
    AccountField{"agent_login", Kind::kLogin, 0, false, nullptr,
                 [](const Account& account) { return account.agent_login() != 0; }},
    TextField<&Account::lead_source>("lead_source", 31),
    TextField<&Account::lead_campaign>("lead_campaign", 31),
    TextField<&Account::status>("status", 15),
};

constexpr std::array<std::string_view, 7> kOutputOnly = {"login",
                                                         "currency_code",
                                                         "balance",
                                                         "credit",
                                                         "create_time",
                                                         "last_access_time",
                                                         "last_password_change_time"};

}  // namespace

absl::Span<const AccountField> MutableAccountFields() { return kFields; }

bool IsOutputOnlyAccountField(std::string_view path) {
  return std::find(kOutputOnly.begin(), kOutputOnly.end(), path) != kOutputOnly.end();
}

bool PathCovers(std::string_view mask_path, std::string_view leaf) {
  return mask_path == "*" || mask_path == leaf ||
         (leaf.size() > mask_path.size() && leaf.substr(0, mask_path.size()) == mask_path &&
          leaf[mask_path.size()] == '.');
}

}  // namespace mtsuite::accounts
