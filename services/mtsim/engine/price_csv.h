#ifndef SERVICES_MTSIM_ENGINE_PRICE_CSV_H_
#define SERVICES_MTSIM_ENGINE_PRICE_CSV_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/mtsim/engine/fixed.h"

namespace mtsuite::mtsim {

// One row of a price file: a quote, or a bar of bid prices.
struct PriceRow {
  absl::Time time;
  // A quote has bid and ask; a bar has the four below and no ask.
  std::optional<Fixed> ask;
  // The bid, or the opening price of a bar.
  Fixed open;
  Fixed high;
  Fixed low;
  Fixed close;

  bool IsBar() const { return !ask.has_value(); }
};

// Reads price files line by line, as many programs write them. The first line that has text names the
// columns, in any order and case: `time` (or date, datetime, timestamp, or an empty name) and either `bid`
// and `ask`, or `open`, `high`, `low` and `close`; others are ignored. Comma, semicolon and tab separate;
// quotes round a field, blanks, a byte-order mark, CR LF, empty lines and lines that start with `#` are
// tolerated. Times are UTC: `2017-04-19 09:00[:00[.000]]` with blank or `T`, `-` or `.` in the date, an
// optional `Z`, or seconds or milliseconds since 1970; they must not decrease. Errors are INVALID_ARGUMENT
// and begin with the line number.
class PriceCsvParser {
 public:
  static constexpr size_t kLineLengthMax = 4096;

  // Takes the next line without its line feed. Nothing for lines without data.
  absl::StatusOr<std::optional<PriceRow>> ParseLine(std::string_view line);

  int64_t line_number() const { return line_number_; }

 private:
  struct Columns {
    int time = -1, bid = -1, ask = -1, open = -1, high = -1, low = -1, close = -1;
  };

  absl::Status ParseHeader(const std::vector<std::string_view>& fields);
  absl::StatusOr<PriceRow> ParseRow(const std::vector<std::string_view>& fields) const;
  absl::StatusOr<Fixed> PriceAt(const std::vector<std::string_view>& fields, int column) const;
  absl::Status Error(std::string_view message) const;

  int64_t line_number_ = 0;
  char separator_ = ',';
  std::optional<Columns> columns_;
  absl::Time previous_ = absl::InfinitePast();
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_PRICE_CSV_H_
