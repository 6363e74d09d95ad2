#ifndef SERVICES_MTSIM_ENGINE_DUMP_H_
#define SERVICES_MTSIM_ENGINE_DUMP_H_

#include <string>

#include "services/mtsim/engine/state.h"

namespace mtsuite::mtsim {

// The whole state as text with one line per record, for comparing runs. Contains no password.
std::string Dump(const State& state);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_DUMP_H_
