#include "services/connector/mt5/calls/account_reads.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "common/log/log.h"
#include "services/connector/mt5/commands/balance_commands.h"

namespace mtsuite::connector::mt5 {
namespace {

using accounts::v1::Account;
using accounts::v1::TradeState;

constexpr int kNotFound = 13;

void CompleteAccounts(const CallContext& context, std::vector<UserRecord> records, absl::Time deadline,
                      Done<std::vector<Account>> done) {
  std::vector<std::string> groups;
  for (const UserRecord& record : records) {
    context.catalog.NoteAccount(record.account.login(), record.account.group());
    groups.push_back(record.account.group());
  }
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  context.catalog.Lookup(
      groups, deadline,
      [context, records = std::move(records), done = std::move(done)](const absl::Status& status) mutable {
        if (!status.ok()) return done(status);
        std::vector<Account> accounts;
        accounts.reserve(records.size());
        for (UserRecord& record : records) {
          const accounts::v1::Group* group = context.catalog.Find(record.account.group());
          accounts.push_back(FinishAccount(std::move(record), group));
        }
        done(std::move(accounts));
      });
}

absl::StatusOr<std::vector<UserRecord>> ReadUsers(const Answer& answer, ConnectionPool::Lane lane,
                                                  const ServerTime& time) {
  if (lane == ConnectionPool::Lane::kCommand) return ParseUsers(answer, time);
  int unreadable = 0;
  absl::StatusOr<std::vector<UserRecord>> records = ParseUsers(answer, time, &unreadable);
  if (unreadable > 0) LOG_EVENT(kWarning, "mt5_accounts_unreadable", {"count", unreadable});
  return records;
}

void AskAccounts(const CallContext& context, ConnectionPool::Lane lane, const std::vector<int64_t>& logins,
                 absl::Time deadline, Done<std::vector<Account>> done) {
  if (logins.empty()) return done(std::vector<Account>());
  Request request = GetUsers(logins);
  const CommandContext command = request.context;
  context.pool.Call(
      lane, std::move(request), deadline,
      [context, command, lane, deadline, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
        // None of them exists.
        if (answer.ok() && answer->retcode == kNotFound) return done(std::vector<Account>());
        absl::StatusOr<std::vector<UserRecord>> records =
            ReadResult(answer, command, [&](const Answer& a) { return ReadUsers(a, lane, context.time); });
        if (!records.ok()) return done(records.status());
        CompleteAccounts(context, *std::move(records), deadline, std::move(done));
      });
}

void AskTradeState(const CallContext& context, int64_t login, absl::Time deadline, Done<TradeState> done) {
  Request request = GetTradeAccount(login);
  const CommandContext command = request.context;
  context.pool.Call(ConnectionPool::Lane::kCommand, std::move(request), deadline,
                    [context, login, command, asked = context.clock.TimeNow(),
                     done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
                      const accounts::v1::Group* group = context.catalog.FindByAccount(login);
                      const std::string currency = group == nullptr ? std::string() : group->currency_code();
                      done(ReadResult(answer, command, [&](const Answer& a) {
                        return ParseTradeAccount(a, {login, currency, asked});
                      }));
                    });
}

}  // namespace

void CompleteAccount(const CallContext& context, UserRecord record, absl::Time deadline, bool mutation,
                     Done<Account> done) {
  context.catalog.NoteAccount(record.account.login(), record.account.group());
  const std::string group = record.account.group();
  context.catalog.Lookup({group}, deadline,
                         [context, record = std::move(record), mutation,
                          done = std::move(done)](const absl::Status& status) mutable {
                           if (!status.ok() && !mutation) return done(status);
                           const accounts::v1::Group* found = context.catalog.Find(record.account.group());
                           done(FinishAccount(std::move(record), found));
                         });
}

void ReadAccount(const CallContext& context, int64_t login, absl::Time deadline, Done<Account> done) {
  Request request = GetUser(login);
  const CommandContext command = request.context;
  context.pool.Call(
      ConnectionPool::Lane::kCommand, std::move(request), deadline,
      [context, login, command, deadline, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
        absl::StatusOr<UserRecord> record =
            ReadResult(answer, command, [&](const Answer& a) { return ParseUser(a, login, context.time); });
        if (!record.ok()) return done(record.status());
        CompleteAccount(context, *std::move(record), deadline, false, std::move(done));
      });
}

void ReadAccounts(const CallContext& context, const std::vector<int64_t>& logins, absl::Time deadline,
                  Done<std::vector<Account>> done) {
  AskAccounts(context, ConnectionPool::Lane::kCommand, logins, deadline, std::move(done));
}

void PollAccounts(const CallContext& context, const std::vector<int64_t>& logins, absl::Time deadline,
                  Done<std::vector<Account>> done) {
  AskAccounts(context, ConnectionPool::Lane::kPoll, logins, deadline, std::move(done));
}

void ReadTradeState(const CallContext& context, int64_t login, absl::Time deadline, Done<TradeState> done) {
  if (context.catalog.FindByAccount(login) != nullptr) {
    return AskTradeState(context, login, deadline, std::move(done));
  }
  // The state does not tell the currency; the account does, once.
  ReadAccount(context, login, deadline,
              [context, login, deadline, done = std::move(done)](absl::StatusOr<Account> account) mutable {
                if (!account.ok()) return done(account.status());
                AskTradeState(context, login, deadline, std::move(done));
              });
}

}  // namespace mtsuite::connector::mt5
