#ifndef SERVICES_CONNECTOR_MT5_COMMANDS_SYMBOL_COMMANDS_H_
#define SERVICES_CONNECTOR_MT5_COMMANDS_SYMBOL_COMMANDS_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "mtsuite/quotes/v1/symbol.pb.h"
#include "services/connector/mt5/answer.h"
#include "services/connector/mt5/commands/request.h"
#include "services/connector/mt5/server_time.h"

namespace mtsuite::connector::mt5 {

// The SYMBOL_* commands (mt5-webapi §5.7) and the symbol record (§6.12).

// A symbol as the server describes it. What depends on the server's zone is added by FinishSymbol.
struct SymbolRecord {
  quotes::v1::Symbol symbol;
  int64_t start_seconds = 0;  // First and last time of trading by the server's clock; 0 for no limit.
  int64_t expire_seconds = 0;
};

Request CountSymbols();
Request GetSymbolAt(int64_t index);
// As accounts of `group` have it; the server's own terms when `group` is empty.
Request GetSymbolOf(std::string_view symbol, std::string_view group);

absl::StatusOr<SymbolRecord> ParseSymbol(const Answer& answer);

quotes::v1::Symbol FinishSymbol(SymbolRecord record, const ServerTime& time);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_COMMANDS_SYMBOL_COMMANDS_H_
