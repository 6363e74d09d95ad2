#ifndef SERVICES_MTSIM_ENGINE_DEFAULT_MARKET_H_
#define SERVICES_MTSIM_ENGINE_DEFAULT_MARKET_H_

#include <vector>

#include "services/mtsim/engine/group.h"
#include "services/mtsim/engine/symbol.h"

namespace mtsuite::mtsim {

// The symbols of a new server: the majors and crosses that need conversion (`Forex\…`), gold and silver
// (`Metals\…`), two indices (`Indices\…`) and two crypto pairs (`Crypto\…`), with digits, contract sizes,
// sessions, swaps, spreads and volatilities like those of a retail broker. Sessions are in server time of a
// UTC+2/+3 server, where the FX day ends at midnight.
std::vector<Symbol> DefaultSymbols();

// The groups of a new server: `demo\retail-usd`, `demo\retail-eur`, `demo\netting-usd`,
// `real\standard-usd`, `real\standard-eur` and `managers\administrators`.
std::vector<Group> DefaultGroups();

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_DEFAULT_MARKET_H_
