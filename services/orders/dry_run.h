// What dry runs of trades answer: what would be traded, without what only the trading server gives it.
#ifndef SERVICES_ORDERS_DRY_RUN_H_
#define SERVICES_ORDERS_DRY_RUN_H_

#include <string>

#include "mtsuite/connector/v1/trading_service.pb.h"
#include "mtsuite/orders/v1/position.pb.h"
#include "mtsuite/orders/v1/trade.pb.h"

namespace mtsuite::orders {

v1::TradeResult AsPlaced(const connector::v1::PlaceOrderRequest& request);

// Of `volume` lots of `position`.
v1::TradeResult AsClosed(const v1::Position& position, const std::string& volume,
                         const std::string& operation_id);

}  // namespace mtsuite::orders

#endif  // SERVICES_ORDERS_DRY_RUN_H_
