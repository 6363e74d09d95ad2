// Symbols: SYMBOL_*.
#include <optional>
#include <string>
#include <utility>

#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/json_writer.h"
#include "services/mtsim/mt5/symbol_json.h"

namespace mtsuite::mtsim {
namespace {

Reply OneSymbol(const Symbol& symbol) {
  JsonWriter json;
  WriteSymbol(symbol, json);
  return Reply::WithBody(json.Finish());
}

Result<SymbolRef> RequestedSymbol(const CommandContext& context, const Request& request) {
  const auto name = request.Text("SYMBOL");
  if (!name) return Retcode::kInvalidParameters;
  SymbolRef symbol = context.engine.state().symbols.Find(*name);
  if (symbol == nullptr) return Retcode::kNotFound;
  return symbol;
}

}  // namespace

Reply SymbolTotal(CommandContext& context, const Request&) {
  return Reply::WithParameter("TOTAL", std::to_string(context.engine.state().symbols.size()));
}

Reply SymbolList(CommandContext& context, const Request&) {
  JsonWriter json;
  json.BeginArray();
  for (const SymbolRef& symbol : context.engine.state().symbols.all())
    json.Element(std::string_view(symbol->name));
  json.EndArray();
  return Reply::WithBody(json.Finish());
}

Reply SymbolNext(CommandContext& context, const Request& request) {
  const auto index = request.Unsigned("INDEX");
  if (!index) return Retcode::kInvalidParameters;
  const SymbolRef symbol = context.engine.state().symbols.At(*index);
  if (symbol == nullptr) return Retcode::kNotFound;
  return OneSymbol(*symbol);
}

Reply SymbolGet(CommandContext& context, const Request& request) {
  const Result<SymbolRef> symbol = RequestedSymbol(context, request);
  if (!symbol.ok()) return symbol.retcode();
  return OneSymbol(**symbol);
}

Reply SymbolGetGroup(CommandContext& context, const Request& request) {
  const Result<SymbolRef> symbol = RequestedSymbol(context, request);
  if (!symbol.ok()) return symbol.retcode();
  const auto name = request.Text("GROUP");
  if (!name) return Retcode::kInvalidParameters;
  const Group* group = context.engine.state().groups.Find(*name);
  if (group == nullptr || !context.manager.Sees(*name)) return Retcode::kNotFound;
  return OneSymbol(SymbolForGroup(**symbol, *group));
}

Reply SymbolAdd(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kConfigureMarket)) return Retcode::kNoPermission;
  const std::optional<Fields> fields = Fields::Parse(request.body);
  if (!fields) return Retcode::kInvalidParameters;
  const std::optional<std::string> name = fields->Text("Symbol");
  if (!name || name->empty()) return Retcode::kInvalidParameters;
  const SymbolRef existing = context.engine.state().symbols.Find(*name);
  Symbol symbol = existing == nullptr ? Symbol() : *existing;
  ReadSymbol(*fields, symbol);
  const Result<SymbolRef> stored = context.engine.PutSymbol(std::move(symbol));
  if (!stored.ok()) return stored.retcode();
  return OneSymbol(**stored);
}

Reply SymbolDelete(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kConfigureMarket)) return Retcode::kNoPermission;
  const Result<SymbolRef> symbol = RequestedSymbol(context, request);
  if (!symbol.ok()) return symbol.retcode();
  return context.engine.DeleteSymbol((*symbol)->name);
}

}  // namespace mtsuite::mtsim
