// Groups as JSON, both ways.
#ifndef SERVICES_MTSIM_MT5_GROUP_JSON_H_
#define SERVICES_MTSIM_MT5_GROUP_JSON_H_

#include "services/mtsim/engine/group.h"
#include "services/mtsim/mt5/fields.h"
#include "services/mtsim/mt5/json_writer.h"

namespace mtsuite::mtsim {

// The group record. What the engine does not model is written as the platform's default.
void WriteGroup(const Group& group, JsonWriter& json);

// Takes the members of `fields` into `group`; the rest stays.
void ReadGroup(const Fields& fields, Group& group);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_GROUP_JSON_H_
