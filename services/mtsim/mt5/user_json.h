// User records and trade states of accounts as JSON, and what a request says about a user.
#ifndef SERVICES_MTSIM_MT5_USER_JSON_H_
#define SERVICES_MTSIM_MT5_USER_JSON_H_

#include <optional>
#include <string>

#include "services/mtsim/engine/account.h"
#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/json_writer.h"

namespace mtsuite::mtsim {

// The user record. Personal members are empty unless the manager may see them.
void WriteUser(const CommandContext& context, const Account& account, JsonWriter& json);

// The trade state of an account.
void WriteTradeState(const CommandContext& context, const TradeState& state, JsonWriter& json);

// What USER_ADD and USER_UPDATE ask for: parameters, overridden by the members of the JSON body.
struct UserRequest {
  // 0 when not given.
  uint64_t login = 0;
  AccountUpdate update;
  std::optional<std::string> main_password;
  std::optional<std::string> investor_password;
};

// Nothing when the body is not a JSON object. Malformed numbers read as not given.
std::optional<UserRequest> ReadUser(const Request& request);

// Takes the personal members out of `update`.
void DropPersonalDetails(AccountUpdate& update);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_USER_JSON_H_
