// What an operation leaves behind on the trading server, by kind.
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "services/connector/base/proto_time.h"
#include "services/connector/base/trade_errors.h"
#include "services/connector/commands/booking.h"
#include "services/connector/commands/field_match.h"
#include "services/connector/commands/trade_commands.h"

namespace mtsuite::connector {

using accounts::v1::Account;
using Verdict = Evidence::Verdict;

namespace {

constexpr int32_t kDealPage = 1000;

Evidence Says(Verdict verdict) { return {verdict, {}, absl::OkStatus()}; }

Evidence Applied(OperationResult result = {}) {
  return {Verdict::kApplied, std::move(result), absl::OkStatus()};
}

Evidence AppliedAccount(const Account& account) {
  OperationResult result;
  *result.mutable_account() = account;
  return Applied(std::move(result));
}

bool IsMissing(const absl::Status& status) { return GetErrorReason(status) == type::v1::ACCOUNT_NOT_FOUND; }

// Platforms trim texts and keep the case of group names as they like.
bool SameText(const std::string& a, const std::string& b) {
  return absl::StripAsciiWhitespace(a) == absl::StripAsciiWhitespace(b);
}
bool SameGroup(const std::string& a, const std::string& b) {
  return absl::AsciiStrToLower(a) == absl::AsciiStrToLower(b);
}

}  // namespace

void TradeCommands::Search(const OperationRecord& record, const Command& command, absl::Time deadline,
                           Done<Evidence> done) {
  switch (record.command.request_case()) {
    case Command::kCreateAccount:
      return SearchCreated(record, deadline, std::move(done));
    case Command::kUpdateAccount:
      return SearchUpdated(record, deadline, std::move(done));
    case Command::kDeleteAccount:
      return SearchDeleted(record, deadline, std::move(done));
    case Command::kSetPassword:
      return SearchPassword(record, command, deadline, std::move(done));
    case Command::kBook:
      return SearchDeals(record, 0, deadline, std::move(done));
    case Command::REQUEST_NOT_SET:
      return done(absl::InternalError("an empty command"));
    default:
      return orders_->Search(record, deadline, std::move(done));
  }
}

void TradeCommands::SearchCreated(const OperationRecord& record, absl::Time deadline, Done<Evidence> done) {
  tools_.server.GetAccount(
      record.login, deadline,
      [self = shared_from_this(), record,
       done = std::move(done)](const absl::StatusOr<Account>& account) mutable {
        if (IsMissing(account.status())) return done(Says(Verdict::kNotFound));
        if (!account.ok()) return done(account.status());
        const Account& asked = record.command.create_account().account();
        // The login was free before it was sent, so an account under it that looks like ours is ours.
        const bool ours =
            SameText(account->name(), asked.name()) && SameGroup(account->group(), asked.group()) &&
            (!account->has_create_time() ||
             FromProto(account->create_time()) >= record.create_time - self->options_.search_margin);
        if (!ours) return done(Evidence{Verdict::kRejected, {}, trade_errors::LoginTaken(record.login)});
        self->tools_.on_account(*account);
        done(AppliedAccount(*account));
      });
}

void TradeCommands::SearchUpdated(const OperationRecord& record, absl::Time deadline, Done<Evidence> done) {
  tools_.server.GetAccount(record.login, deadline,
                           [self = shared_from_this(), record,
                            done = std::move(done)](const absl::StatusOr<Account>& account) mutable {
                             if (IsMissing(account.status())) return done(Says(Verdict::kNotFound));
                             if (!account.ok()) return done(account.status());
                             const auto& request = record.command.update_account();
                             for (const std::string& path : request.update_mask().paths()) {
                               if (!FieldMatches(request.account(), *account, path))
                                 return done(Says(Verdict::kNotFound));
                             }
                             self->tools_.on_account(*account);
                             done(AppliedAccount(*account));
                           });
}

void TradeCommands::SearchDeleted(const OperationRecord& record, absl::Time deadline, Done<Evidence> done) {
  tools_.server.GetAccount(record.login, deadline,
                           [self = shared_from_this(), login = record.login,
                            done = std::move(done)](const absl::StatusOr<Account>& account) mutable {
                             if (account.ok()) return done(Says(Verdict::kNotFound));
                             if (!IsMissing(account.status())) return done(account.status());
                             self->tools_.on_deleted(login);
                             done(Applied());
                           });
}

void TradeCommands::SearchPassword(const OperationRecord& record, const Command& command, absl::Time deadline,
                                   Done<Evidence> done) {
  const auto& request = command.set_password();
  // After a restart the password is unknown until a caller repeats the operation.
  if (request.password().empty()) return SearchPasswordTime(record, deadline, std::move(done));
  tools_.server.CheckPassword({record.login, request.type(), request.password()}, deadline,
                              [self = shared_from_this(), record, deadline,
                               done = std::move(done)](const absl::StatusOr<bool>& valid) mutable {
                                if (IsMissing(valid.status())) return done(Says(Verdict::kNotFound));
                                if (GetErrorReason(valid.status()) == type::v1::NOT_SUPPORTED_BY_PLATFORM) {
                                  return self->SearchPasswordTime(record, deadline, std::move(done));
                                }
                                if (!valid.ok()) return done(valid.status());
                                done(*valid ? Applied() : Says(Verdict::kNotFound));
                              });
}

void TradeCommands::SearchPasswordTime(const OperationRecord& record, absl::Time deadline,
                                       Done<Evidence> done) {
  tools_.server.GetAccount(
      record.login, deadline,
      [record, done = std::move(done)](const absl::StatusOr<Account>& account) mutable {
        if (IsMissing(account.status())) return done(Says(Verdict::kNotFound));
        if (!account.ok()) return done(account.status());
        if (!account->has_last_password_change_time() || !record.baseline.has_last_password_change_time()) {
          return done(Says(Verdict::kUnknowable));
        }
        const bool moved = FromProto(account->last_password_change_time()) !=
                           FromProto(record.baseline.last_password_change_time());
        done(moved ? Applied() : Says(Verdict::kNotFound));
      });
}

void TradeCommands::SearchDeals(const OperationRecord& record, int64_t offset, absl::Time deadline,
                                Done<Evidence> done) {
  if (offset >= options_.search_deals_max) {
    return done(absl::ResourceExhaustedError(
        absl::StrCat("account ", record.login, " has too many deals to search")));
  }
  DealQuery query;
  query.login = record.login;
  query.start = record.create_time - options_.search_margin;
  query.offset = offset;
  query.limit = kDealPage;
  tools_.server.ListDeals(query, deadline,
                          [self = shared_from_this(), record, offset, deadline,
                           done = std::move(done)](const absl::StatusOr<DealPage>& page) mutable {
                            // With the account its history went too: nothing of the booking is left.
                            if (IsMissing(page.status())) return done(Says(Verdict::kNotFound));
                            if (!page.ok()) return done(page.status());
                            for (const type::v1::Deal& deal : page->deals) {
                              if (!IsTraceOf(record, deal)) continue;
                              OperationResult result;
                              *result.mutable_balance_operation() =
                                  ToBalanceOperation(record, deal.ticket(), FromProto(deal.time()));
                              return done(Applied(std::move(result)));
                            }
                            if (page->end_reached || page->deals.empty())
                              return done(Says(Verdict::kNotFound));
                            self->SearchDeals(record, offset + static_cast<int64_t>(page->deals.size()),
                                              deadline, std::move(done));
                          });
}

}  // namespace mtsuite::connector
