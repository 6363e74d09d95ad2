// Passwords of accounts: USER_PASS_*.
#include <optional>

#include "absl/strings/match.h"
#include "common/strings/view.h"
#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/selection.h"

namespace mtsuite::mtsim {
namespace {

std::optional<PasswordKind> RequestedKind(const Request& request) {
  const auto type = request.Text("TYPE");
  if (!type) return std::nullopt;
  if (absl::EqualsIgnoreCase(AbslView(*type), "MAIN")) return PasswordKind::kMain;
  if (absl::EqualsIgnoreCase(AbslView(*type), "INVESTOR")) return PasswordKind::kInvestor;
  if (absl::EqualsIgnoreCase(AbslView(*type), "API")) return PasswordKind::kApi;
  return std::nullopt;
}

}  // namespace

Reply UserPassCheck(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kManageAccounts)) return Retcode::kNoPermission;
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  const auto kind = RequestedKind(request);
  if (!kind) return Retcode::kInvalidParameters;
  const std::string_view password = request.Text("PASSWORD").value_or("");
  return context.engine.accounts().CheckPassword((*account)->login, *kind, password);
}

Reply UserPassChange(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kManageAccounts)) return Retcode::kNoPermission;
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  const auto kind = RequestedKind(request);
  if (!kind) return Retcode::kInvalidParameters;
  const std::string_view password = request.Text("PASSWORD").value_or("");
  return context.engine.accounts().SetPassword((*account)->login, *kind, password);
}

}  // namespace mtsuite::mtsim
