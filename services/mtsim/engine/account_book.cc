#include "services/mtsim/engine/account_book.h"

#include <algorithm>

#include "common/status/check.h"
#include "common/strings/view.h"
#include "services/mtsim/engine/mask.h"

namespace mtsuite::mtsim {

AccountBook::AccountBook(std::vector<LoginRange> ranges) : ranges_(std::move(ranges)) {
  if (!ranges_.empty()) next_login_ = ranges_.front().first;
}

Result<uint64_t> AccountBook::AllocateLogin() {
  // Every step but the last meets an account or the end of a range, so two passes take at most
  // 2 * (accounts + ranges) steps; until the ranges are used up it is nearly always one.
  for (int pass = 0; pass < 2; ++pass) {
    for (; range_ < ranges_.size(); ++range_) {
      next_login_ = std::max(next_login_, ranges_[range_].first);
      while (next_login_ <= ranges_[range_].last) {
        const uint64_t login = next_login_++;
        if (login != 0 && !accounts_.contains(login)) return login;
      }
      next_login_ = 0;
    }
    range_ = 0;
  }
  return Retcode::kLoginsExhausted;
}

Account* AccountBook::Insert(Account account) {
  const uint64_t login = account.login;
  auto owned = std::make_unique<Account>(std::move(account));
  Account* const stored = owned.get();
  MTSUITE_CHECK(accounts_.emplace(login, std::move(owned)).second, "the login of a new account must be free");
  by_group_[stored->group].insert(login);
  return stored;
}

bool AccountBook::Erase(uint64_t login) {
  const auto found = accounts_.find(login);
  if (found == accounts_.end()) return false;
  RemoveFromGroup(*found->second);
  accounts_.erase(found);
  return true;
}

void AccountBook::MoveToGroup(Account& account, std::string_view group) {
  RemoveFromGroup(account);
  account.group = std::string(group);
  by_group_[account.group].insert(account.login);
}

void AccountBook::RemoveFromGroup(const Account& account) {
  const auto members = by_group_.find(account.group);
  members->second.erase(account.login);
  if (members->second.empty()) by_group_.erase(members);
}

const Account* AccountBook::Find(uint64_t login) const {
  const auto found = accounts_.find(login);
  return found == accounts_.end() ? nullptr : found->second.get();
}

Account* AccountBook::FindMutable(uint64_t login) {
  const auto found = accounts_.find(login);
  return found == accounts_.end() ? nullptr : found->second.get();
}

const absl::btree_set<uint64_t>& AccountBook::LoginsOf(std::string_view group) const {
  static const auto* const kNone = new absl::btree_set<uint64_t>();
  const auto found = by_group_.find(AbslView(group));
  return found == by_group_.end() ? *kNone : found->second;
}

std::vector<uint64_t> AccountBook::Select(std::string_view masks) const {
  const MaskList list(masks);
  std::vector<uint64_t> logins;
  for (const auto& [group, members] : by_group_) {
    if (list.Matches(group)) logins.insert(logins.end(), members.begin(), members.end());
  }
  std::sort(logins.begin(), logins.end());
  return logins;
}

void AccountBook::ForEach(absl::FunctionRef<void(const Account&)> visit) const {
  for (const uint64_t login : Select("*")) visit(*Find(login));
}

void AccountBook::ForEachMutable(absl::FunctionRef<void(Account&)> visit) {
  for (const uint64_t login : Select("*")) visit(*FindMutable(login));
}

}  // namespace mtsuite::mtsim
