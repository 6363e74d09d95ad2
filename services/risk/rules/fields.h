// Checks of single fields of rules. All errors are INVALID_ARGUMENT with the path of the field and what is
// allowed.
#ifndef SERVICES_RISK_RULES_FIELDS_H_
#define SERVICES_RISK_RULES_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/decimal/decimal.h"
#include "common/requests/checks.h"
#include "common/strings/view.h"
#include "google/protobuf/descriptor.h"
#include "services/risk/rules/compiled.h"

namespace mtsuite::risk {

// A field below another: "rule_set.rules[1]" and "id" give "rule_set.rules[1].id".
std::string Path(std::string_view parent, std::string_view field);
std::string Path(std::string_view parent, std::string_view field, int index);

// A name of 1 to `max_length` of a-z, 0-9, '-', '_' and '.'.
absl::Status CheckName(std::string_view name, std::string_view field, size_t max_length);

absl::Status CheckRange(int64_t value, std::string_view field, int64_t min, int64_t max);

// An amount of money above zero, and at most kMaxRuleAmount.
absl::StatusOr<Decimal> ParseAmount(std::string_view text, std::string_view field);
// Nothing for an empty text.
absl::StatusOr<std::optional<Decimal>> ParseOptionalAmount(std::string_view text, std::string_view field);

// A percentage above zero and at most `max` as a share: 0.05 for "5". At most 4 decimal places.
absl::StatusOr<Decimal> ParseShare(std::string_view text, std::string_view field, Decimal max);

// Refuses numbers that are no value of an enum, which messages may hold.
template <typename Enum>
absl::Status CheckEnum(Enum value, bool valid, std::string_view field) {
  if (valid) return absl::OkStatus();
  std::string allowed;
  const google::protobuf::EnumDescriptor* type = google::protobuf::GetEnumDescriptor<Enum>();
  for (int i = 1; i < type->value_count(); ++i) {
    absl::StrAppend(&allowed, allowed.empty() ? "" : ", ", type->value(i)->name());
  }
  return requests::InvalidField(field, absl::StrCat(static_cast<int>(value), " is none of ", allowed));
}

absl::StatusOr<std::vector<WarnLevel>> ParseWarnLevels(const v1::WarnLevels& levels, std::string_view field);

// The zone of that name, or `server_zone` for an empty one.
absl::StatusOr<absl::TimeZone> ParseZone(std::string_view name, std::string_view field,
                                         absl::TimeZone server_zone);

// Minutes since midnight.
absl::StatusOr<int> ParseMinute(std::string_view text, std::string_view field);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_RULES_FIELDS_H_
