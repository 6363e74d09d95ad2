#include "services/orders/closed_positions.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock/proto_time.h"
#include "common/status/macros.h"

namespace mtsuite::orders {
namespace {

using type::v1::Deal;
using type::v1::Side;

constexpr int kAveragePlaces = 8;
constexpr int kVolumePlaces = 2;

absl::StatusOr<Decimal> Number(const std::string& text, const Deal& deal) {
  if (text.empty()) return Decimal();
  absl::StatusOr<Decimal> number = Decimal::ParseWire(text);
  if (number.ok()) return number;
  return absl::InternalError(absl::StrCat("deal ", deal.ticket(), " has the number \"", text, "\""));
}

int WrittenDigits(const std::string& text) {
  const size_t point = text.find('.');
  return point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

// The average price: with the digits of the prices where it needs no more, else with up to 8.
std::string Average(Decimal value, Decimal volume, int price_digits) {
  const absl::StatusOr<Decimal> average = Decimal::Divide(value, volume, kAveragePlaces, Rounding::kHalfEven);
  if (!average.ok()) return "";
  return average->ToString(std::max(price_digits, average->digits()));
}

bool IsTrade(const Deal& deal) { return deal.type() == Deal::BUY || deal.type() == Deal::SELL; }

Side SideOf(const Deal& deal) { return deal.type() == Deal::BUY ? type::v1::BUY : type::v1::SELL; }

Side Opposite(Side side) { return side == type::v1::BUY ? type::v1::SELL : type::v1::BUY; }

}  // namespace

absl::StatusOr<ClosedPositionBuilder::Amounts> ClosedPositionBuilder::Read(const Deal& deal) {
  Amounts amounts;
  ASSIGN_OR_RETURN(amounts.volume, Number(deal.volume(), deal));
  ASSIGN_OR_RETURN(amounts.price, Number(deal.price(), deal));
  ASSIGN_OR_RETURN(amounts.profit, Number(deal.profit(), deal));
  ASSIGN_OR_RETURN(amounts.swap, Number(deal.swap(), deal));
  ASSIGN_OR_RETURN(amounts.commission, Number(deal.commission(), deal));
  ASSIGN_OR_RETURN(amounts.fee, Number(deal.fee(), deal));
  amounts.price_digits = std::min(kAveragePlaces, WrittenDigits(deal.price()));
  return amounts;
}

absl::Status ClosedPositionBuilder::Add(const Deal& deal) {
  if (!IsTrade(deal)) return absl::OkStatus();
  ASSIGN_OR_RETURN(Amounts amounts, Read(deal));
  auto [found, is_new] = open_.try_emplace(deal.position_ticket());
  Open& open = found->second;
  if (is_new) {
    open.side = deal.entry() == Deal::IN ? SideOf(deal) : Opposite(SideOf(deal));
    open.symbol = deal.symbol();
  }
  ++open.deal_count;
  open.price_digits = std::max(open.price_digits, amounts.price_digits);
  if (deal.entry() == Deal::IN_OUT && !is_new && amounts.volume > open.open_volume) {
    Reverse(deal, amounts, open);
    return absl::OkStatus();
  }
  open.profit += amounts.profit;
  open.swap += amounts.swap;
  open.commission += amounts.commission;
  open.fee += amounts.fee;
  if (deal.entry() == Deal::IN) {
    Enter(deal, amounts, open);
    return absl::OkStatus();
  }
  Leave(amounts, open);
  if (open.open_volume.sign() <= 0) {
    const Open closed = std::move(open);
    open_.erase(found);
    Tell(deal, closed);
  }
  return absl::OkStatus();
}

void ClosedPositionBuilder::Enter(const Deal& deal, const Amounts& amounts, Open& open) {
  if (open.volume_in.IsZero()) {
    open.open_time = deal.time();
    open.open_origin = deal.origin();
  }
  open.open_volume += amounts.volume;
  open.volume_in += amounts.volume;
  open.value_in += amounts.price * amounts.volume;
}

void ClosedPositionBuilder::Leave(const Amounts& amounts, Open& open) {
  open.open_volume -= amounts.volume;
  open.volume_out += amounts.volume;
  open.value_out += amounts.price * amounts.volume;
}

void ClosedPositionBuilder::Reverse(const Deal& deal, const Amounts& amounts, Open& open) {
  const auto share = [&](Decimal whole) {
    const absl::StatusOr<Decimal> part = Decimal::Divide(whole * open.open_volume, amounts.volume,
                                                         options_.currency_digits, Rounding::kHalfEven);
    return part.ok() ? *part : whole;
  };
  const Decimal commission = share(amounts.commission);
  const Decimal fee = share(amounts.fee);
  Amounts closing = amounts;
  closing.volume = open.open_volume;
  Amounts opening = amounts;
  opening.volume = amounts.volume - open.open_volume;
  open.profit += amounts.profit;
  open.swap += amounts.swap;
  open.commission += commission;
  open.fee += fee;
  Leave(closing, open);
  const Open closed = std::exchange(open, Open());
  open.side = Opposite(closed.side);
  open.symbol = closed.symbol;
  open.commission = amounts.commission - commission;
  open.fee = amounts.fee - fee;
  open.price_digits = amounts.price_digits;
  open.deal_count = 1;
  Enter(deal, opening, open);
  Tell(deal, closed);
}

void ClosedPositionBuilder::Tell(const Deal& last, const Open& position) {
  const auto money = [this](Decimal amount) {
    return amount.ToString(std::max(options_.currency_digits, amount.digits()));
  };
  v1::ClosedPosition closed;
  closed.set_ticket(last.position_ticket());
  closed.set_login(options_.login);
  closed.set_symbol(position.symbol);
  closed.set_side(position.side);
  closed.set_volume(position.volume_out.ToString(std::max(kVolumePlaces, position.volume_out.digits())));
  if (!position.volume_in.IsZero()) {
    closed.set_open_price(Average(position.value_in, position.volume_in, position.price_digits));
    *closed.mutable_open_time() = position.open_time;
    *closed.mutable_holding_time() =
        ToProtoDuration(FromProtoTime(last.time()) - FromProtoTime(position.open_time));
    closed.set_open_origin(position.open_origin);
  }
  closed.set_close_price(Average(position.value_out, position.volume_out, position.price_digits));
  *closed.mutable_close_time() = last.time();
  closed.set_close_origin(last.origin());
  closed.set_currency_code(options_.currency_code);
  closed.set_profit(money(position.profit));
  closed.set_swap(money(position.swap));
  closed.set_commission(money(position.commission));
  closed.set_fee(money(position.fee));
  closed.set_net_profit(money(position.profit + position.swap + position.commission + position.fee));
  closed.set_deal_count(position.deal_count);
  on_closed_(std::move(closed));
}

}  // namespace mtsuite::orders
