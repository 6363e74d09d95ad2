#ifndef SERVICES_CONNECTOR_MT5_COMMANDS_REQUEST_H_
#define SERVICES_CONNECTOR_MT5_COMMANDS_REQUEST_H_

#include <string>

#include "services/connector/mt5/retcode_map.h"

namespace mtsuite::connector::mt5 {

// A command ready to be sent, and what it is about. `context.command` is its name.
struct Request {
  CommandContext context;
  std::string text;  // UTF-8: the command line, and the body if there is one.
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_COMMANDS_REQUEST_H_
