#ifndef SERVICES_CONNECTOR_DIRECTORY_DIRECTORY_H_
#define SERVICES_CONNECTOR_DIRECTORY_DIRECTORY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "mtsuite/accounts/v1/account.pb.h"

namespace mtsuite::connector {

// Which accounts to find; every given condition must hold.
struct AccountFilter {
  std::string group_mask;  // All when empty.
  std::string name;        // Contained in the name, in any case (ASCII).
  std::string email;       // Equal, in any case.
  std::string country;     // Equal, in any case.
  std::optional<bool> enabled;
  bool Matches(const accounts::v1::Account& account) const;
};

struct AccountPage {
  std::vector<int64_t> logins;
  // Where the list goes on; 0 at its end.
  int64_t next_after_login = 0;
};

// What the directory learnt: the differences between what it knew and what it was told.
struct AccountChanges {
  std::vector<accounts::v1::Account> created;
  std::vector<accounts::v1::Account> updated;
  std::vector<int64_t> deleted;
  bool empty() const { return created.empty() && updated.empty() && deleted.empty(); }
};

// A number that changes with every field of an account except balance, credit and last access, which deals
// and connections change all the time. The same in every process and version.
uint64_t AccountDigest(const accounts::v1::Account& account);

// Which accounts a trading server has, with what is needed to search them and to notice changes: about 200
// bytes each. Lists are read afresh from the trading server; this says which logins to read. Thread-safe.
class Directory {
 public:
  // More accounts than this are not taken in; the directory then stays "loading".
  explicit Directory(size_t accounts_max = 2'000'000) : accounts_max_(accounts_max) {}

  // Sets what an earlier process knew: digests by login. Before anything else.
  void Restore(const std::vector<std::pair<int64_t, uint64_t>>& digests) ABSL_LOCKS_EXCLUDED(mutex_);

  // Accounts as they are at `now`.
  AccountChanges Observe(const std::vector<accounts::v1::Account>& accounts, absl::Time now)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // All logins that exist, read by a sweep that began at `started`. Accounts that were seen after that stay.
  AccountChanges ObserveAll(const std::vector<int64_t>& sorted_logins, absl::Time started)
      ABSL_LOCKS_EXCLUDED(mutex_);
  AccountChanges Remove(int64_t login) ABSL_LOCKS_EXCLUDED(mutex_);

  // Whether every account of a complete sweep is known.
  bool loaded() const ABSL_LOCKS_EXCLUDED(mutex_);
  size_t size() const ABSL_LOCKS_EXCLUDED(mutex_);

  // Group of an account, if it is known.
  std::optional<std::string> GroupOf(int64_t login) const ABSL_LOCKS_EXCLUDED(mutex_);
  AccountPage Search(const AccountFilter& filter, int64_t after_login, int32_t limit) const
      ABSL_LOCKS_EXCLUDED(mutex_);
  // The highest login of the range that exists; 0 when none does.
  int64_t HighestLogin(int64_t min, int64_t max) const ABSL_LOCKS_EXCLUDED(mutex_);
  bool Contains(int64_t login) const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Entry {
    uint64_t digest = 0;
    absl::Time seen;
    std::string name;   // lower case
    std::string email;  // lower case
    uint32_t group = 0;
    uint32_t country = 0;  // lower case
    bool enabled = false;
    bool restored = false;  // Known from an earlier process only: not searchable yet.
  };

  // Texts that many accounts share.
  class Names {
   public:
    uint32_t Intern(const std::string& text);
    const std::string& Of(uint32_t id) const { return texts_[id]; }
    size_t size() const { return texts_.size(); }

   private:
    std::vector<std::string> texts_;
    absl::flat_hash_map<std::string, uint32_t> ids_;
  };

  const size_t accounts_max_;
  mutable absl::Mutex mutex_;
  std::map<int64_t, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  Names groups_ ABSL_GUARDED_BY(mutex_);
  Names countries_ ABSL_GUARDED_BY(mutex_);
  // Logins of the last complete sweep that have not been told yet.
  absl::flat_hash_set<int64_t> missing_ ABSL_GUARDED_BY(mutex_);
  bool swept_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_DIRECTORY_DIRECTORY_H_
