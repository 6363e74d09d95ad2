#ifndef SERVICES_MTSIM_ENGINE_ACCOUNT_BOOK_H_
#define SERVICES_MTSIM_ENGINE_ACCOUNT_BOOK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "services/mtsim/engine/account.h"
#include "services/mtsim/engine/retcode.h"

namespace mtsuite::mtsim {

// Logins, both ends inclusive.
struct LoginRange {
  uint64_t first = 0;
  uint64_t last = 0;
};

// The accounts with an index from group to logins. Checks nothing about their content. Not thread-safe.
// Pointers stay valid until the account is erased.
class AccountBook {
 public:
  // `ranges` are where login 0 allocates, in that order.
  explicit AccountBook(std::vector<LoginRange> ranges);

  // The next free login, never one that was given out before until the ranges are used up, then any free one.
  // kLoginsExhausted when there is none.
  Result<uint64_t> AllocateLogin();

  // `account.login` must be free. Returns the stored account.
  Account* Insert(Account account);
  // Returns whether there was one.
  bool Erase(uint64_t login);
  // The account must exist.
  void MoveToGroup(Account& account, std::string_view group);

  const Account* Find(uint64_t login) const;
  Account* FindMutable(uint64_t login);
  size_t size() const { return accounts_.size(); }

  // Logins of a group in ascending order; empty for an unknown group.
  const absl::btree_set<uint64_t>& LoginsOf(std::string_view group) const;
  bool HasAccounts(std::string_view group) const { return !LoginsOf(group).empty(); }
  // Logins of all groups that match `masks` (see MaskList), ascending.
  std::vector<uint64_t> Select(std::string_view masks) const;
  // Calls `visit` for every account in ascending order of login.
  void ForEach(absl::FunctionRef<void(const Account&)> visit) const;
  // Likewise with the right to change the account (but not its group).
  void ForEachMutable(absl::FunctionRef<void(Account&)> visit);

 private:
  void RemoveFromGroup(const Account& account);

  std::vector<LoginRange> ranges_;
  size_t range_ = 0;
  uint64_t next_login_ = 0;
  absl::flat_hash_map<uint64_t, std::unique_ptr<Account>> accounts_;
  absl::flat_hash_map<std::string, absl::btree_set<uint64_t>> by_group_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_ACCOUNT_BOOK_H_
