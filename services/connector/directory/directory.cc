#include "services/connector/directory/directory.h"

#include <openssl/sha.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/connector/directory/group_mask.h"

namespace mtsuite::connector {

using accounts::v1::Account;

namespace {

bool EqualsIgnoringCase(const std::string& a, const std::string& b) {
  return absl::AsciiStrToLower(a) == absl::AsciiStrToLower(b);
}

// An account that does not say may connect.
bool IsEnabled(const Account& account) {
  return !account.rights().has_enabled() || account.rights().enabled();
}

}  // namespace

uint64_t AccountDigest(const Account& account) {
  Account stable = account;
  stable.clear_balance();
  stable.clear_credit();
  stable.clear_last_access_time();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    stable.SerializeToCodedStream(&output);
  }
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | digest[i];
  return number;
}

bool AccountFilter::Matches(const Account& account) const {
  return GroupMask(group_mask).Matches(account.group()) &&
         (name.empty() ||
          absl::AsciiStrToLower(account.name()).find(absl::AsciiStrToLower(name)) != std::string::npos) &&
         (email.empty() || EqualsIgnoringCase(account.contact().email(), email)) &&
         (country.empty() || EqualsIgnoringCase(account.contact().country(), country)) &&
         (!enabled.has_value() || IsEnabled(account) == *enabled);
}

uint32_t Directory::Names::Intern(const std::string& text) {
  const auto [found, inserted] = ids_.try_emplace(text, static_cast<uint32_t>(texts_.size()));
  if (inserted) texts_.push_back(text);
  return found->second;
}

void Directory::Restore(const std::vector<std::pair<int64_t, uint64_t>>& digests) {
  absl::MutexLock lock(&mutex_);
  for (const auto& [login, digest] : digests) {
    Entry& entry = entries_[login];
    entry.digest = digest;
    entry.seen = absl::InfinitePast();
    entry.restored = true;
  }
}

AccountChanges Directory::Observe(const std::vector<Account>& accounts, absl::Time now) {
  AccountChanges changes;
  absl::MutexLock lock(&mutex_);
  for (const Account& account : accounts) {
    const uint64_t digest = AccountDigest(account);
    auto found = entries_.find(account.login());
    if (found == entries_.end()) {
      if (entries_.size() >= accounts_max_) continue;
      found = entries_.emplace(account.login(), Entry()).first;
      changes.created.push_back(account);
    } else if (found->second.digest != digest) {
      changes.updated.push_back(account);
    }
    missing_.erase(account.login());
    Entry& entry = found->second;
    entry.seen = now;
    if (entry.digest == digest && !entry.restored) continue;
    entry.digest = digest;
    entry.restored = false;
    entry.name = absl::AsciiStrToLower(account.name());
    entry.email = absl::AsciiStrToLower(account.contact().email());
    entry.group = groups_.Intern(account.group());
    entry.country = countries_.Intern(absl::AsciiStrToLower(account.contact().country()));
    entry.enabled = IsEnabled(account);
  }
  return changes;
}

AccountChanges Directory::ObserveAll(const std::vector<int64_t>& sorted_logins, absl::Time started) {
  AccountChanges changes;
  absl::MutexLock lock(&mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->second.seen < started &&
        !std::binary_search(sorted_logins.begin(), sorted_logins.end(), entry->first)) {
      changes.deleted.push_back(entry->first);
      entry = entries_.erase(entry);
    } else {
      ++entry;
    }
  }
  missing_.clear();
  for (const int64_t login : sorted_logins) {
    const auto entry = entries_.find(login);
    if (entry == entries_.end() || entry->second.restored) missing_.insert(login);
  }
  swept_ = true;
  return changes;
}

AccountChanges Directory::Remove(int64_t login) {
  AccountChanges changes;
  absl::MutexLock lock(&mutex_);
  missing_.erase(login);
  if (entries_.erase(login) > 0) changes.deleted.push_back(login);
  return changes;
}

bool Directory::loaded() const {
  absl::MutexLock lock(&mutex_);
  return swept_ && missing_.empty();
}

size_t Directory::size() const {
  absl::MutexLock lock(&mutex_);
  return entries_.size();
}

std::optional<std::string> Directory::GroupOf(int64_t login) const {
  absl::MutexLock lock(&mutex_);
  const auto entry = entries_.find(login);
  if (entry == entries_.end() || entry->second.restored) return std::nullopt;
  return groups_.Of(entry->second.group);
}

AccountPage Directory::Search(const AccountFilter& filter, int64_t after_login, int32_t limit) const {
  const GroupMask mask(filter.group_mask);
  const std::string name = absl::AsciiStrToLower(filter.name);
  const std::string email = absl::AsciiStrToLower(filter.email);
  const std::string country = absl::AsciiStrToLower(filter.country);
  AccountPage page;
  absl::MutexLock lock(&mutex_);
  // Groups are few: each is matched once, not once per account.
  std::vector<bool> group_matches(groups_.size());
  for (size_t i = 0; i < group_matches.size(); ++i)
    group_matches[i] = mask.Matches(groups_.Of(static_cast<uint32_t>(i)));
  for (auto entry = entries_.upper_bound(after_login); entry != entries_.end(); ++entry) {
    const Entry& account = entry->second;
    if (account.restored || !group_matches[account.group]) continue;
    if (filter.enabled.has_value() && account.enabled != *filter.enabled) continue;
    if (!country.empty() && countries_.Of(account.country) != country) continue;
    if (!email.empty() && account.email != email) continue;
    if (!name.empty() && account.name.find(name) == std::string::npos) continue;
    if (static_cast<int32_t>(page.logins.size()) == limit) {
      page.next_after_login = page.logins.back();
      return page;
    }
    page.logins.push_back(entry->first);
  }
  return page;
}

int64_t Directory::HighestLogin(int64_t min, int64_t max) const {
  absl::MutexLock lock(&mutex_);
  auto entry = entries_.upper_bound(max);
  if (entry == entries_.begin()) return 0;
  --entry;
  return entry->first >= min ? entry->first : 0;
}

bool Directory::Contains(int64_t login) const {
  absl::MutexLock lock(&mutex_);
  return entries_.contains(login);
}

}  // namespace mtsuite::connector
