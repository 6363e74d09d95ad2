// Orders, deals and positions as JSON.
#ifndef SERVICES_MTSIM_MT5_TRADE_JSON_H_
#define SERVICES_MTSIM_MT5_TRADE_JSON_H_

#include "services/mtsim/engine/records.h"
#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/json_writer.h"

namespace mtsuite::mtsim {

// An open or closed order.
void WriteOrder(const CommandContext& context, const Order& order, JsonWriter& json);

// A deal; of a balance operation the symbol is empty and the amount in Profit.
void WriteDeal(const CommandContext& context, const Deal& deal, JsonWriter& json);

// A position with its result at the current prices.
void WritePosition(const CommandContext& context, const Position& position, JsonWriter& json);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_TRADE_JSON_H_
