// From the name of a command to the function that carries it out.
#ifndef SERVICES_MTSIM_MT5_DISPATCH_H_
#define SERVICES_MTSIM_MT5_DISPATCH_H_

#include "services/mtsim/mt5/commands.h"

namespace mtsuite::mtsim {

// Carries out one command of a logged-in manager. A command that the server does not know is answered with
// 12002.
Reply Dispatch(CommandContext& context, const Request& request);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_DISPATCH_H_
