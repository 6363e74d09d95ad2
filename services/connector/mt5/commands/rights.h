#ifndef SERVICES_CONNECTOR_MT5_COMMANDS_RIGHTS_H_
#define SERVICES_CONNECTOR_MT5_COMMANDS_RIGHTS_H_

#include <cstdint>

#include "mtsuite/accounts/v1/account.pb.h"

namespace mtsuite::connector::mt5 {

// Rights of an MT5 account as bits (mt5-webapi §9.1). Bits that accounts.v1.Rights does not speak of are the
// broker's business and are never touched.
inline constexpr uint64_t kRightEnabled = 0x1;
inline constexpr uint64_t kRightPassword = 0x2;
inline constexpr uint64_t kRightTradeDisabled = 0x4;
inline constexpr uint64_t kRightTrailing = 0x20;
inline constexpr uint64_t kRightExperts = 0x40;
inline constexpr uint64_t kRightReports = 0x100;
inline constexpr uint64_t kRightReadOnly = 0x200;

// What a new account gets where the caller says nothing: the platform's own default.
inline constexpr uint64_t kDefaultRights = 0x163;

// The rights that the bits give; every field is set.
accounts::v1::Rights RightsOfBits(uint64_t bits);

// `bits` with those rights changed that are set in `rights`.
uint64_t ApplyRights(uint64_t bits, const accounts::v1::Rights& rights);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_COMMANDS_RIGHTS_H_
