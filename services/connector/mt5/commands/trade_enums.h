#ifndef SERVICES_CONNECTOR_MT5_COMMANDS_TRADE_ENUMS_H_
#define SERVICES_CONNECTOR_MT5_COMMANDS_TRADE_ENUMS_H_

#include <cstdint>
#include <string_view>

#include "common/decimal/decimal.h"
#include "mtsuite/orders/v1/order.pb.h"
#include "mtsuite/type/v1/deal.pb.h"
#include "mtsuite/type/v1/trade.pb.h"
#include "services/connector/mt5/commands/fields.h"

// The platform's numbers for sides, types and states (mt5-webapi §9.2–9.5) and what they are to callers.
namespace mtsuite::connector::mt5 {

// Who or what caused an order, deal or position.
type::v1::Deal::Origin OriginOf(uint64_t reason);

// Type and side of an order in one number, 0 to 8.
struct OrderKind {
  type::v1::OrderType type = type::v1::ORDER_TYPE_UNSPECIFIED;
  type::v1::Side side = type::v1::SIDE_UNSPECIFIED;  // None of an order that closes one position by another.
};
OrderKind OrderKindOf(uint64_t number);
int NumberOf(type::v1::OrderType type, type::v1::Side side);

orders::v1::Order::State OrderStateOf(uint64_t number);

type::v1::FillPolicy FillPolicyOf(uint64_t number);
int NumberOf(type::v1::FillPolicy policy);

type::v1::TimeInForce TimeInForceOf(uint64_t number);
int NumberOf(type::v1::TimeInForce time);

// A volume in lots. Servers write it twice, in 1/10000 lot and, under the name with Ext, in 1/100000000 lot,
// which counts; old servers have the coarser one only.
Decimal Lots(FieldReader& fields, std::string_view name);

// A price with at least `digits` decimals; "" for zero, which means that there is none.
std::string PriceOrNone(Decimal price, int digits);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_COMMANDS_TRADE_ENUMS_H_
