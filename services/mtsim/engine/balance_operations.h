#ifndef SERVICES_MTSIM_ENGINE_BALANCE_OPERATIONS_H_
#define SERVICES_MTSIM_ENGINE_BALANCE_OPERATIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/mtsim/engine/retcode.h"
#include "services/mtsim/engine/state.h"
#include "services/mtsim/engine/valuation.h"

namespace mtsuite::mtsim {

// A deposit (positive) or withdrawal (negative) of some kind.
struct BalanceRequest {
  uint64_t login = 0;
  // The number of a DealAction; 2 to 6 (balance, credit, charge, correction, bonus) are allowed.
  int type = 2;
  Fixed amount = {};
  // Cut to 31 UTF-16 units.
  std::string comment = {};
  // Refuse to take more than the free margin.
  bool check_margin = true;
  // The manager that acts; recorded in the deal.
  uint64_t dealer = 0;
  // Now unless given; for seeding history.
  std::optional<absl::Time> time = {};
};

// What the user record says against what the deals add up to.
struct BalanceCheck {
  Fixed balance_user = {};
  Fixed balance_history = {};
  Fixed credit_user = {};
  Fixed credit_history = {};
};

// Movements of money that are not trades. Every one is recorded as a deal with the amount in `profit`.
class BalanceOperations {
 public:
  static constexpr Fixed kAmountMax = Fixed::FromInteger(1'000'000'000);
  // A balance beyond this is refused, so that sums stay exact.
  static constexpr Fixed kBalanceMax = Fixed::FromInteger(20'000'000'000);

  // Both must outlive this.
  BalanceOperations(State& state, const Valuation& valuation) : state_(state), valuation_(valuation) {}

  // Returns the deal. kInvalidParameters (type, or an amount that is zero when rounded to the currency's
  // digits); kMoneyLimit (|amount| above kAmountMax, or the balance would leave kBalanceMax); kNotFound;
  // kNoMoney for a withdrawal above the free margin with check_margin, of credit above the credit, or of
  // anything else above the balance; kOrderLimit when the server holds all deals that it may.
  Result<const Deal*> Apply(const BalanceRequest& request);

  // Compares balance and credit with the account's deals; `fix` sets them to the deals' sums. kNotFound.
  Result<BalanceCheck> Check(uint64_t login, bool fix);

 private:
  Retcode CheckWithdrawal(const Account& account, const BalanceRequest& request, Fixed amount) const;

  State& state_;
  const Valuation& valuation_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_BALANCE_OPERATIONS_H_
