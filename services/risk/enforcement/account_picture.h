#ifndef SERVICES_RISK_ENFORCEMENT_ACCOUNT_PICTURE_H_
#define SERVICES_RISK_ENFORCEMENT_ACCOUNT_PICTURE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "common/decimal/decimal.h"
#include "mtsuite/type/v1/trade.pb.h"

namespace mtsuite::risk {

// What an enforcement needs to know of an account: either from the mirror at the moment of the breach, or
// read freshly from the trading server.
struct AccountPicture {
  struct Position {
    int64_t ticket = 0;
    std::string symbol;
    type::v1::Side side = type::v1::SIDE_UNSPECIFIED;
    std::string volume;  // lots, decimal
    std::string price;   // that it is valued at, decimal
    Decimal profit;      // with swap; the lowest is closed first
  };
  bool enabled = true;
  bool read_only = false;
  std::string group;
  std::string balance;
  std::vector<Position> positions;
  std::vector<int64_t> orders;  // tickets of those that wait
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_ENFORCEMENT_ACCOUNT_PICTURE_H_
