#include "services/mtsim/control/convert.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/strings/view.h"

namespace mtsuite::mtsim {
namespace {

constexpr int64_t kSecondsMax = 315'576'000'000;  // protobuf's ten thousand years
constexpr int32_t kNanosMax = 999'999'999;

absl::Status Invalid(std::string_view field, std::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, type::v1::FIELD_INVALID,
                   StdView(absl::StrCat(AbslView(field), " ", AbslView(what))))
      .Field(field, what);
}

// Empty for no price.
std::string StopText(Fixed price, const Symbol& symbol) {
  return price.IsZero() ? std::string() : price.ToString(symbol.digits);
}

ErrorReason ReasonFor(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return type::v1::FIELD_INVALID;
    case absl::StatusCode::kResourceExhausted:
      return type::v1::TOO_MANY_OPERATIONS;
    default:
      return type::v1::TRADE_SERVER_REJECTED;
  }
}

}  // namespace

absl::StatusOr<absl::Duration> FromProto(const google::protobuf::Duration& duration, std::string_view field) {
  if (std::abs(duration.seconds()) > kSecondsMax || std::abs(duration.nanos()) > kNanosMax) {
    return Invalid(field, "is out of range");
  }
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

absl::StatusOr<absl::Time> FromProto(const google::protobuf::Timestamp& time, std::string_view field) {
  if (std::abs(time.seconds()) > kSecondsMax || time.nanos() < 0 || time.nanos() > kNanosMax) {
    return Invalid(field, "is out of range");
  }
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

google::protobuf::Duration ToProto(absl::Duration duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
  return proto;
}

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp proto;
  const int64_t seconds = absl::ToUnixSeconds(time);
  proto.set_seconds(seconds);
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return proto;
}

absl::StatusOr<Fixed> FixedFromProto(const std::string& text, std::string_view field) {
  const absl::StatusOr<Fixed> value = Fixed::Parse(text);
  if (!value.ok()) return Invalid(field, StdView(value.status().message()));
  return *value;
}

absl::StatusOr<Fault> FromProto(const sim::v1::Fault& proto) {
  Fault fault;
  fault.kind = static_cast<FaultKind>(proto.kind());
  fault.command = proto.command();
  if (proto.login() < 0) return Invalid("fault.login", "must not be negative");
  fault.login = static_cast<uint64_t>(proto.login());
  fault.probability_percent = proto.probability_percent();
  fault.count = proto.count();
  ASSIGN_OR_RETURN(fault.delay, FromProto(proto.delay(), "fault.delay"));
  fault.retcode = proto.retcode();
  fault.symbol = proto.symbol();
  fault.fill_percent = proto.fill_percent();
  return fault;
}

sim::v1::Fault ToProto(const Fault& fault) {
  sim::v1::Fault proto;
  proto.set_id(fault.id);
  proto.set_kind(static_cast<sim::v1::Fault::Kind>(fault.kind));
  proto.set_command(fault.command);
  proto.set_login(static_cast<int64_t>(fault.login));
  proto.set_probability_percent(fault.probability_percent);
  proto.set_count(fault.count);
  *proto.mutable_delay() = ToProto(fault.delay);
  proto.set_retcode(fault.retcode);
  proto.set_fired_count(fault.fired_count);
  proto.set_symbol(fault.symbol);
  proto.set_fill_percent(fault.fill_percent);
  return proto;
}

sim::v1::Position ToProto(const Position& position, const PositionState& state) {
  sim::v1::Position proto;
  proto.set_ticket(static_cast<int64_t>(position.position));
  proto.set_login(static_cast<int64_t>(position.login));
  proto.set_symbol(position.symbol->name);
  proto.set_side(position.side == Side::kBuy ? sim::v1::BUY : sim::v1::SELL);
  proto.set_volume(position.volume.ToDecimal().ToString());
  proto.set_open_price(position.price_open.ToString(position.symbol->digits));
  proto.set_profit(state.profit.ToString(position.currency_digits));
  proto.set_stop_loss(StopText(position.stop_loss, *position.symbol));
  proto.set_take_profit(StopText(position.take_profit, *position.symbol));
  proto.set_comment(position.comment);
  proto.set_swap(position.storage.ToString(position.currency_digits));
  return proto;
}

sim::v1::Order ToProto(const Order& order) {
  sim::v1::Order proto;
  proto.set_ticket(static_cast<int64_t>(order.order));
  proto.set_login(static_cast<int64_t>(order.login));
  proto.set_symbol(order.symbol->name);
  proto.set_type(static_cast<sim::v1::PendingType>(order.type));
  proto.set_volume(order.volume_current.ToDecimal().ToString());
  proto.set_price(order.price_order.ToString(order.symbol->digits));
  proto.set_limit_price(StopText(order.price_trigger, *order.symbol));
  proto.set_stop_loss(StopText(order.stop_loss, *order.symbol));
  proto.set_take_profit(StopText(order.take_profit, *order.symbol));
  proto.set_comment(order.comment);
  return proto;
}

sim::v1::Deal ToProto(const Deal& deal) {
  sim::v1::Deal proto;
  proto.set_ticket(static_cast<int64_t>(deal.deal));
  proto.set_login(static_cast<int64_t>(deal.login));
  proto.set_action(static_cast<int32_t>(deal.action));
  proto.set_profit(deal.profit.ToString(deal.currency_digits));
  proto.set_comment(deal.comment);
  *proto.mutable_time() = ToProto(deal.time);
  if (!deal.IsTrade()) return proto;
  proto.set_symbol(deal.symbol->name);
  proto.set_order_ticket(static_cast<int64_t>(deal.order));
  proto.set_position_ticket(static_cast<int64_t>(deal.position_id));
  proto.set_entry(static_cast<int32_t>(deal.entry));
  proto.set_reason(static_cast<int32_t>(deal.reason));
  proto.set_volume(deal.volume.ToDecimal().ToString());
  proto.set_price(deal.price.ToString(deal.symbol->digits));
  proto.set_swap(deal.storage.ToString(deal.currency_digits));
  proto.set_commission((deal.commission + deal.fee).ToString(deal.currency_digits));
  return proto;
}

absl::Status WithReason(const absl::Status& status) {
  if (status.ok() || GetErrorReason(status)) return status;
  return MakeError(status.code(), ReasonFor(status.code()), StdView(status.message()));
}

}  // namespace mtsuite::mtsim
