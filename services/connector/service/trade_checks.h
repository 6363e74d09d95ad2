#ifndef SERVICES_CONNECTOR_SERVICE_TRADE_CHECKS_H_
#define SERVICES_CONNECTOR_SERVICE_TRADE_CHECKS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "mtsuite/orders/v1/order.pb.h"
#include "services/connector/journal/operation_record.h"

// What a request to trade shows by itself. Errors say REJECTED.
namespace mtsuite::connector {

// Of the commands that trade: required fields, decimals, masks, comment lengths.
absl::Status CheckTradeCommand(const Command& command);
// Of an order to be placed, or only looked at.
absl::Status CheckNewOrder(const orders::v1::Order& order);
absl::Status CheckTicket(int64_t ticket, const std::string& field);

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVICE_TRADE_CHECKS_H_
