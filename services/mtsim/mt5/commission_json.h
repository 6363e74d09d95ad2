// Commissions of groups as JSON.
#ifndef SERVICES_MTSIM_MT5_COMMISSION_JSON_H_
#define SERVICES_MTSIM_MT5_COMMISSION_JSON_H_

#include "services/mtsim/engine/group.h"
#include "services/mtsim/mt5/fields.h"
#include "services/mtsim/mt5/json_writer.h"

namespace mtsuite::mtsim {

// One element of a group's member Commissions.
void WriteCommission(const GroupCommission& commission, JsonWriter& json);
GroupCommission ReadCommission(const Fields& fields);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_COMMISSION_JSON_H_
