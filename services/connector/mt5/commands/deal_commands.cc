#include "services/connector/mt5/commands/deal_commands.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/mt5wire/command.h"
#include "common/mt5wire/json.h"
#include "common/status/macros.h"
#include "services/connector/mt5/commands/fields.h"
#include "services/connector/mt5/commands/trade_enums.h"

namespace mtsuite::connector::mt5 {
namespace {

using mt5wire::CommandBuilder;
using mt5wire::JsonDocument;
using mt5wire::JsonView;
using type::v1::Deal;

// What the platform's deal actions (mt5-webapi §9.3) are to callers, by their number.
constexpr Deal::Type kTypes[] = {
    Deal::BUY,
    Deal::SELL,
    Deal::BALANCE,
    Deal::CREDIT,
    Deal::CHARGE,
    Deal::CORRECTION,
    Deal::BONUS,
    Deal::COMMISSION,
    Deal::COMMISSION,
    Deal::COMMISSION,
    Deal::AGENT,
    Deal::AGENT,
    Deal::INTEREST,
    Deal::OTHER,
    Deal::OTHER,
    Deal::DIVIDEND,
    Deal::DIVIDEND,
    Deal::TAX,
    Deal::AGENT,
    Deal::STOP_OUT_COMPENSATION,
    Deal::STOP_OUT_COMPENSATION,
};

Deal::Type TypeOf(uint64_t action) { return action < std::size(kTypes) ? kTypes[action] : Deal::OTHER; }

// Of trades only: bookings carry entry 0, too.
Deal::Entry EntryOf(uint64_t entry) {
  switch (entry) {
    case 0:
      return Deal::IN;
    case 1:
      return Deal::OUT;
    case 2:
      return Deal::IN_OUT;
    case 3:
      return Deal::OUT_BY;
    default:
      return Deal::ENTRY_UNSPECIFIED;
  }
}

void ReadTrade(FieldReader& fields, Deal& deal) {
  deal.set_entry(EntryOf(fields.Unsigned("Entry")));
  deal.set_symbol(fields.Text("Symbol"));
  deal.set_volume(AtLeastDigits(Lots(fields, "Volume"), 2));
  deal.set_price(AtLeastDigits(fields.Number("Price"), fields.Small("Digits", 0, kMaxDigits)));
  deal.set_position_ticket(fields.Integer("PositionID"));
}

void ReadMoney(FieldReader& fields, Deal& deal) {
  const int digits = fields.Small("DigitsCurrency", 0, kMaxDigits);
  deal.set_profit(AtLeastDigits(fields.Number("Profit"), digits));
  deal.set_swap(AtLeastDigits(fields.Number("Storage"), digits));
  deal.set_commission(AtLeastDigits(fields.Number("Commission"), digits));
  deal.set_fee(AtLeastDigits(fields.Number("Fee"), digits));
}

absl::StatusOr<DealRecord> ReadDeal(JsonView json, const ServerTime& time) {
  if (!json.IsObject()) return absl::InvalidArgumentError("a deal is no JSON object");
  FieldReader fields(json);
  DealRecord record;
  Deal& deal = record.deal;
  deal.set_ticket(fields.Integer("Deal"));
  deal.set_login(fields.Integer("Login"));
  if (deal.ticket() <= 0 || deal.login() <= 0) fields.Fail("a deal has no number or no login");
  if (!fields.Has("Action")) fields.Fail(absl::StrCat("deal ", deal.ticket(), " has no Action"));
  const uint64_t action = fields.Unsigned("Action");
  deal.set_type(TypeOf(action));
  deal.set_origin(OriginOf(fields.Unsigned("Reason")));
  const int64_t millis = fields.Integer("TimeMsc");
  record.server_seconds = millis > 0 ? millis / 1000 : fields.Integer("Time");
  *deal.mutable_time() =
      ToTimestamp(millis > 0 ? time.ToUtcMillis(millis) : time.ToUtc(record.server_seconds));
  if (deal.type() == Deal::BUY || deal.type() == Deal::SELL) ReadTrade(fields, deal);
  ReadMoney(fields, deal);
  deal.set_order_ticket(fields.Integer("Order"));
  deal.set_comment(fields.Text("Comment"));
  RETURN_IF_ERROR(fields.status());
  return record;
}

}  // namespace

Request GetDealOf(int64_t login, int64_t ticket) {
  Request request;
  request.context = {"DEAL_GET", false, login, {}, {}, false};
  request.text = CommandBuilder("DEAL_GET").Add("TICKET", ticket).Finish();
  return request;
}

absl::StatusOr<Deal> ParseDeal(const Answer& answer, const ServerTime& time) {
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(answer.body));
  ASSIGN_OR_RETURN(DealRecord record, ReadDeal(document.root(), time));
  return std::move(record.deal);
}

Request GetDealPage(int64_t login, const ServerSpan& span, int64_t offset, int32_t count) {
  Request request;
  request.context = {"DEAL_GET_PAGE", false, login, {}, {}, false};
  request.text = CommandBuilder("DEAL_GET_PAGE")
                     .Add("LOGIN", login)
                     .Add("FROM", span.from)
                     .Add("TO", span.to)
                     .Add("OFFSET", offset)
                     .Add("TOTAL", count)
                     .Finish();
  return request;
}

Request GetDealBatch(std::string_view group_mask, const ServerSpan& span) {
  Request request;
  request.context.command = "DEAL_GET_BATCH";
  request.text = CommandBuilder("DEAL_GET_BATCH")
                     .Add("GROUP", group_mask)
                     .Add("FROM", span.from)
                     .Add("TO", span.to)
                     .Finish();
  return request;
}

Request GetDealBatch(const std::vector<int64_t>& tickets) {
  Request request;
  request.context.command = "DEAL_GET_BATCH";
  request.text = CommandBuilder("DEAL_GET_BATCH").Add("TICKET", absl::StrJoin(tickets, ",")).Finish();
  return request;
}

absl::StatusOr<std::vector<DealRecord>> ParseDeals(const Answer& answer, const ServerTime& time,
                                                   int* unreadable) {
  std::vector<DealRecord> records;
  if (answer.body.empty()) return records;
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(answer.body));
  if (!document.root().IsArray()) return absl::InvalidArgumentError("the list of deals is no JSON array");
  for (const JsonView deal : document.root()) {
    absl::StatusOr<DealRecord> record = ReadDeal(deal, time);
    if (record.ok()) {
      records.push_back(*std::move(record));
    } else if (unreadable == nullptr) {
      return record.status();
    } else {
      ++*unreadable;
    }
  }
  return records;
}

}  // namespace mtsuite::connector::mt5
