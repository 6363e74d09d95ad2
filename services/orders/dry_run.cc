#include "services/orders/dry_run.h"

#include <algorithm>

#include "common/decimal/decimal.h"

namespace mtsuite::orders {

v1::TradeResult AsPlaced(const connector::v1::PlaceOrderRequest& request) {
  v1::TradeResult result;
  result.set_login(request.login());
  result.set_symbol(request.order().symbol());
  result.set_side(request.order().side());
  result.set_volume(request.order().volume());
  result.set_operation_id(request.operation_id());
  return result;
}

v1::TradeResult AsClosed(const v1::Position& position, const std::string& volume,
                         const std::string& operation_id) {
  v1::TradeResult result;
  result.set_login(position.login());
  result.set_symbol(position.symbol());
  result.set_side(position.side() == type::v1::BUY ? type::v1::SELL : type::v1::BUY);
  result.set_volume(volume);
  const absl::StatusOr<Decimal> open = Decimal::Parse(position.volume());
  const absl::StatusOr<Decimal> closed = Decimal::Parse(volume);
  if (open.ok() && closed.ok()) {
    const Decimal rest = *open - *closed;
    result.set_remaining_volume(rest.ToString(std::max(2, rest.digits())));
  }
  result.set_operation_id(operation_id);
  return result;
}

}  // namespace mtsuite::orders
