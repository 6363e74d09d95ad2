#ifndef SERVICES_CONNECTOR_COMMANDS_FIELD_MATCH_H_
#define SERVICES_CONNECTOR_COMMANDS_FIELD_MATCH_H_

#include <string>

#include "mtsuite/accounts/v1/account.pb.h"

namespace mtsuite::connector {

// Whether `actual` has, at the FieldMask path, what `expected` asks for. Of a message, only the fields that
// `expected` sets count. An unknown path never matches.
bool FieldMatches(const accounts::v1::Account& expected, const accounts::v1::Account& actual,
                  const std::string& path);

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_COMMANDS_FIELD_MATCH_H_
