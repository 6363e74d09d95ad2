#include "services/connector/mt5/commands/config_commands.h"

#include <cstdlib>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/mt5wire/command.h"
#include "common/mt5wire/json.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "services/connector/mt5/commands/fields.h"

namespace mtsuite::connector::mt5 {
namespace {

using accounts::v1::Group;
using mt5wire::CommandBuilder;
using mt5wire::JsonDocument;

// Margin modes that keep one position per symbol: retail netting and exchange; hedging is 2.
constexpr uint64_t kMarginModeHedging = 2;
constexpr uint64_t kMarginModes = 3;

// Levels are percent in this mode, money in the other.
constexpr uint64_t kStopOutPercent = 0;

constexpr int kMinutesPerDay = 24 * 60;
constexpr int kSecondsPerDay = 24 * 3600;

Request Plain(std::string_view command) {
  Request request;
  request.context.command = command;
  request.text = CommandBuilder(command).Finish();
  return request;
}

Request AtIndex(std::string_view command, int64_t index) {
  Request request;
  request.context.command = command;
  request.text = CommandBuilder(command).Add("INDEX", index).Finish();
  return request;
}

}  // namespace

Request CountGroups() { return Plain("GROUP_TOTAL"); }

Request GetGroupAt(int64_t index) { return AtIndex("GROUP_NEXT", index); }

Request GetGroup(std::string_view name) {
  Request request;
  request.context = {"GROUP_GET", false, 0, std::string(name), {}, false};
  request.text = CommandBuilder("GROUP_GET").Add("GROUP", name).Finish();
  return request;
}

absl::StatusOr<Group> ParseGroup(const Answer& answer) {
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(answer.body));
  if (!document.root().IsObject()) return absl::InvalidArgumentError("the group is no JSON object");
  FieldReader fields(document.root());
  Group group;
  group.set_name(fields.Text("Group"));
  group.set_currency_code(fields.Text("Currency"));
  if (group.name().empty() || group.currency_code().empty())
    fields.Fail("a group has no name or no currency");
  group.set_currency_digits(fields.Small("CurrencyDigits", 0, kMaxDigits));
  group.set_default_leverage(fields.Small("DemoLeverage", 0, 1'000'000));
  if (fields.Unsigned("MarginSOMode") == kStopOutPercent) {
    group.set_margin_call_level(AtLeastDigits(fields.Number("MarginCall"), 2));
    group.set_stop_out_level(AtLeastDigits(fields.Number("MarginStopOut"), 2));
  }
  const uint64_t mode = fields.Unsigned("MarginMode");
  if (mode < kMarginModes) {
    group.set_position_mode(mode == kMarginModeHedging ? Group::HEDGING : Group::NETTING);
  }
  group.set_min_password_length(fields.Small("AuthPasswordMin", 0, 1'000));
  group.set_company(fields.Text("Company"));
  RETURN_IF_ERROR(fields.status());
  return group;
}

absl::StatusOr<int64_t> ParseCount(const Answer& answer) {
  int64_t count = 0;
  if (!absl::SimpleAtoi(AbslView(answer.line.Get("TOTAL")), &count) || count < 0 || count > 10'000'000) {
    return absl::InvalidArgumentError(
        absl::StrCat("the count reads '", AbslView(answer.line.Get("TOTAL")), "'"));
  }
  return count;
}

Request GetTimeConfig() { return Plain("TIME_GET"); }

absl::StatusOr<int> ParseTimeOffset(const Answer& answer) {
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(answer.body));
  if (!document.root().IsObject())
    return absl::InvalidArgumentError("the time configuration is no JSON object");
  FieldReader fields(document.root());
  int zone = fields.Small("TimeZone", -kSecondsPerDay, kSecondsPerDay);
  // The unit is minutes, but the platform's own examples show seconds; no zone is so far off in minutes.
  if (std::abs(zone) > kMinutesPerDay) zone /= 60;
  const bool daylight = fields.Integer("Daylight") != 0 && fields.Integer("DaylightState") != 0;
  RETURN_IF_ERROR(fields.status());
  return zone + (daylight ? 60 : 0);
}

}  // namespace mtsuite::connector::mt5
