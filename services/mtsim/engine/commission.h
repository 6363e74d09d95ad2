#ifndef SERVICES_MTSIM_ENGINE_COMMISSION_H_
#define SERVICES_MTSIM_ENGINE_COMMISSION_H_

#include "services/mtsim/engine/conversion.h"
#include "services/mtsim/engine/group.h"
#include "services/mtsim/engine/records.h"

namespace mtsuite::mtsim {

// What a deal pays to the broker in the account's currency; negative takes from the account.
struct Commission {
  Fixed commission = {};
  Fixed fee = {};
};

// The commissions of `group` for `deal`, whose volume, price, value and profit are set, each rounded to the
// digits of the currency. The part of a reversing deal that closes counts as an exit and the rest as an
// entry; a close-by pays nothing. A charge that cannot be converted to the account's currency is left out.
Commission CommissionOf(const Deal& deal, const Group& group, const CurrencyConverter& converter);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_COMMISSION_H_
