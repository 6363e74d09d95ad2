#include "services/risk/calendar/zone.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/strings/view.h"

namespace mtsuite::risk {
namespace {

constexpr int kMaxOffsetMinutes = 14 * 60;

// One or two digits.
std::optional<int> Number(std::string_view text) {
  if (text.empty() || text.size() > 2) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// Minutes east of UTC of "UTC", "UTC+3" or "UTC-03:30".
std::optional<int> FixedOffset(std::string_view text) {
  if (!text.starts_with("UTC")) return std::nullopt;
  text.remove_prefix(3);
  if (text.empty()) return 0;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  const size_t colon = text.find(':');
  const std::optional<int> hours = Number(text.substr(0, colon));
  const std::optional<int> minutes =
      colon == std::string_view::npos ? std::optional(0) : Number(text.substr(colon + 1));
  if (!hours.has_value() || !minutes.has_value() || *minutes > 59) return std::nullopt;
  const int offset = *hours * 60 + *minutes;
  return offset <= kMaxOffsetMinutes ? std::optional(sign * offset) : std::nullopt;
}

}  // namespace

absl::StatusOr<absl::TimeZone> LoadZone(std::string_view name) {
  if (const std::optional<int> offset = FixedOffset(name)) return absl::FixedTimeZone(*offset * 60);
  absl::TimeZone zone;
  // Names that start with ':' or '/' are paths of files to the library, and an empty one is UTC.
  const bool plain = !name.empty() && name[0] != ':' && name[0] != '/' && name.find("..") == name.npos;
  if (plain && name != "localtime" && absl::LoadTimeZone(AbslView(name), &zone)) return zone;
  return absl::InvalidArgumentError(
      absl::StrCat("no time zone \"", AbslView(name),
                   "\": an IANA name such as Europe/Prague, or a fixed offset such as UTC+3"));
}

absl::StatusOr<int> ParseLocalTime(std::string_view text) {
  if (text.size() == 5 && text[2] == ':') {
    const std::optional<int> hours = Number(text.substr(0, 2));
    const std::optional<int> minutes = Number(text.substr(3));
    if (hours.has_value() && minutes.has_value() && *hours < 24 && *minutes < 60)
      return *hours * 60 + *minutes;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", AbslView(text), "\" is no local time: \"HH:MM\" from 00:00 to 23:59"));
}

absl::Time InstantOf(absl::CivilDay date, int minute, absl::TimeZone zone) {
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilMinute(date) + minute);
  return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

}  // namespace mtsuite::risk
