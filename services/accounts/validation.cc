#include "services/accounts/validation.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/decimal/decimal.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "services/accounts/account_fields.h"

namespace mtsuite::accounts {
namespace {

using requests::Required;
using requests::ValidateText;

constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr int kMaxPasswordLength = 127;

std::string Join(std::string_view prefix, std::string_view name) {
  return prefix.empty() ? std::string(name) : absl::StrCat(AbslView(prefix), ".", AbslView(name));
}

absl::Status ValidateLeverage(int leverage, int min, std::string_view field) {
  if (leverage >= min && leverage <= kMaxLeverage) {
    return absl::OkStatus();
  }
  return MakeError(kInvalidArgument, type::v1::LEVERAGE_OUT_OF_RANGE,
                   absl::StrCat("leverage ", leverage, " is not in 1 to ", kMaxLeverage))
      .With("min", 1)
      .With("max", kMaxLeverage)
      .Field(field, absl::StrCat("1 to ", kMaxLeverage));
}

// Checks the value of one mutable leaf.
absl::Status ValidateLeaf(const v1::Account& account, const AccountField& leaf, std::string_view prefix,
                          int min_leverage) {
  const std::string field = Join(prefix, leaf.path);
  switch (leaf.kind) {
    case AccountField::Kind::kText: {
      const std::string& text = leaf.text(account);
      if (text.empty() && leaf.required) {
        return Required(field);
      }
      return ValidateText(text, field, leaf.max_length, type::v1::FIELD_TOO_LONG);
    }
    case AccountField::Kind::kLeverage:
      return ValidateLeverage(account.leverage(), min_leverage, field);
    case AccountField::Kind::kLogin:
      return account.agent_login() >= 0 ? absl::OkStatus() : InvalidField(field, "0 or a login");
    case AccountField::Kind::kRight:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status NotMutable(const std::string& path) {
  const bool is_money = path == "balance" || path == "credit";
  return MakeError(kInvalidArgument, type::v1::FIELD_NOT_MUTABLE,
                   absl::StrCat("account.", path, " cannot be changed by an update; ",
                                is_money ? "book money with CreateBalanceOperation" : "leave it out"))
      .Field(absl::StrCat("account.", path), is_money ? "changes by balance operations only" : "read only");
}

}  // namespace

absl::Status ValidateNewAccount(const v1::Account& account, std::string_view prefix) {
  if (account.login() < 0) {
    return InvalidField(Join(prefix, "login"), "0 for the next free one, or a login above 0");
  }
  for (const AccountField& leaf : MutableAccountFields()) {
    RETURN_IF_ERROR(ValidateLeaf(account, leaf, prefix, /*min_leverage=*/0));
  }
  return absl::OkStatus();
}

absl::Status ValidatePassword(std::string_view password, std::string_view field) {
  if (password.empty()) {
    return Required(field);
  }
  return ValidateText(password, field, kMaxPasswordLength, type::v1::FIELD_TOO_LONG);
}

absl::Status ValidatePasswordType(v1::PasswordType type) {
  switch (type) {
    case v1::MAIN:
    case v1::INVESTOR:
    case v1::PHONE:
      return absl::OkStatus();
    default:
      return InvalidField("type", "MAIN, INVESTOR or PHONE");
  }
}

absl::Status ValidateBalanceOperation(const v1::BalanceOperation& operation, std::string_view prefix) {
  if (operation.type() == v1::BalanceOperation::TYPE_UNSPECIFIED ||
      !v1::BalanceOperation::Type_IsValid(operation.type())) {
    return InvalidField(Join(prefix, "type"),
                        "DEPOSIT, WITHDRAWAL, CREDIT_IN, CREDIT_OUT, BONUS, CHARGE or CORRECTION");
  }
  const std::string field = Join(prefix, "amount");
  if (operation.amount().empty()) {
    return Required(field);
  }
  const absl::StatusOr<Decimal> amount = Decimal::Parse(operation.amount());
  if (!amount.ok()) {
    return InvalidField(field, StdView(amount.status().message()));
  }
  const bool is_correction = operation.type() == v1::BalanceOperation::CORRECTION;
  if (amount->IsZero() || (amount->sign() < 0 && !is_correction)) {
    const std::string_view allowed = is_correction ? "not zero" : "above zero; the type gives the sign";
    return MakeError(kInvalidArgument, type::v1::AMOUNT_NOT_POSITIVE,
                     absl::StrCat(field, " is ", operation.amount(), ", it must be ", AbslView(allowed)))
        .Field(field, allowed);
  }
  return ValidateText(operation.comment(), Join(prefix, "comment"), requests::kMaxCommentLength,
                      type::v1::COMMENT_TOO_LONG);
}

absl::StatusOr<std::vector<std::string>> ResolveUpdate(const v1::Account& account,
                                                       const google::protobuf::FieldMask& mask) {
  std::vector<std::string> leaves;
  absl::flat_hash_set<std::string> seen;
  for (const AccountField& leaf : MutableAccountFields()) {
    const bool named = std::any_of(mask.paths().begin(), mask.paths().end(),
                                   [&](const std::string& path) { return PathCovers(path, leaf.path); });
    if (named || (mask.paths().empty() && leaf.is_populated(account))) {
      RETURN_IF_ERROR(ValidateLeaf(account, leaf, "account", /*min_leverage=*/1));
      leaves.emplace_back(leaf.path);
    }
  }
  for (const std::string& path : mask.paths()) {
    if (IsOutputOnlyAccountField(path)) {
      return NotMutable(path);
    }
    const bool known = std::any_of(leaves.begin(), leaves.end(),
                                   [&](const std::string& leaf) { return PathCovers(path, leaf); });
    if (!known) {
      return MakeError(kInvalidArgument, type::v1::UPDATE_MASK_INVALID,
                       absl::StrCat("update_mask names \"", path, "\", which is no field of an account"))
          .Field("update_mask", "fields of Account such as leverage, group or contact.email");
    }
  }
  if (leaves.empty()) {
    return MakeError(kInvalidArgument, type::v1::UPDATE_MASK_INVALID, "the update changes no field")
        .Field("update_mask", "at least one field");
  }
  return leaves;
}

}  // namespace mtsuite::accounts
