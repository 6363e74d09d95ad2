#include "services/mtsim/mt5/selection.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_join.h"
#include "services/mtsim/mt5/fields.h"

namespace mtsuite::mtsim {
namespace {

// Server seconds that fit a date of four digits of the year; the platform's own clients send 0 and 2^31 and
// the like.
constexpr int64_t kServerSecondsMax = 253'402'300'799;

std::vector<const Account*> AccountsInGroups(const CommandContext& context, std::string_view masks) {
  std::vector<const Account*> accounts;
  const AccountBook& book = context.engine.state().accounts;
  std::string_view group;
  bool sees = false;
  for (const uint64_t login : book.Select(masks)) {
    const Account* account = book.Find(login);
    // Neighbours mostly share their group, so its masks need not be matched every time.
    if (account->group != group) {
      group = account->group;
      sees = context.manager.Sees(group);
    }
    if (sees) accounts.push_back(account);
  }
  return accounts;
}

std::optional<std::string> GroupMasks(const Request& request) {
  if (const auto masks = request.Text("GROUP")) return std::string(*masks);
  const auto fields = Fields::Parse(request.body);
  if (!fields) return std::nullopt;
  const std::vector<std::string> items = fields->Elements("Group");
  if (items.empty()) return std::nullopt;
  return absl::StrJoin(items, ",");
}

}  // namespace

const Account* FindVisible(const CommandContext& context, uint64_t login) {
  const Account* account = context.engine.state().accounts.Find(login);
  if (account == nullptr || !context.manager.Sees(account->group)) return nullptr;
  return account;
}

Result<const Account*> RequestedAccount(const CommandContext& context, const Request& request) {
  const auto login = request.Unsigned("LOGIN");
  if (!login) return Retcode::kInvalidParameters;
  const Account* account = FindVisible(context, *login);
  if (account == nullptr) return Retcode::kNotFound;
  return account;
}

Result<std::vector<uint64_t>> NumberList(const Request& request, std::string_view parameter,
                                         std::string_view member) {
  std::vector<std::string> items;
  if (const auto list = request.Text(parameter)) {
    items = SplitList(*list);
  } else if (const auto fields = Fields::Parse(request.body)) {
    items = fields->Elements(member);
  }
  if (items.size() > kListMax) return Retcode::kInvalidParameters;
  std::vector<uint64_t> numbers;
  numbers.reserve(items.size());
  for (const std::string& item : items) {
    const auto number = ParseUnsigned(item);
    if (!number) return Retcode::kInvalidParameters;
    numbers.push_back(*number);
  }
  return numbers;
}

Result<std::vector<const Account*>> SelectAccounts(const CommandContext& context, const Request& request) {
  const Result<std::vector<uint64_t>> logins = NumberList(request, "LOGIN", "Login");
  if (!logins.ok()) return logins.retcode();
  const std::optional<std::string> masks = GroupMasks(request);
  if (logins->empty() != masks.has_value()) return Retcode::kInvalidParameters;
  std::vector<const Account*> accounts;
  if (masks) {
    accounts = AccountsInGroups(context, *masks);
  } else {
    for (const uint64_t login : *logins) {
      if (const Account* account = FindVisible(context, login)) accounts.push_back(account);
    }
  }
  if (accounts.size() > kBatchMax) return Retcode::kInvalidParameters;
  return accounts;
}

Result<Page> RequestedPage(const Request& request) {
  const auto offset = request.Unsigned("OFFSET");
  const auto total = request.Unsigned("TOTAL");
  if (!offset || !total || *total > kPageMax) return Retcode::kInvalidParameters;
  return Page{static_cast<size_t>(*offset), static_cast<size_t>(*total)};
}

Result<TimeWindow> RequestedWindow(const CommandContext& context, const Request& request) {
  const auto from = request.Signed("FROM");
  const auto to = request.Signed("TO");
  if (!from || !to || *from > *to) return Retcode::kInvalidParameters;
  return context.engine.state().server_time.Window(std::clamp<int64_t>(*from, 0, kServerSecondsMax),
                                                   std::clamp<int64_t>(*to, 0, kServerSecondsMax));
}

}  // namespace mtsuite::mtsim
