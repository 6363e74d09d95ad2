// What requests to the quotes service must look like, and errors that several of its rpcs answer with.
#ifndef SERVICES_QUOTES_REQUEST_CHECKS_H_
#define SERVICES_QUOTES_REQUEST_CHECKS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/quotes/symbol_cache.h"

namespace mtsuite::quotes {

// Of the symbols in one request.
inline constexpr int kMaxSymbols = 1000;

// A symbol's name that must be there.
absl::Status ValidateSymbol(std::string_view symbol, std::string_view field);
// None is fine: it means all.
absl::Status ValidateSymbols(const google::protobuf::RepeatedPtrField<std::string>& symbols);
absl::Status ValidateMask(std::string_view mask, std::string_view field);
absl::Status ValidateCurrency(std::string_view code, std::string_view field);

absl::Status SymbolNotFound(const std::string& symbol);
// What the connector answered about `symbol` and `group`: it knows them as parts of orders and accounts, and
// so names fields that a request for prices does not have. Other errors stay as they are.
absl::Status InOwnWords(const absl::Status& status, const std::string& symbol, const std::string& group);
absl::Status OffQuotes(const std::string& symbol);
// SYMBOL_NOT_FOUND for the first that is not in the table.
absl::Status CheckKnown(const SymbolTable& table,
                        const google::protobuf::RepeatedPtrField<std::string>& symbols);

}  // namespace mtsuite::quotes

#endif  // SERVICES_QUOTES_REQUEST_CHECKS_H_
