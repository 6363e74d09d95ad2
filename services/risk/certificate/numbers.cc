#include "services/risk/certificate/numbers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace mtsuite::risk {

namespace {

// Rates of chains of symbols have more places than amounts.
absl::StatusOr<Decimal> ReadRate(const std::string& text) {
  if (text.empty()) return Decimal();
  absl::StatusOr<Decimal> rate = Decimal::ParseWire(text);
  if (rate.ok()) return rate;
  return absl::InvalidArgumentError(
      absl::StrCat("positions.conversion_rate is no number: ", rate.status().message()));
}

}  // namespace

absl::StatusOr<Decimal> ReadNumber(const char* field, const std::string& text) {
  if (text.empty()) return Decimal();
  // At most 15 digits before and 8 after the point: however many are added up, the sum fits.
  absl::StatusOr<Decimal> number = Decimal::Parse(text);
  if (number.ok()) return number;
  return absl::InvalidArgumentError(absl::StrCat(field, " is no number: ", number.status().message()));
}

std::string WriteNumber(Decimal number, int places) {
  return number.ToString(std::max(number.digits(), places));
}

absl::StatusOr<PositionTerms> ReadTerms(const v1::PositionEvidence& position) {
  PositionTerms terms;
  terms.side = position.side();
  ASSIGN_OR_RETURN(terms.volume, ReadNumber("positions.volume", position.volume()));
  ASSIGN_OR_RETURN(terms.open_price, ReadNumber("positions.open_price", position.open_price()));
  ASSIGN_OR_RETURN(terms.close_price, ReadNumber("positions.close_price", position.close_price()));
  ASSIGN_OR_RETURN(terms.contract_size, ReadNumber("positions.contract_size", position.contract_size()));
  ASSIGN_OR_RETURN(terms.conversion_rate, ReadRate(position.conversion_rate()));
  return terms;
}

}  // namespace mtsuite::risk
