#ifndef SERVICES_CONNECTOR_MT5_GROUP_CATALOG_H_
#define SERVICES_CONNECTOR_MT5_GROUP_CATALOG_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "mtsuite/accounts/v1/group.pb.h"
#include "services/connector/mt5/connection_pool.h"

namespace mtsuite::connector::mt5 {

// What is known of groups, and of which account is in which: the currency of accounts and the digits of their
// money come from here, because the server's account records carry neither. Used on the server's thread only.
class GroupCatalog {
 public:
  GroupCatalog(ConnectionPool& pool, Clock& clock) : pool_(pool), clock_(clock) {}

  // Null when not known. Valid until the next call that changes the catalogue.
  const accounts::v1::Group* Find(const std::string& name) const;

  // Asks the server for those groups that are not known; `then` is called once, with the first error of a
  // question that was not answered. A group that the server does not have is no error: Find stays null. May
  // call `then` before it returns.
  void Lookup(const std::vector<std::string>& names, absl::Time deadline,
              absl::AnyInvocable<void(absl::Status)> then);

  void Put(accounts::v1::Group group);
  // What is known of the group is in doubt: the next Lookup asks again.
  void Forget(const std::string& name);
  // All groups, as just read.
  void Replace(const std::vector<accounts::v1::Group>& groups);

  // The account was seen in this group.
  void NoteAccount(int64_t login, const std::string& group);
  void ForgetAccount(int64_t login) { account_groups_.erase(login); }
  // The group's name, or null when the account was not seen yet. Valid as Find's result.
  const std::string* GroupOf(int64_t login) const;
  // The account's group, null when either is unknown.
  const accounts::v1::Group* FindByAccount(int64_t login) const;

 private:
  // How long "no such group" is believed: callers repeat bad names in batches.
  static constexpr absl::Duration kMissingTime = absl::Seconds(5);
  static constexpr size_t kMaxMissing = 10'000;
  // Accounts beyond this are asked for each time.
  static constexpr size_t kMaxAccounts = 5'000'000;

  bool IsKnown(const std::string& name) const;
  void OnGroup(const std::string& name, const absl::StatusOr<Answer>& answer, absl::Status& result);

  ConnectionPool& pool_;
  Clock& clock_;
  absl::flat_hash_map<std::string, accounts::v1::Group> groups_;
  absl::flat_hash_map<std::string, absl::Time> missing_;  // Until when it is believed.
  // Group names are few and accounts many: each name is kept once.
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, int32_t> name_ids_;
  absl::flat_hash_map<int64_t, int32_t> account_groups_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_GROUP_CATALOG_H_
