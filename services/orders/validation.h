// What a request to the orders service must look like before the connector is asked: pure checks of the
// request itself. Everything that needs the symbol, the account or the market (steps, stops, money) is
// checked by the connector.
//
// Every failure is INVALID_ARGUMENT with a reason, the field's path in the request and what is allowed.
#ifndef SERVICES_ORDERS_VALIDATION_H_
#define SERVICES_ORDERS_VALIDATION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/field_mask.pb.h"
#include "mtsuite/orders/v1/order.pb.h"
#include "mtsuite/orders/v1/order_service.pb.h"
#include "mtsuite/orders/v1/position.pb.h"

namespace mtsuite::orders {

// Of the accounts in a list's filter, and in a stream's.
inline constexpr int kMaxListLogins = 500;
inline constexpr int kMaxStreamLogins = 1000;
// Room for the ".T" that the closing of position T appends.
inline constexpr int kMaxCloseAllIdLength = 43;

// An order to place or to look at; paths start with "order.".
absl::Status ValidateNewOrder(const v1::Order& order);

// `field` is the path to name in the error.
absl::Status ValidateTicket(int64_t ticket, std::string_view field);

absl::Status ValidateComment(std::string_view comment, std::string_view field);

// Of an order that trades at once; `given` tells whether there is one.
absl::Status ValidateDeviation(bool given, int32_t points);

// Volume and price of a closing; both may be empty.
absl::Status ValidateClosing(const v1::ClosePositionRequest& request);

// A symbol as a filter: empty is all.
absl::Status ValidateSymbolFilter(std::string_view symbol);

// A group mask as a filter: empty is all.
absl::Status ValidateGroupMask(std::string_view mask);

// The logins of a filter: at most `max`, each above zero.
template <class Logins>
absl::Status ValidateLogins(const Logins& logins, int max);

absl::Status ValidateCloseFilter(const v1::CloseAllPositionsRequest& request);

// Resolves which fields an update changes and checks their new values. An empty mask means every populated
// field, "*" every mutable one. Returns paths, each once, in the order of the message.
absl::StatusOr<std::vector<std::string>> ResolveUpdate(const v1::Order& order,
                                                       const google::protobuf::FieldMask& mask);
absl::StatusOr<std::vector<std::string>> ResolveUpdate(const v1::Position& position,
                                                       const google::protobuf::FieldMask& mask);

// --- implementation

absl::Status ValidateLoginCount(int count, int max);
absl::Status ValidateLoginAt(int64_t login, int index);

template <class Logins>
absl::Status ValidateLogins(const Logins& logins, int max) {
  absl::Status status = ValidateLoginCount(logins.size(), max);
  for (int i = 0; status.ok() && i < logins.size(); ++i) status = ValidateLoginAt(logins.Get(i), i);
  return status;
}

}  // namespace mtsuite::orders

#endif  // SERVICES_ORDERS_VALIDATION_H_
