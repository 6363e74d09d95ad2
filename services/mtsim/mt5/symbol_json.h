// Symbols as JSON, both ways.
#ifndef SERVICES_MTSIM_MT5_SYMBOL_JSON_H_
#define SERVICES_MTSIM_MT5_SYMBOL_JSON_H_

#include "services/mtsim/engine/group.h"
#include "services/mtsim/engine/symbol.h"
#include "services/mtsim/mt5/fields.h"
#include "services/mtsim/mt5/json_writer.h"

namespace mtsuite::mtsim {

// The symbol record with all members in the order that a real server sends them. What the engine does not
// model is written as the platform's default.
void WriteSymbol(const Symbol& symbol, JsonWriter& json);

// `symbol` as accounts of `group` see it: with the spread of the group's first entry that matches.
Symbol SymbolForGroup(const Symbol& symbol, const Group& group);

// Takes the members of `fields` into `symbol`; the rest stays.
void ReadSymbol(const Fields& fields, Symbol& symbol);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_SYMBOL_JSON_H_
