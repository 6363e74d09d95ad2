#ifndef SERVICES_MTSIM_ENGINE_ACCOUNT_OPERATIONS_H_
#define SERVICES_MTSIM_ENGINE_ACCOUNT_OPERATIONS_H_

#include <cstdint>
#include <string_view>

#include "services/mtsim/engine/account.h"
#include "services/mtsim/engine/retcode.h"
#include "services/mtsim/engine/state.h"

namespace mtsuite::mtsim {

// Life of accounts: create, change, delete, passwords. Every operation either happens or changes nothing.
class AccountOperations {
 public:
  // `state` must outlive this.
  explicit AccountOperations(State& state) : state_(state) {}

  // kInvalidParameters (no name, leverage out of range), kNoPermission (unknown group), kInvalidPassword
  // (main, investor or a given API password breaks the policy), kLoginsExhausted, kLoginReserved,
  // kAccountExists, kUsersLimit. Unchangeable members (balance, registration …) start as the platform starts
  // them.
  Result<const Account*> Add(const NewAccount& account);

  // kNotFound; kNoPermission (unknown group); kDifferentCurrency (groups of different currencies);
  // kHasOpenTrades (groups of different margin modes while positions or orders are open). Other bad values
  // are ignored, see AccountUpdate.
  Result<const Account*> Update(uint64_t login, const AccountUpdate& update);

  // kNotFound, kHasOpenTrades. Deals and orders stay readable by ticket.
  Retcode Delete(uint64_t login);

  // kNotFound; kInvalidPassword when it is wrong or none is set.
  Retcode CheckPassword(uint64_t login, PasswordKind kind, std::string_view password) const;
  // kNotFound; kInvalidPassword when the new one breaks the policy. Sets last_password_change.
  Retcode SetPassword(uint64_t login, PasswordKind kind, std::string_view password);

 private:
  Result<uint64_t> ChooseLogin(uint64_t wanted);
  Retcode CheckGroupChange(const Account& account, std::string_view group) const;
  bool IsAcceptableLeverage(int leverage, const Group& group) const;

  State& state_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_ACCOUNT_OPERATIONS_H_
