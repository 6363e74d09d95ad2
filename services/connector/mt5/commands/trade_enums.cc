#include "services/connector/mt5/commands/trade_enums.h"

#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/strings/view.h"

namespace mtsuite::connector::mt5 {

using orders::v1::Order;
using type::v1::Deal;

namespace {

constexpr OrderKind kOrderKinds[] = {
    {type::v1::MARKET, type::v1::BUY},
    {type::v1::MARKET, type::v1::SELL},
    {type::v1::LIMIT, type::v1::BUY},
    {type::v1::LIMIT, type::v1::SELL},
    {type::v1::STOP, type::v1::BUY},
    {type::v1::STOP, type::v1::SELL},
    {type::v1::STOP_LIMIT, type::v1::BUY},
    {type::v1::STOP_LIMIT, type::v1::SELL},
    {type::v1::CLOSE_BY, type::v1::SIDE_UNSPECIFIED},
};

constexpr Order::State kOrderStates[] = {
    Order::ACCEPTED,
    Order::PLACED,
    Order::CANCELLED,
    Order::PARTIALLY_FILLED,
    Order::FILLED,
    Order::REJECTED,
    Order::EXPIRED,
    // Asked of an exchange: to be added, changed, cancelled.
    Order::ACCEPTED,
    Order::PLACED,
    Order::PLACED,
};

constexpr type::v1::FillPolicy kFillPolicies[] = {type::v1::FILL_OR_KILL, type::v1::IMMEDIATE_OR_CANCEL,
                                                  type::v1::RETURN_REMAINDER, type::v1::BOOK_OR_CANCEL};
constexpr type::v1::TimeInForce kTimesInForce[] = {type::v1::GOOD_TILL_CANCELLED, type::v1::DAY,
                                                   type::v1::GOOD_TILL_TIME, type::v1::GOOD_TILL_DAY};

template <typename T, size_t kSize>
T At(const T (&table)[kSize], uint64_t number, T otherwise) {
  return number < kSize ? table[number] : otherwise;
}

// The number of a value; that of the first one for what the platform does not know.
template <typename T, size_t kSize>
int IndexOf(const T (&table)[kSize], T value) {
  for (size_t i = 0; i < kSize; ++i) {
    if (table[i] == value) return static_cast<int>(i);
  }
  return 0;
}

}  // namespace

Deal::Origin OriginOf(uint64_t reason) {
  switch (reason) {
    case 0:   // desktop terminal
    case 16:  // mobile
    case 17:  // web
      return Deal::CLIENT;
    case 1:
      return Deal::EXPERT;
    case 2:
      return Deal::DEALER;
    case 3:
      return Deal::STOP_LOSS;
    case 4:
      return Deal::TAKE_PROFIT;
    case 5:
      return Deal::STOP_OUT;
    default:
      return Deal::OTHER_ORIGIN;
  }
}

OrderKind OrderKindOf(uint64_t number) { return At(kOrderKinds, number, OrderKind()); }

int NumberOf(type::v1::OrderType type, type::v1::Side side) {
  for (size_t i = 0; i < std::size(kOrderKinds); ++i) {
    if (kOrderKinds[i].type == type && kOrderKinds[i].side == side) return static_cast<int>(i);
  }
  return -1;
}

Order::State OrderStateOf(uint64_t number) { return At(kOrderStates, number, Order::STATE_UNSPECIFIED); }

type::v1::FillPolicy FillPolicyOf(uint64_t number) {
  return At(kFillPolicies, number, type::v1::FILL_POLICY_UNSPECIFIED);
}

int NumberOf(type::v1::FillPolicy policy) { return IndexOf(kFillPolicies, policy); }

type::v1::TimeInForce TimeInForceOf(uint64_t number) {
  return At(kTimesInForce, number, type::v1::TIME_IN_FORCE_UNSPECIFIED);
}

int NumberOf(type::v1::TimeInForce time) { return IndexOf(kTimesInForce, time); }

Decimal Lots(FieldReader& fields, std::string_view name) {
  const std::string precise = absl::StrCat(AbslView(name), "Ext");
  return fields.Has(precise) ? Decimal::FromScaled(fields.Integer(precise), 8)
                             : Decimal::FromScaled(fields.Integer(name), 4);
}

std::string PriceOrNone(Decimal price, int digits) {
  return price.IsZero() ? std::string() : AtLeastDigits(price, digits);
}

}  // namespace mtsuite::connector::mt5
