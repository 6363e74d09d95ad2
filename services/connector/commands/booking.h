#ifndef SERVICES_CONNECTOR_COMMANDS_BOOKING_H_
#define SERVICES_CONNECTOR_COMMANDS_BOOKING_H_

#include "absl/status/statusor.h"
#include "services/connector/journal/operation_record.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector {

// The amount with the sign that its type gives it. FIELD_INVALID, AMOUNT_NOT_POSITIVE.
absl::StatusOr<Decimal> SignedAmount(const accounts::v1::BalanceOperation& operation);

// Type of the deal that a balance operation leaves behind.
type::v1::Deal::Type DealTypeOf(accounts::v1::BalanceOperation::Type type);

// What to book for a recorded operation, its tag included.
absl::StatusOr<Booking> ToBooking(const OperationRecord& record);

// The answer to the caller: what it asked for, and what became of it.
accounts::v1::BalanceOperation ToBalanceOperation(const OperationRecord& record, int64_t ticket,
                                                  absl::Time time);

// Whether a deal is the trace of the operation: its tag, its type, its amount exactly.
bool IsTraceOf(const OperationRecord& record, const type::v1::Deal& deal);

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_COMMANDS_BOOKING_H_
