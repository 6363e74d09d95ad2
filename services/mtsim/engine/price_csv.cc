#include "services/mtsim/engine/price_csv.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/decimal/decimal.h"
#include "common/status/macros.h"
#include "common/strings/view.h"

namespace mtsuite::mtsim {
namespace {

std::string_view Trim(std::string_view text) {
  text = StdView(absl::StripAsciiWhitespace(AbslView(text)));
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return StdView(absl::StripAsciiWhitespace(AbslView(text)));
}

std::vector<std::string_view> Split(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  while (true) {
    const size_t end = std::min(line.find(separator), line.size());
    fields.push_back(Trim(line.substr(0, end)));
    if (end == line.size()) return fields;
    line.remove_prefix(end + 1);
  }
}

// The separator that a header uses; files of one column have none and fail later.
char SeparatorOf(std::string_view header) {
  for (const char candidate : {';', '\t', ','}) {
    if (header.find(candidate) != std::string_view::npos) return candidate;
  }
  return ',';
}

// Takes `digits` digits from the front of `text`.
bool TakeNumber(std::string_view& text, size_t digits, int& value) {
  if (text.size() < digits) return false;
  value = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (!absl::ascii_isdigit(text[i])) return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool TakeAny(std::string_view& text, std::string_view characters) {
  if (text.empty() || characters.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

bool ParseClock(std::string_view& text, absl::CivilSecond day, absl::Time& time) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
  if (!TakeNumber(text, 2, hour) || !TakeAny(text, ":") || !TakeNumber(text, 2, minute)) return false;
  if (TakeAny(text, ":") && !TakeNumber(text, 2, second)) return false;
  if (TakeAny(text, ".") && !TakeNumber(text, 3, millisecond)) return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  time = absl::FromCivil(day + hour * 3600 + minute * 60 + second, absl::UTCTimeZone()) +
         absl::Milliseconds(millisecond);
  return true;
}

bool ParseTime(std::string_view text, absl::Time& time) {
  int64_t count = 0;
  if (absl::SimpleAtoi(AbslView(text), &count)) {
    if (count <= 0) return false;
    // Seconds reach this in the year 5138, milliseconds reached it in 1973.
    time = count < 100'000'000'000 ? absl::FromUnixSeconds(count) : absl::FromUnixMillis(count);
    return true;
  }
  int year = 0;
  int month = 0;
  int day = 0;
  if (!TakeNumber(text, 4, year) || !TakeAny(text, "-./") || !TakeNumber(text, 2, month) ||
      !TakeAny(text, "-./") || !TakeNumber(text, 2, day)) {
    return false;
  }
  const absl::CivilDay date(year, month, day);
  // Abseil normalises 31 February; here it is a mistake.
  if (date.month() != month || date.day() != day) return false;
  time = absl::FromCivil(date, absl::UTCTimeZone());
  if (TakeAny(text, " T") && !ParseClock(text, absl::CivilSecond(date), time)) return false;
  TakeAny(text, "Z");
  return text.empty();
}

}  // namespace

absl::Status PriceCsvParser::Error(std::string_view message) const {
  return absl::InvalidArgumentError(absl::StrCat("line ", line_number_, ": ", AbslView(message)));
}

absl::StatusOr<std::optional<PriceRow>> PriceCsvParser::ParseLine(std::string_view line) {
  ++line_number_;
  if (line.size() > kLineLengthMax) return Error(absl::StrCat("longer than ", kLineLengthMax, " bytes"));
  if (line_number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  const absl::string_view stripped = absl::StripAsciiWhitespace(AbslView(line));
  if (stripped.empty() || stripped.front() == '#') return std::optional<PriceRow>();
  if (!columns_.has_value()) {
    separator_ = SeparatorOf(line);
    RETURN_IF_ERROR(ParseHeader(Split(line, separator_)));
    return std::optional<PriceRow>();
  }
  ASSIGN_OR_RETURN(PriceRow row, ParseRow(Split(line, separator_)));
  if (row.time < previous_)
    return Error("the time is before that of the previous row; sort the file by time");
  previous_ = row.time;
  return std::optional<PriceRow>(std::move(row));
}

absl::Status PriceCsvParser::ParseHeader(const std::vector<std::string_view>& fields) {
  Columns columns;
  for (int i = 0; i < static_cast<int>(fields.size()); ++i) {
    const std::string name = absl::AsciiStrToLower(AbslView(fields[i]));
    if (name.empty() || name == "time" || name == "date" || name == "datetime" || name == "timestamp")
      columns.time = i;
    if (name == "bid") columns.bid = i;
    if (name == "ask") columns.ask = i;
    if (name == "open") columns.open = i;
    if (name == "high") columns.high = i;
    if (name == "low") columns.low = i;
    if (name == "close") columns.close = i;
  }
  const bool quotes = columns.bid >= 0 && columns.ask >= 0;
  const bool bars = columns.open >= 0 && columns.high >= 0 && columns.low >= 0 && columns.close >= 0;
  if (columns.time < 0 || (!quotes && !bars)) {
    return Error(
        "the first line must name the columns: time and bid, ask, or time and open, high, low, close");
  }
  columns_ = columns;
  return absl::OkStatus();
}

absl::StatusOr<PriceRow> PriceCsvParser::ParseRow(const std::vector<std::string_view>& fields) const {
  const Columns& columns = *columns_;
  PriceRow row;
  if (columns.time >= static_cast<int>(fields.size())) return Error("the time is missing");
  if (!ParseTime(fields[columns.time], row.time)) {
    return Error(absl::StrCat("'", AbslView(fields[columns.time]),
                              "' is not a time; write 2017-04-19 09:00:00 or seconds since 1970"));
  }
  if (columns.bid >= 0 && columns.ask >= 0) {
    ASSIGN_OR_RETURN(row.open, PriceAt(fields, columns.bid));
    ASSIGN_OR_RETURN(row.ask, PriceAt(fields, columns.ask));
    if (*row.ask < row.open) return Error("the ask is below the bid");
    row.high = row.low = row.close = row.open;
    return row;
  }
  ASSIGN_OR_RETURN(row.open, PriceAt(fields, columns.open));
  ASSIGN_OR_RETURN(row.high, PriceAt(fields, columns.high));
  ASSIGN_OR_RETURN(row.low, PriceAt(fields, columns.low));
  ASSIGN_OR_RETURN(row.close, PriceAt(fields, columns.close));
  if (row.low > std::min(row.open, row.close) || row.high < std::max(row.open, row.close)) {
    return Error("open and close must lie between low and high");
  }
  return row;
}

absl::StatusOr<Fixed> PriceCsvParser::PriceAt(const std::vector<std::string_view>& fields, int column) const {
  if (column >= static_cast<int>(fields.size())) {
    return Error(absl::StrCat("has ", fields.size(), " fields, a price is in field ", column + 1));
  }
  const auto value = Decimal::ParseWire(fields[column]);
  if (!value.ok()) return Error(absl::StrCat("'", AbslView(fields[column]), "' is not a price"));
  const auto price = Fixed::FromDecimal(value->Rescale(Fixed::kScale, Rounding::kHalfUp));
  if (!price.ok() || !price->IsPositive()) {
    return Error(absl::StrCat("the price '", AbslView(fields[column]), "' is out of range"));
  }
  return *price;
}

}  // namespace mtsuite::mtsim
