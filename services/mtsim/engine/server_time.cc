#include "services/mtsim/engine/server_time.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/strings/view.h"

namespace mtsuite::mtsim {
namespace {

// "UTC+2", "UTC-03:30" or "UTC": seconds east.
bool ParseFixedOffset(std::string_view text, int& seconds) {
  if (!text.starts_with("UTC")) return false;
  text.remove_prefix(3);
  seconds = 0;
  if (text.empty()) return true;
  const int sign = text[0] == '-' ? -1 : 1;
  if (text[0] != '+' && text[0] != '-') return false;
  text.remove_prefix(1);
  const size_t colon = std::min(text.find(':'), text.size());
  int hours = 0;
  int minutes = 0;
  if (!absl::SimpleAtoi(AbslView(text.substr(0, colon)), &hours)) return false;
  if (colon < text.size() && !absl::SimpleAtoi(AbslView(text.substr(colon + 1)), &minutes)) return false;
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return false;
  seconds = sign * (hours * 3600 + minutes * 60);
  return true;
}

absl::CivilSecond CivilOf(int64_t seconds) { return absl::CivilSecond() + seconds; }

}  // namespace

absl::StatusOr<ServerTime> ServerTime::Load(std::string_view zone) {
  int seconds = 0;
  if (ParseFixedOffset(zone, seconds)) return ServerTime(absl::FixedTimeZone(seconds));
  absl::TimeZone loaded;
  if (!absl::LoadTimeZone(AbslView(zone), &loaded)) {
    return absl::InvalidArgumentError(
        absl::StrCat("no time zone '", AbslView(zone),
                     "': give an IANA name that this machine knows (Europe/Athens) "
                     "or a fixed offset (UTC+2)"));
  }
  return ServerTime(loaded);
}

int64_t ServerTime::ToServerSeconds(absl::Time time) const {
  return absl::ToUnixSeconds(time + Offset(time));
}

int64_t ServerTime::ToServerMilliseconds(absl::Time time) const {
  return absl::ToUnixMillis(time + Offset(time));
}

absl::Time ServerTime::FromServerSeconds(int64_t seconds) const {
  const absl::TimeZone::TimeInfo info = zone_.At(CivilOf(seconds));
  return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

TimeWindow ServerTime::Window(int64_t from, int64_t to) const {
  // In a skipped hour trans is right for both ends; in a repeated one pre is the first pass and post the
  // second.
  const absl::TimeZone::TimeInfo end = zone_.At(CivilOf(to));
  const absl::Time last = end.kind == absl::TimeZone::TimeInfo::SKIPPED ? end.trans - absl::Milliseconds(1)
                                                                        : end.post + absl::Milliseconds(999);
  return {FromServerSeconds(from), last};
}

absl::Duration ServerTime::Offset(absl::Time time) const { return absl::Seconds(zone_.At(time).offset); }

bool ServerTime::IsDaylightSaving(absl::Time time) const { return zone_.At(time).is_dst; }

ServerTime::WeekMinute ServerTime::WeekMinuteOf(absl::Time time) const {
  constexpr int64_t kWeek = 7 * 1440;
  // The count of seconds starts on a Thursday; taking the rest twice keeps times before it right.
  const int64_t shifted =
      absl::ToInt64Minutes(absl::Floor(time + Offset(time) - absl::UnixEpoch(), absl::Minutes(1)));
  const int64_t minute = ((shifted + 4 * 1440) % kWeek + kWeek) % kWeek;
  return {.weekday = static_cast<int>(minute / 1440), .minute = static_cast<int>(minute % 1440)};
}

absl::Time ServerTime::DayStart(absl::Time time) const {
  return absl::FromCivil(absl::ToCivilDay(time, zone_), zone_);
}

absl::Time ServerTime::NextDayStart(absl::Time time) const {
  return absl::FromCivil(absl::ToCivilDay(time, zone_) + 1, zone_);
}

absl::Time ServerTime::MonthStart(absl::Time time) const {
  return absl::FromCivil(absl::ToCivilMonth(time, zone_), zone_);
}

}  // namespace mtsuite::mtsim
