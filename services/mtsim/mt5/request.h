// A command as it came in, and how its parameters are read.
#ifndef SERVICES_MTSIM_MT5_REQUEST_H_
#define SERVICES_MTSIM_MT5_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/mt5wire/command.h"
#include "services/mtsim/engine/fixed.h"

namespace mtsuite::mtsim {

// A whole number as clients write it: "100", also "100.0" or "1E+2". Nothing when it is none or out of range.
std::optional<uint64_t> ParseUnsigned(std::string_view text);
std::optional<int64_t> ParseSigned(std::string_view text);
// A decimal, rounded to eight fraction digits: clients that compute in floating point send more.
std::optional<Fixed> ParseFixed(std::string_view text);

// One decoded command.
struct Request {
  // Of its message; the answer carries the same.
  uint16_t serial = 0;
  mt5wire::CommandLine line;
  // What follows the command line, UTF-8: JSON, or the text of a mail.
  std::string body;

  // In upper case.
  std::string_view name() const { return line.name(); }

  // A parameter. Nothing when it is missing or empty, which the protocol does not tell apart; the numeric
  // ones also when it is not such a number.
  std::optional<std::string_view> Text(std::string_view parameter) const;
  std::optional<uint64_t> Unsigned(std::string_view parameter) const;
  std::optional<int64_t> Signed(std::string_view parameter) const;
  std::optional<Fixed> Number(std::string_view parameter) const;
};

// Splits a list at commas; blanks round the items are dropped, empty items left out.
std::vector<std::string> SplitList(std::string_view list);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_REQUEST_H_
