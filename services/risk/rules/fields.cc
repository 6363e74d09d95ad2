#include "services/risk/rules/fields.h"

#include <algorithm>

#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/risk/calendar/zone.h"
#include "services/risk/rules/compile.h"

namespace mtsuite::risk {
namespace {

using requests::InvalidField;
using requests::ParseDecimal;

constexpr int kPercentPlaces = 4;
constexpr int kDefaultHysteresis = 5;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

Decimal Share(int percent) { return Decimal::FromScaled(percent, 2); }

}  // namespace

std::string Path(std::string_view parent, std::string_view field) {
  return absl::StrCat(AbslView(parent), ".", AbslView(field));
}

std::string Path(std::string_view parent, std::string_view field, int index) {
  return absl::StrCat(AbslView(parent), ".", AbslView(field), "[", index, "]");
}

absl::Status CheckName(std::string_view name, std::string_view field, size_t max_length) {
  if (name.empty()) return requests::Required(field);
  if (name.size() <= max_length && std::all_of(name.begin(), name.end(), IsNameCharacter)) {
    return absl::OkStatus();
  }
  return InvalidField(field, absl::StrCat("1 to ", max_length, " of a-z, 0-9, '-', '_' and '.'"));
}

absl::Status CheckRange(int64_t value, std::string_view field, int64_t min, int64_t max) {
  if (value >= min && value <= max) return absl::OkStatus();
  return InvalidField(field, absl::StrCat(min, " to ", max, ", not ", value));
}

absl::StatusOr<Decimal> ParseAmount(std::string_view text, std::string_view field) {
  ASSIGN_OR_RETURN(const Decimal amount, ParseDecimal(text, field));
  if (amount.sign() > 0 && amount <= Decimal::FromInteger(kMaxRuleAmount)) return amount;
  return InvalidField(field,
                      absl::StrCat("above 0 and at most ", kMaxRuleAmount, ", not ", amount.ToString()));
}

absl::StatusOr<std::optional<Decimal>> ParseOptionalAmount(std::string_view text, std::string_view field) {
  if (text.empty()) return std::optional<Decimal>();
  ASSIGN_OR_RETURN(const Decimal amount, ParseAmount(text, field));
  return std::optional(amount);
}

absl::StatusOr<Decimal> ParseShare(std::string_view text, std::string_view field, Decimal max) {
  ASSIGN_OR_RETURN(const Decimal percent, ParseDecimal(text, field));
  if (percent.sign() <= 0 || percent > max) {
    return InvalidField(field, absl::StrCat("a percentage above 0 and at most ", max.ToString(), ", not ",
                                            percent.ToString()));
  }
  if (percent.digits() > kPercentPlaces) {
    return InvalidField(field, absl::StrCat("at most ", kPercentPlaces, " decimal places, ",
                                            percent.ToString(), " has ", percent.digits()));
  }
  return percent * Decimal::FromScaled(1, 2);
}

absl::StatusOr<std::vector<WarnLevel>> ParseWarnLevels(const v1::WarnLevels& levels, std::string_view field) {
  const std::string percents = Path(field, "percents");
  if (levels.percents().empty()) return requests::Required(percents);
  if (levels.percents_size() > kMaxWarnLevels) {
    return InvalidField(percents,
                        absl::StrCat("at most ", kMaxWarnLevels, " levels, not ", levels.percents_size()));
  }
  int last = 0;
  for (int i = 0; i < levels.percents_size(); ++i) {
    const std::string path = Path(field, "percents", i);
    RETURN_IF_ERROR(CheckRange(levels.percents(i), path, 1, 99));
    if (levels.percents(i) <= last)
      return InvalidField(path, absl::StrCat("above ", last, ", the one before"));
    last = levels.percents(i);
  }
  const int lowest = levels.percents(0);
  int hysteresis = levels.hysteresis_percent();
  if (hysteresis < 0 || hysteresis >= lowest) {
    return InvalidField(Path(field, "hysteresis_percent"),
                        absl::StrCat("above 0 and below the lowest level, ", lowest));
  }
  if (hysteresis == 0) hysteresis = std::min(kDefaultHysteresis, lowest - 1);
  std::vector<WarnLevel> parsed;
  for (const int percent : levels.percents()) {
    parsed.push_back({.percent = percent, .raise = Share(percent), .clear = Share(percent - hysteresis)});
  }
  return parsed;
}

absl::StatusOr<absl::TimeZone> ParseZone(std::string_view name, std::string_view field,
                                         absl::TimeZone server_zone) {
  if (name.empty()) return server_zone;
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(name);
  if (zone.ok()) return zone;
  return InvalidField(field, StdView(zone.status().message()));
}

absl::StatusOr<int> ParseMinute(std::string_view text, std::string_view field) {
  if (text.empty()) return requests::Required(field);
  const absl::StatusOr<int> minute = ParseLocalTime(text);
  if (minute.ok()) return minute;
  return InvalidField(field, StdView(minute.status().message()));
}

}  // namespace mtsuite::risk
