#include "services/quotes/request_checks.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/requests/checks.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace mtsuite::quotes {
namespace {

// Longer than any name or mask of the platforms.
constexpr int kMaxNameLength = 64;
constexpr int kMaxMaskLength = 512;

absl::Status ValidateName(std::string_view name, std::string_view field) {
  if (name.empty()) return requests::Required(field);
  return requests::ValidateText(name, field, kMaxNameLength, type::v1::FIELD_TOO_LONG);
}

}  // namespace

absl::Status ValidateSymbol(std::string_view symbol, std::string_view field) {
  return ValidateName(symbol, field);
}

absl::Status ValidateSymbols(const google::protobuf::RepeatedPtrField<std::string>& symbols) {
  if (symbols.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(requests::ValidateBatchSize(symbols.size(), kMaxSymbols, "symbols"));
  for (int i = 0; i < symbols.size(); ++i) {
    RETURN_IF_ERROR(ValidateSymbol(symbols[i], absl::StrCat("symbols[", i, "]")));
  }
  return absl::OkStatus();
}

absl::Status ValidateMask(std::string_view mask, std::string_view field) {
  return requests::ValidateText(mask, field, kMaxMaskLength, type::v1::FIELD_TOO_LONG);
}

absl::Status ValidateCurrency(std::string_view code, std::string_view field) {
  return ValidateName(code, field);
}

absl::Status SymbolNotFound(const std::string& symbol) {
  return MakeError(absl::StatusCode::kNotFound, type::v1::SYMBOL_NOT_FOUND,
                   absl::StrCat("there is no symbol ", symbol, "; ListSymbols shows those there are"))
      .With("symbol", symbol);
}

absl::Status InOwnWords(const absl::Status& status, const std::string& symbol, const std::string& group) {
  const std::optional<ErrorReason> reason = GetErrorReason(status);
  if (reason == type::v1::SYMBOL_NOT_FOUND) return SymbolNotFound(symbol);
  if (reason != type::v1::GROUP_NOT_FOUND) return status;
  return MakeError(absl::StatusCode::kFailedPrecondition, type::v1::GROUP_NOT_FOUND,
                   absl::StrCat("there is no group \"", group, "\"; ListGroups shows those that exist"))
      .With("group", group)
      .Field("group", "the name of a group of this server, or empty");
}

absl::Status OffQuotes(const std::string& symbol) {
  return MakeError(absl::StatusCode::kFailedPrecondition, type::v1::OFF_QUOTES,
                   absl::StrCat("there is no price of ", symbol, " yet"))
      .With("symbol", symbol);
}

absl::Status CheckKnown(const SymbolTable& table,
                        const google::protobuf::RepeatedPtrField<std::string>& symbols) {
  for (const std::string& symbol : symbols) {
    if (!table.Has(symbol)) return SymbolNotFound(symbol);
  }
  return absl::OkStatus();
}

}  // namespace mtsuite::quotes
