#include "services/connector/mt5/commands/tick_commands.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/mt5wire/command.h"
#include "common/mt5wire/json.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "services/connector/mt5/commands/fields.h"

namespace mtsuite::connector::mt5 {
namespace {

using mt5wire::CommandBuilder;
using mt5wire::JsonDocument;
using mt5wire::JsonView;

absl::StatusOr<TickRecord> ReadTick(JsonView json, const ServerTime& time) {
  if (!json.IsObject()) return absl::InvalidArgumentError("a tick is no JSON object");
  FieldReader fields(json);
  TickRecord tick;
  tick.symbol = fields.Text("Symbol");
  if (tick.symbol.empty()) fields.Fail("a tick has no symbol");
  tick.digits = fields.Small("Digits", 0, kMaxDigits);
  const int64_t millis = fields.Integer("DatetimeMsc");
  tick.time = millis > 0 ? time.ToUtcMillis(millis) : time.ToUtc(fields.Integer("Datetime"));
  tick.bid = fields.Number("Bid");
  tick.ask = fields.Number("Ask");
  tick.last = fields.Number("Last");
  // Old servers have whole lots only.
  tick.volume = fields.Has("VolumeReal") ? fields.Number("VolumeReal") : fields.Number("Volume");
  RETURN_IF_ERROR(fields.status());
  return tick;
}

}  // namespace

Request GetTicks(std::string_view symbols, uint64_t transaction) {
  Request request;
  request.context.command = "TICK_LAST";
  request.text = CommandBuilder("TICK_LAST").Add("SYMBOL", symbols).Add("TRANS_ID", transaction).Finish();
  return request;
}

Request GetTickOf(std::string_view symbol, std::string_view group) {
  Request request;
  request.context = {
      group.empty() ? "TICK_LAST" : "TICK_LAST_GROUP", false, 0, {}, std::string(symbol), false};
  CommandBuilder text(request.context.command);
  text.Add("SYMBOL", symbol);
  if (!group.empty()) text.Add("GROUP", group);
  request.text = text.Finish();
  return request;
}

absl::StatusOr<TickList> ParseTicks(const Answer& answer, const ServerTime& time, int* unreadable) {
  TickList list;
  const std::string_view transaction = answer.line.Get("TRANS_ID");
  if (!transaction.empty() && !absl::SimpleAtoi(AbslView(transaction), &list.transaction)) {
    return absl::InvalidArgumentError(absl::StrCat("TRANS_ID reads '", AbslView(transaction), "'"));
  }
  if (answer.body.empty()) return list;
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(answer.body));
  if (!document.root().IsArray()) return absl::InvalidArgumentError("the list of ticks is no JSON array");
  for (const JsonView json : document.root()) {
    absl::StatusOr<TickRecord> tick = ReadTick(json, time);
    if (tick.ok()) {
      list.ticks.push_back(*std::move(tick));
    } else if (unreadable == nullptr) {
      return tick.status();
    } else {
      ++*unreadable;
    }
  }
  return list;
}

}  // namespace mtsuite::connector::mt5
