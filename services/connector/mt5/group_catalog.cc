#include "services/connector/mt5/group_catalog.h"

#include <memory>
#include <utility>

#include "common/strings/view.h"
#include "services/connector/mt5/call_errors.h"
#include "services/connector/mt5/commands/config_commands.h"

namespace mtsuite::connector::mt5 {
namespace {

// Return codes that mean "none that you may see".
constexpr int kPermissions = 8;
constexpr int kNotFound = 13;

}  // namespace

const accounts::v1::Group* GroupCatalog::Find(const std::string& name) const {
  const auto found = groups_.find(name);
  return found == groups_.end() ? nullptr : &found->second;
}

bool GroupCatalog::IsKnown(const std::string& name) const {
  if (groups_.contains(name)) return true;
  const auto missing = missing_.find(name);
  return missing != missing_.end() && missing->second > clock_.TimeNow();
}

void GroupCatalog::Lookup(const std::vector<std::string>& names, absl::Time deadline,
                          absl::AnyInvocable<void(absl::Status)> then) {
  struct Progress {
    size_t open = 0;
    absl::Status result;
    absl::AnyInvocable<void(absl::Status)> then;
  };
  std::vector<std::string> unknown;
  for (const std::string& name : names) {
    if (!IsKnown(name)) unknown.push_back(name);
  }
  if (unknown.empty()) return then(absl::OkStatus());
  auto progress = std::make_shared<Progress>();
  progress->open = unknown.size();
  progress->then = std::move(then);
  for (const std::string& name : unknown) {
    pool_.Call(ConnectionPool::Lane::kCommand, GetGroup(name), deadline,
               [this, progress, name](absl::StatusOr<Answer> answer) {
                 OnGroup(name, answer, progress->result);
                 if (--progress->open == 0) progress->then(progress->result);
               });
  }
}

void GroupCatalog::OnGroup(const std::string& name, const absl::StatusOr<Answer>& answer,
                           absl::Status& result) {
  if (!answer.ok()) return result.Update(answer.status());
  if (answer->retcode == kNotFound || answer->retcode == kPermissions) {
    if (missing_.size() >= kMaxMissing) missing_.clear();
    missing_[name] = clock_.TimeNow() + kMissingTime;
    return;
  }
  const Request request = GetGroup(name);
  result.Update(StatusOfRetcode(answer->retcode, answer->retcode_text, request.context));
  if (!result.ok()) return;
  absl::StatusOr<accounts::v1::Group> group = ParseGroup(*answer);
  if (!group.ok()) {
    return result.Update(UnreadableAnswer(StdView(group.status().message()), request.context));
  }
  Put(*std::move(group));
}

void GroupCatalog::Put(accounts::v1::Group group) {
  std::string name = group.name();
  missing_.erase(name);
  groups_.insert_or_assign(std::move(name), std::move(group));
}

void GroupCatalog::Forget(const std::string& name) {
  groups_.erase(name);
  missing_.erase(name);
}

void GroupCatalog::Replace(const std::vector<accounts::v1::Group>& groups) {
  groups_.clear();
  for (const accounts::v1::Group& group : groups) Put(group);
}

void GroupCatalog::NoteAccount(int64_t login, const std::string& group) {
  auto [id, added] = name_ids_.try_emplace(group, static_cast<int32_t>(names_.size()));
  if (added) names_.push_back(group);
  const auto known = account_groups_.find(login);
  if (known != account_groups_.end()) {
    known->second = id->second;
  } else if (account_groups_.size() < kMaxAccounts) {
    account_groups_.emplace(login, id->second);
  }
}

const std::string* GroupCatalog::GroupOf(int64_t login) const {
  const auto found = account_groups_.find(login);
  return found == account_groups_.end() ? nullptr : &names_[found->second];
}

const accounts::v1::Group* GroupCatalog::FindByAccount(int64_t login) const {
  const std::string* name = GroupOf(login);
  return name == nullptr ? nullptr : Find(*name);
}

}  // namespace mtsuite::connector::mt5
