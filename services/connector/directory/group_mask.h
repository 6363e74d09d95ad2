#ifndef SERVICES_CONNECTOR_DIRECTORY_GROUP_MASK_H_
#define SERVICES_CONNECTOR_DIRECTORY_GROUP_MASK_H_

#include "common/strings/name_mask.h"

namespace mtsuite::connector {

// A mask of groups, such as `demo\*,!demo\test*`.
using GroupMask = NameMask;

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_DIRECTORY_GROUP_MASK_H_
