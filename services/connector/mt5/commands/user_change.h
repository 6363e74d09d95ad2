#ifndef SERVICES_CONNECTOR_MT5_COMMANDS_USER_CHANGE_H_
#define SERVICES_CONNECTOR_MT5_COMMANDS_USER_CHANGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "mtsuite/accounts/v1/account.pb.h"
#include "services/connector/mt5/commands/user_commands.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector::mt5 {

// A change of an account, translated from FieldMask paths to members of the user record. Only what the paths
// name is ever sent: a whole record would undo what others changed meanwhile.
class UserChange {
 public:
  // UPDATE_MASK_INVALID for unknown paths and rights that are named but not set, FIELD_NOT_MUTABLE for fields
  // that the server alone sets. Errors carry the outcome REJECTED.
  static absl::StatusOr<UserChange> Of(const AccountChange& change);

  // Whether the account must be read before: rights are single bits of one member, and a new group must have
  // the old one's currency.
  bool NeedsCurrent() const { return rights_.has_value() || changes_group(); }
  bool changes_group() const { return group_; }
  bool changes_leverage() const { return leverage_; }

  // The JSON body. `current_rights` is read only when rights change.
  std::string Body(uint64_t current_rights) const;

  // The members that `after`, the server's answer, does not show as asked: servers leave out what they do not
  // like without a word. Texts are not compared, because servers trim them.
  std::vector<std::string> NotApplied(const UserRecord& after) const;

  // How many members the change has.
  size_t size() const { return texts_.size() + group_ + leverage_ + agent_ + rights_.has_value(); }

 private:
  struct Text {
    std::string_view member;
    std::string value;
  };

  absl::Status AddPath(std::string_view path, const accounts::v1::Account& account);
  bool AddRights(std::string_view path, const accounts::v1::Rights& rights);
  bool AddText(std::string_view path, const accounts::v1::Account& account);

  accounts::v1::Account account_;
  bool group_ = false;
  bool leverage_ = false;
  bool agent_ = false;
  std::optional<accounts::v1::Rights> rights_;
  std::vector<Text> texts_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_COMMANDS_USER_CHANGE_H_
