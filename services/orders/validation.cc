#include "services/orders/validation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "common/decimal/decimal.h"
#include "common/requests/checks.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace mtsuite::orders {
namespace {

using requests::InvalidField;
using requests::ParseDecimal;
using requests::Required;
using requests::ValidateText;

constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
// Longer than any symbol or mask of the platforms.
constexpr int kMaxSymbolLength = 64;
constexpr int kMaxMaskLength = 512;

constexpr const char* kOrderFields[] = {"price",       "trigger_price", "stop_loss",
                                        "take_profit", "time_in_force", "expire_time"};
constexpr const char* kPositionFields[] = {"stop_loss", "take_profit"};

absl::Status Positive(std::string_view text, std::string_view field) {
  ASSIGN_OR_RETURN(const Decimal value, ParseDecimal(text, field));
  return value.sign() > 0 ? absl::OkStatus() : InvalidField(field, "above zero");
}

// A price or volume that may be left out. Zero, which terminals show for "none", is refused: empty is none.
absl::Status OptionalPrice(std::string_view text, std::string_view field) {
  return text.empty() ? absl::OkStatus() : Positive(text, field);
}

absl::Status InvalidPrice(std::string_view field, std::string_view problem) {
  return MakeError(kInvalidArgument, type::v1::INVALID_PRICE,
                   absl::StrCat(AbslView(field), " ", AbslView(problem)))
      .Field(field, problem);
}

absl::Status InvalidExpiration(std::string_view field, std::string_view problem) {
  return MakeError(kInvalidArgument, type::v1::INVALID_EXPIRATION,
                   absl::StrCat(AbslView(field), " ", AbslView(problem)))
      .Field(field, problem);
}

absl::Status ValidatePrices(const v1::Order& order) {
  const bool waits = order.type() != type::v1::MARKET;
  if (waits && order.price().empty()) {
    return InvalidPrice("order.price", "is needed for an order that waits for a price");
  }
  const bool triggered = order.type() == type::v1::STOP_LIMIT;
  if (triggered && order.trigger_price().empty()) {
    return InvalidPrice("order.trigger_price", "is needed for a STOP_LIMIT order");
  }
  if (!triggered && !order.trigger_price().empty()) {
    return InvalidPrice("order.trigger_price", "is for STOP_LIMIT orders only");
  }
  RETURN_IF_ERROR(OptionalPrice(order.price(), "order.price"));
  RETURN_IF_ERROR(OptionalPrice(order.trigger_price(), "order.trigger_price"));
  RETURN_IF_ERROR(OptionalPrice(order.stop_loss(), "order.stop_loss"));
  return OptionalPrice(order.take_profit(), "order.take_profit");
}

absl::Status ValidateExpireTime(const v1::Order& order) {
  if (!order.has_expire_time() || requests::ResolveTime(order.expire_time(), "order.expire_time").ok()) {
    return absl::OkStatus();
  }
  return InvalidExpiration("order.expire_time", "must be a time from 1970 to 9999");
}

absl::Status ValidateExpiration(const v1::Order& order) {
  if (!type::v1::TimeInForce_IsValid(order.time_in_force())) {
    return InvalidField("order.time_in_force", "GOOD_TILL_CANCELLED, DAY, GOOD_TILL_TIME or GOOD_TILL_DAY");
  }
  const bool given = order.time_in_force() != type::v1::TIME_IN_FORCE_UNSPECIFIED || order.has_expire_time();
  if (order.type() == type::v1::MARKET && given) {
    return InvalidExpiration("order.time_in_force", "is not for MARKET orders: they trade at once");
  }
  const bool until =
      order.time_in_force() == type::v1::GOOD_TILL_TIME || order.time_in_force() == type::v1::GOOD_TILL_DAY;
  if (until && !order.has_expire_time()) {
    return InvalidExpiration("order.expire_time", "is needed for GOOD_TILL_TIME and GOOD_TILL_DAY");
  }
  if (!until && order.has_expire_time()) {
    return InvalidExpiration("order.expire_time", "is for GOOD_TILL_TIME and GOOD_TILL_DAY only");
  }
  return ValidateExpireTime(order);
}

absl::Status ValidateSymbol(std::string_view symbol, std::string_view field) {
  if (symbol.empty()) return Required(field);
  return ValidateText(symbol, field, kMaxSymbolLength, type::v1::FIELD_TOO_LONG);
}

absl::Status NotMutable(std::string_view message, const std::string& path,
                        absl::Span<const char* const> allowed) {
  const std::string field = absl::StrCat(AbslView(message), ".", path);
  return MakeError(kInvalidArgument, type::v1::FIELD_NOT_MUTABLE,
                   absl::StrCat(field, " cannot be changed; ", absl::StrJoin(allowed, ", "), " can"))
      .With("path", path)
      .Field(field, "cannot be changed");
}

bool IsPopulated(const google::protobuf::Message& message, const std::string& path) {
  const google::protobuf::FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(path);
  return message.GetReflection()->HasField(message, field);
}

absl::Status NothingToChange() {
  return MakeError(kInvalidArgument, type::v1::UPDATE_MASK_INVALID, "the update changes no field")
      .Field("update_mask", "at least one field");
}

absl::StatusOr<std::vector<std::string>> ResolveMask(const google::protobuf::Message& message,
                                                     std::string_view name,
                                                     const google::protobuf::FieldMask& mask,
                                                     absl::Span<const char* const> allowed) {
  for (const std::string& path : mask.paths()) {
    if (path == "*" || std::find(allowed.begin(), allowed.end(), path) != allowed.end()) continue;
    if (message.GetDescriptor()->FindFieldByName(path) != nullptr) return NotMutable(name, path, allowed);
    return MakeError(kInvalidArgument, type::v1::UPDATE_MASK_INVALID,
                     absl::StrCat("update_mask names \"", path, "\", which is no field of it"))
        .With("path", path)
        .Field("update_mask", absl::StrJoin(allowed, ", "));
  }
  std::vector<std::string> paths;
  for (const char* path : allowed) {
    const bool named = std::any_of(mask.paths().begin(), mask.paths().end(),
                                   [&](const std::string& p) { return p == path || p == "*"; });
    if (named || (mask.paths().empty() && IsPopulated(message, path))) paths.emplace_back(path);
  }
  if (paths.empty()) return NothingToChange();
  return paths;
}

}  // namespace

absl::Status ValidateNewOrder(const v1::Order& order) {
  RETURN_IF_ERROR(ValidateSymbol(order.symbol(), "order.symbol"));
  if (order.side() == type::v1::SIDE_UNSPECIFIED) return Required("order.side");
  if (!type::v1::Side_IsValid(order.side())) return InvalidField("order.side", "BUY or SELL");
  if (order.type() == type::v1::ORDER_TYPE_UNSPECIFIED) return Required("order.type");
  if (!type::v1::OrderType_IsValid(order.type()) || order.type() == type::v1::CLOSE_BY) {
    return InvalidField("order.type", "MARKET, LIMIT, STOP or STOP_LIMIT");
  }
  if (!type::v1::FillPolicy_IsValid(order.fill_policy())) {
    return InvalidField("order.fill_policy",
                        "FILL_OR_KILL, IMMEDIATE_OR_CANCEL, RETURN_REMAINDER or BOOK_OR_CANCEL");
  }
  RETURN_IF_ERROR(Positive(order.volume(), "order.volume"));
  RETURN_IF_ERROR(ValidatePrices(order));
  RETURN_IF_ERROR(ValidateExpiration(order));
  return ValidateComment(order.comment(), "order.comment");
}

absl::Status ValidateTicket(int64_t ticket, std::string_view field) {
  if (ticket == 0) return Required(field);
  return ticket > 0 ? absl::OkStatus() : InvalidField(field, "a ticket is above 0");
}

absl::Status ValidateComment(std::string_view comment, std::string_view field) {
  return ValidateText(comment, field, requests::kMaxCommentLength, type::v1::COMMENT_TOO_LONG);
}

absl::Status ValidateDeviation(bool given, int32_t points) {
  return !given || points >= 0 ? absl::OkStatus() : InvalidField("max_deviation_points", "0 or above");
}

absl::Status ValidateClosing(const v1::ClosePositionRequest& request) {
  RETURN_IF_ERROR(OptionalPrice(request.volume(), "volume"));
  RETURN_IF_ERROR(OptionalPrice(request.price(), "price"));
  RETURN_IF_ERROR(ValidateDeviation(request.has_max_deviation_points(), request.max_deviation_points()));
  return ValidateComment(request.comment(), "comment");
}

absl::Status ValidateSymbolFilter(std::string_view symbol) {
  return symbol.empty() ? absl::OkStatus() : ValidateSymbol(symbol, "symbol");
}

absl::Status ValidateGroupMask(std::string_view mask) {
  return ValidateText(mask, "group_mask", kMaxMaskLength, type::v1::FIELD_TOO_LONG);
}

absl::Status ValidateLoginCount(int count, int max) {
  return count == 0 ? absl::OkStatus() : requests::ValidateBatchSize(count, max, "logins");
}

absl::Status ValidateLoginAt(int64_t login, int index) {
  return requests::ValidateLogin(login, absl::StrCat("logins[", index, "]"));
}

absl::Status ValidateCloseFilter(const v1::CloseAllPositionsRequest& request) {
  RETURN_IF_ERROR(ValidateSymbolFilter(request.symbol()));
  if (!type::v1::Side_IsValid(request.side())) return InvalidField("side", "BUY, SELL or unset for both");
  if (!v1::CloseAllPositionsRequest::ProfitFilter_IsValid(request.profit_filter())) {
    return InvalidField("profit_filter", "PROFIT, LOSS or unset for all");
  }
  return ValidateComment(request.comment(), "comment");
}

absl::StatusOr<std::vector<std::string>> ResolveUpdate(const v1::Order& order,
                                                       const google::protobuf::FieldMask& mask) {
  ASSIGN_OR_RETURN(std::vector<std::string> paths, ResolveMask(order, "order", mask, kOrderFields));
  const auto changes = [&](const char* path) {
    return std::find(paths.begin(), paths.end(), path) != paths.end();
  };
  if (changes("price") && order.price().empty()) return InvalidPrice("order.price", "cannot be removed");
  RETURN_IF_ERROR(OptionalPrice(order.price(), "order.price"));
  RETURN_IF_ERROR(OptionalPrice(order.trigger_price(), "order.trigger_price"));
  RETURN_IF_ERROR(OptionalPrice(order.stop_loss(), "order.stop_loss"));
  RETURN_IF_ERROR(OptionalPrice(order.take_profit(), "order.take_profit"));
  if (changes("time_in_force") && !type::v1::TimeInForce_IsValid(order.time_in_force())) {
    return InvalidField("order.time_in_force", "GOOD_TILL_CANCELLED, DAY, GOOD_TILL_TIME or GOOD_TILL_DAY");
  }
  RETURN_IF_ERROR(ValidateExpireTime(order));
  return paths;
}

absl::StatusOr<std::vector<std::string>> ResolveUpdate(const v1::Position& position,
                                                       const google::protobuf::FieldMask& mask) {
  ASSIGN_OR_RETURN(std::vector<std::string> paths, ResolveMask(position, "position", mask, kPositionFields));
  RETURN_IF_ERROR(OptionalPrice(position.stop_loss(), "position.stop_loss"));
  RETURN_IF_ERROR(OptionalPrice(position.take_profit(), "position.take_profit"));
  return paths;
}

}  // namespace mtsuite::orders
