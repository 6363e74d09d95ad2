#include "services/connector/mt5/calls/account_changes.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/connector/mt5/calls/account_reads.h"
#include "services/connector/mt5/calls/password_calls.h"
#include "services/connector/mt5/commands/rights.h"
#include "services/connector/mt5/commands/user_change.h"

namespace mtsuite::connector::mt5 {
namespace {

using accounts::v1::Account;
using accounts::v1::Group;

constexpr int kPermissions = 8;

absl::Status GroupNotFound(const std::string& group) {
  return MakeError(
             absl::StatusCode::kNotFound, type::v1::GROUP_NOT_FOUND,
             absl::StrCat("the trading server has no group '", group, "' that the manager login may see"))
      .With("group", group)
      .Outcome(type::v1::REJECTED);
}

absl::Status CheckLeverage(int32_t leverage) {
  if (leverage >= kMinLeverage && leverage <= kMaxLeverage) return absl::OkStatus();
  return MakeError(
             absl::StatusCode::kInvalidArgument, type::v1::LEVERAGE_OUT_OF_RANGE,
             absl::StrCat("leverage ", leverage, " is not between ", kMinLeverage, " and ", kMaxLeverage))
      .With("min", kMinLeverage)
      .With("max", kMaxLeverage)
      .Outcome(type::v1::REJECTED);
}

// Calls `then` with the group, or `failed` with why it cannot be had. Of the same mutation.
template <typename Then, typename Failed>
void WithGroup(const CallContext& context, const std::string& name, absl::Time deadline, Then then,
               Failed failed) {
  context.catalog.Lookup({name}, deadline,
                         [context, name, then = std::move(then),
                          failed = std::move(failed)](const absl::Status& status) mutable {
                           if (!status.ok()) return failed(BeforeMutation(status));
                           const Group* group = context.catalog.Find(name);
                           if (group == nullptr) return failed(GroupNotFound(name));
                           then(*group);
                         });
}

// "Not permitted" may mean that the group is gone since it was looked up: asks again before saying so.
void ExplainRefusal(const CallContext& context, const absl::Status& refusal, const std::string& group,
                    absl::Time deadline, DoneStatus done) {
  context.catalog.Forget(group);
  context.catalog.Lookup(
      {group}, deadline,
      [context, refusal, group, done = std::move(done)](const absl::Status& status) mutable {
        const bool gone = status.ok() && context.catalog.Find(group) == nullptr;
        done(gone ? GroupNotFound(group) : refusal);
      });
}

absl::Status CheckNewAccount(const NewAccount& account, const Group& group) {
  if (account.account.leverage() != 0) RETURN_IF_ERROR(CheckLeverage(account.account.leverage()));
  const int min_length = group.min_password_length();
  RETURN_IF_ERROR(CheckPasswordPolicy(account.main_password, min_length, "main_password"));
  return CheckPasswordPolicy(account.investor_password, min_length, "investor_password");
}

int32_t LeverageOf(const NewAccount& account, const Group& group) {
  if (account.account.leverage() != 0) return account.account.leverage();
  return group.default_leverage() != 0 ? group.default_leverage() : kDefaultLeverage;
}

void SendNewAccount(const CallContext& context, const NewAccount& account, const Group& group,
                    absl::Time deadline, Done<Account> done) {
  if (absl::Status status = CheckNewAccount(account, group); !status.ok()) return done(status);
  const int64_t login = account.account.login();
  Request request =
      AddUser(account, LeverageOf(account, group), ApplyRights(kDefaultRights, account.account.rights()));
  const CommandContext command = request.context;
  context.pool.Call(
      ConnectionPool::Lane::kCommand, std::move(request), deadline,
      [context, command, login, deadline, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
        absl::StatusOr<UserRecord> record =
            ReadResult(answer, command, [&](const Answer& a) { return ParseUser(a, login, context.time); });
        if (record.ok()) return CompleteAccount(context, *std::move(record), deadline, true, std::move(done));
        if (!answer.ok() || answer->retcode != kPermissions) return done(record.status());
        ExplainRefusal(context, record.status(), command.group, deadline,
                       [done = std::move(done)](absl::Status status) mutable { done(std::move(status)); });
      });
}

// One change of an account on its way through its steps. Keeps itself alive until it is done.
class Change : public std::enable_shared_from_this<Change> {
 public:
  Change(const CallContext& context, const AccountChange& change, UserChange fields, absl::Time deadline,
         Done<Account> done)
      : context_(context),
        login_(change.account.login()),
        new_group_(change.account.group()),
        fields_(std::move(fields)),
        deadline_(deadline),
        done_(std::move(done)) {}

  void Start() {
    if (!fields_.changes_group()) return ReadCurrent();
    WithGroup(
        context_, new_group_, deadline_, [self = shared_from_this()](const Group&) { self->ReadCurrent(); },
        [self = shared_from_this()](absl::Status status) { self->done_(std::move(status)); });
  }

 private:
  void ReadCurrent() {
    if (!fields_.NeedsCurrent()) return Send(0);
    Request request = GetUser(login_);
    const CommandContext command = request.context;
    context_.pool.Call(ConnectionPool::Lane::kCommand, std::move(request), deadline_,
                       [self = shared_from_this(), command](absl::StatusOr<Answer> answer) {
                         self->OnCurrent(ReadResult(answer, command, [&](const Answer& a) {
                           return ParseUser(a, self->login_, self->context_.time);
                         }));
                       });
  }

  void OnCurrent(const absl::StatusOr<UserRecord>& record) {
    if (!record.ok()) return done_(BeforeMutation(record.status()));
    const uint64_t rights = record->rights;
    if (!fields_.changes_group()) return Send(rights);
    const std::string old_group = record->account.group();
    // An old group that cannot be seen has no currency to compare; the server decides then.
    context_.catalog.Lookup({old_group}, deadline_,
                            [self = shared_from_this(), old_group, rights](const absl::Status& status) {
                              if (!status.ok()) return self->done_(BeforeMutation(status));
                              self->CheckCurrency(old_group, rights);
                            });
  }

  void CheckCurrency(const std::string& old_group, uint64_t rights) {
    const Group* from = context_.catalog.Find(old_group);
    const Group* to = context_.catalog.Find(new_group_);
    if (from == nullptr || to == nullptr || from->currency_code() == to->currency_code()) return Send(rights);
    done_(MakeError(absl::StatusCode::kFailedPrecondition, type::v1::GROUP_CURRENCY_DIFFERS,
                    absl::StrCat("account ", login_, " is in ", from->currency_code(), ", group '",
                                 new_group_, "' in ", to->currency_code()))
              .With("login", login_)
              .With("group", new_group_)
              .With("currency", from->currency_code())
              .With("new_currency", to->currency_code())
              .Outcome(type::v1::REJECTED));
  }

  void Send(uint64_t current_rights) {
    Request request = UpdateUser(login_, fields_.Body(current_rights));
    if (fields_.changes_group()) request.context.group = new_group_;
    const CommandContext command = request.context;
    context_.pool.Call(ConnectionPool::Lane::kCommand, std::move(request), deadline_,
                       [self = shared_from_this(), command](absl::StatusOr<Answer> answer) {
                         absl::StatusOr<UserRecord> record =
                             ReadResult(answer, command, [&](const Answer& a) {
                               return ParseUser(a, self->login_, self->context_.time);
                             });
                         if (record.ok()) return self->OnChanged(*std::move(record));
                         const bool maybe_group =
                             answer.ok() && answer->retcode == kPermissions && self->fields_.changes_group();
                         if (!maybe_group) return self->done_(record.status());
                         ExplainRefusal(self->context_, record.status(), self->new_group_, self->deadline_,
                                        [self](absl::Status status) { self->done_(std::move(status)); });
                       });
  }

  void OnChanged(UserRecord record) {
    const std::vector<std::string> refused = fields_.NotApplied(record);
    if (refused.empty()) {
      return CompleteAccount(context_, std::move(record), deadline_, true, std::move(done_));
    }
    const std::string list = absl::StrJoin(refused, ",");
    const bool partly = refused.size() < fields_.size();
    done_(MakeError(absl::StatusCode::kFailedPrecondition, type::v1::TRADE_SERVER_REJECTED,
                    absl::StrCat("the trading server left unchanged: ", list,
                                 partly ? "; the other fields were changed" : ""))
              .With("login", login_)
              .With("unchanged", list)
              .Outcome(type::v1::REJECTED));
  }

  const CallContext context_;
  const int64_t login_;
  const std::string new_group_;
  const UserChange fields_;
  const absl::Time deadline_;
  Done<Account> done_;
};

}  // namespace

void OpenAccount(const CallContext& context, const NewAccount& account, absl::Time deadline,
                 Done<Account> done) {
  // Either way of WithGroup ends the call, and only one of them is taken.
  auto shared = std::make_shared<Done<Account>>(std::move(done));
  WithGroup(
      context, account.account.group(), deadline,
      [context, account, deadline, shared](const Group& group) {
        SendNewAccount(context, account, group, deadline, std::move(*shared));
      },
      [shared](absl::Status status) { (*shared)(std::move(status)); });
}

void ChangeAccount(const CallContext& context, const AccountChange& change, absl::Time deadline,
                   Done<Account> done) {
  absl::StatusOr<UserChange> fields = UserChange::Of(change);
  if (!fields.ok()) return done(fields.status());
  if (fields->changes_leverage()) {
    if (absl::Status status = CheckLeverage(change.account.leverage()); !status.ok()) return done(status);
  }
  if (!fields->NeedsCurrent()) {
    std::make_shared<Change>(context, change, *std::move(fields), deadline, std::move(done))->Start();
    return;
  }
  // Two that read and write the same account at the same time would undo each other.
  context.updates.Run(change.account.login(), [context, change, fields = *std::move(fields), deadline,
                                               done = std::move(done)](auto finished) mutable {
    auto wrapped = [done = std::move(done),
                    finished = std::move(finished)](absl::StatusOr<Account> account) mutable {
      done(std::move(account));
      finished();
    };
    std::make_shared<Change>(context, change, std::move(fields), deadline, std::move(wrapped))->Start();
  });
}

void RemoveAccount(const CallContext& context, int64_t login, absl::Time deadline, DoneStatus done) {
  Request request = DeleteUser(login);
  const CommandContext command = request.context;
  context.pool.Call(ConnectionPool::Lane::kCommand, std::move(request), deadline,
                    [context, command, login, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
                      absl::Status status = CheckAnswer(answer, command);
                      if (status.ok()) context.catalog.ForgetAccount(login);
                      done(std::move(status));
                    });
}

}  // namespace mtsuite::connector::mt5
