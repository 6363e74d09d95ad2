#include "services/connector/service/trade_checks.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "google/protobuf/util/field_mask_util.h"
#include "services/connector/commands/order_checks.h"
#include "services/connector/service/request_checks.h"
#include "services/connector/service/request_errors.h"

namespace mtsuite::connector {

using google::protobuf::util::FieldMaskUtil;
using orders::v1::Order;
using orders::v1::Position;
using request_errors::CheckComment;
using request_errors::Invalid;
using request_errors::Required;

namespace {

constexpr const char* kOrderFields[] = {"price",       "trigger_price", "stop_loss",
                                        "take_profit", "time_in_force", "expire_time"};
constexpr const char* kPositionFields[] = {"stop_loss", "take_profit"};

absl::Status FieldInvalid(const std::string& field, const std::string& allowed) {
  return Invalid(type::v1::FIELD_INVALID, absl::StrCat(field, " must be ", allowed)).Field(field, allowed);
}

absl::Status CheckDeviation(bool given, int32_t points) {
  if (!given || points >= 0) return absl::OkStatus();
  return FieldInvalid("max_deviation_points", "0 or above");
}

absl::Status CheckDecimal(const std::string& text, const std::string& field) {
  return ParseOptional(text, field).status();
}

template <class Message, size_t kSize>
absl::Status CheckMask(const google::protobuf::FieldMask& mask, const char* const (&allowed)[kSize]) {
  if (mask.paths().empty()) return Required("update_mask");
  for (const std::string& path : mask.paths()) {
    if (std::find(std::begin(allowed), std::end(allowed), path) != std::end(allowed)) continue;
    if (FieldMaskUtil::IsValidPath<Message>(path)) {
      return Invalid(type::v1::FIELD_NOT_MUTABLE, absl::StrCat("the field ", path, " cannot be changed"))
          .With("path", path)
          .Field(path, "cannot be changed");
    }
    return Invalid(type::v1::UPDATE_MASK_INVALID, absl::StrCat("there is no field \"", path, "\""))
        .With("path", path)
        .Field("update_mask", "fields that exist");
  }
  return absl::OkStatus();
}

absl::Status CheckPlacement(const v1::PlaceOrderRequest& request) {
  RETURN_IF_ERROR(CheckLogin(request.login()));
  RETURN_IF_ERROR(CheckNewOrder(request.order()));
  RETURN_IF_ERROR(CheckDeviation(request.has_max_deviation_points(), request.max_deviation_points()));
  return CheckComment(request.order().comment(), "order.comment");
}

absl::Status CheckClosing(const v1::ClosePositionRequest& request) {
  RETURN_IF_ERROR(CheckLogin(request.login()));
  RETURN_IF_ERROR(CheckTicket(request.ticket(), "ticket"));
  RETURN_IF_ERROR(CheckDecimal(request.volume(), "volume"));
  RETURN_IF_ERROR(CheckDecimal(request.price(), "price"));
  RETURN_IF_ERROR(CheckDeviation(request.has_max_deviation_points(), request.max_deviation_points()));
  return CheckComment(request.comment(), "comment");
}

absl::Status CheckPairing(const v1::ClosePositionByRequest& request) {
  RETURN_IF_ERROR(CheckLogin(request.login()));
  RETURN_IF_ERROR(CheckTicket(request.ticket(), "ticket"));
  RETURN_IF_ERROR(CheckTicket(request.opposite_ticket(), "opposite_ticket"));
  return CheckComment(request.comment(), "comment");
}

}  // namespace

absl::Status CheckTicket(int64_t ticket, const std::string& field) {
  if (ticket > 0) return absl::OkStatus();
  return ticket == 0 ? Required(field) : FieldInvalid(field, "above zero");
}

absl::Status CheckNewOrder(const Order& order) {
  if (order.symbol().empty()) return Required("order.symbol");
  if (order.side() == type::v1::SIDE_UNSPECIFIED) return Required("order.side");
  if (!type::v1::Side_IsValid(order.side())) return FieldInvalid("order.side", "BUY or SELL");
  if (order.type() == type::v1::ORDER_TYPE_UNSPECIFIED) return Required("order.type");
  if (order.type() < type::v1::MARKET || order.type() > type::v1::STOP_LIMIT) {
    return FieldInvalid("order.type", "MARKET, LIMIT, STOP or STOP_LIMIT");
  }
  if (order.volume().empty()) return Required("order.volume");
  RETURN_IF_ERROR(CheckDecimal(order.volume(), "order.volume"));
  RETURN_IF_ERROR(CheckDecimal(order.price(), "order.price"));
  RETURN_IF_ERROR(CheckDecimal(order.trigger_price(), "order.trigger_price"));
  RETURN_IF_ERROR(CheckDecimal(order.stop_loss(), "order.stop_loss"));
  return CheckDecimal(order.take_profit(), "order.take_profit");
}

absl::Status CheckTradeCommand(const Command& command) {
  switch (command.request_case()) {
    case Command::kPlaceOrder:
      return CheckPlacement(command.place_order());
    case Command::kUpdateOrder:
      RETURN_IF_ERROR(CheckLogin(command.update_order().login()));
      RETURN_IF_ERROR(CheckTicket(command.update_order().order().ticket(), "order.ticket"));
      return CheckMask<Order>(command.update_order().update_mask(), kOrderFields);
    case Command::kCancelOrder:
      RETURN_IF_ERROR(CheckLogin(command.cancel_order().login()));
      return CheckTicket(command.cancel_order().ticket(), "ticket");
    case Command::kUpdatePosition:
      RETURN_IF_ERROR(CheckLogin(command.update_position().login()));
      RETURN_IF_ERROR(CheckTicket(command.update_position().position().ticket(), "position.ticket"));
      return CheckMask<Position>(command.update_position().update_mask(), kPositionFields);
    case Command::kClosePosition:
      return CheckClosing(command.close_position());
    case Command::kClosePositionBy:
      return CheckPairing(command.close_position_by());
    default:
      return absl::InternalError("not a command that trades");
  }
}

}  // namespace mtsuite::connector
