// What is checked, and noted for later, before a command is sent.
#include <utility>

#include "common/status/error.h"
#include "services/connector/base/proto_time.h"
#include "services/connector/base/trade_errors.h"
#include "services/connector/commands/booking.h"
#include "services/connector/commands/trade_commands.h"

namespace mtsuite::connector {

using accounts::v1::Account;
using accounts::v1::Group;
using accounts::v1::TradeState;

namespace {

constexpr int kLoginTries = 10;
constexpr int kMaxLeverage = 1000;
// Password times are whole seconds on the trading server. One that lies this near may be the current second
// there, whatever the two clocks think of each other.
constexpr absl::Duration kRecentPassword = absl::Seconds(10);
constexpr absl::Duration kSecondIsOver = absl::Milliseconds(1050);

// What goes wrong while reading happens before sending. A refusal of the trading server ("no such account")
// stays one.
absl::Status BeforeSending(const absl::Status& status) {
  const bool refused =
      GetOutcome(status) == type::v1::REJECTED || status.code() == absl::StatusCode::kNotFound;
  return WithOutcome(status, refused ? type::v1::REJECTED : type::v1::NOT_SENT);
}

Preparation For(const OperationRecord& record) { return {record.login, {}}; }

bool Names(const OperationRecord& record, const char* path) {
  for (const std::string& name : record.command.update_account().update_mask().paths()) {
    if (name == path) return true;
  }
  return false;
}

}  // namespace

void TradeCommands::PrepareCreate(const OperationRecord& record, const Command& command, absl::Time deadline,
                                  Done<Preparation> done) {
  const Account& account = command.create_account().account();
  if (account.leverage() < 0 || account.leverage() > kMaxLeverage) {
    return done(trade_errors::LeverageOutOfRange(account.leverage()));
  }
  tools_.groups.Find(
      account.group(), deadline,
      [self = shared_from_this(), record, request = command.create_account(), deadline,
       done = std::move(done)](const absl::StatusOr<Group>& group) mutable {
        if (!group.ok()) return done(group.status());
        const TradeServer& server = self->tools_.server;
        const int32_t length = group->min_password_length();
        for (const auto& [type, password] :
             {std::pair(accounts::v1::MAIN, request.main_password()),
              std::pair(accounts::v1::INVESTOR, request.investor_password())}) {
          const absl::Status weak = server.CheckNewPassword({record.login, type, password}, length);
          const bool main = type == accounts::v1::MAIN;
          if (!weak.ok()) {
            return done(trade_errors::PasswordTooWeak(weak, main ? "main_password" : "investor_password"));
          }
        }
        self->ChooseLogin(record, kLoginTries, deadline, std::move(done));
      });
}

// Reserves a login and makes sure that it is free on the trading server, so that an account found under it
// later is ours.
void TradeCommands::ChooseLogin(const OperationRecord& record, int tries, absl::Time deadline,
                                Done<Preparation> done) {
  const bool chosen_by_caller = record.command.create_account().account().login() != 0;
  int64_t login = record.login;
  absl::Status claimed = login == 0 ? absl::OkStatus() : tools_.logins.Claim(login, record.operation_id);
  if (!claimed.ok() && chosen_by_caller) return done(std::move(claimed));
  if (!claimed.ok() || login == 0) {
    // None yet, or the one chosen for an earlier attempt, which did not take place, has gone to another
    // operation.
    const absl::StatusOr<int64_t> next = tools_.logins.Allocate(record.operation_id);
    if (!next.ok()) return done(next.status());
    login = *next;
  }
  tools_.server.GetAccount(
      login, deadline,
      [self = shared_from_this(), record, login, tries, chosen_by_caller, deadline,
       done = std::move(done)](const absl::StatusOr<Account>& account) mutable {
        if (GetErrorReason(account.status()) == type::v1::ACCOUNT_NOT_FOUND)
          return done(Preparation{login, {}});
        if (account.ok()) {
          self->tools_.logins.MarkTaken(login);
          if (!chosen_by_caller && tries > 1) {
            self->tools_.logins.Release(record.operation_id);
            OperationRecord again = record;
            again.login = 0;
            return self->ChooseLogin(again, tries - 1, deadline, std::move(done));
          }
        }
        done(account.ok() ? trade_errors::LoginTaken(login) : BeforeSending(account.status()));
      });
}

void TradeCommands::PrepareUpdate(const OperationRecord& record, absl::Time deadline,
                                  Done<Preparation> done) {
  const Account& wanted = record.command.update_account().account();
  if (Names(record, "leverage") && (wanted.leverage() < 1 || wanted.leverage() > kMaxLeverage)) {
    return done(trade_errors::LeverageOutOfRange(wanted.leverage()));
  }
  tools_.server.GetAccount(
      record.login, deadline,
      [self = shared_from_this(), record, deadline,
       done = std::move(done)](const absl::StatusOr<Account>& account) mutable {
        if (!account.ok()) return done(BeforeSending(account.status()));
        const std::string& group = record.command.update_account().account().group();
        if (!Names(record, "group") || group == account->group()) return done(For(record));
        self->tools_.groups.Find(
            group, deadline,
            [record, currency = account->currency_code(),
             done = std::move(done)](const absl::StatusOr<Group>& found) mutable {
              if (!found.ok()) return done(found.status());
              if (found->currency_code() != currency) {
                return done(trade_errors::GroupCurrencyDiffers(currency, found->currency_code()));
              }
              done(For(record));
            });
      });
}

void TradeCommands::PrepareDelete(const OperationRecord& record, absl::Time deadline,
                                  Done<Preparation> done) {
  tools_.server.GetTradeState(
      record.login, deadline,
      [record, done = std::move(done)](const absl::StatusOr<TradeState>& state) mutable {
        if (!state.ok()) return done(BeforeSending(state.status()));
        const absl::StatusOr<Decimal> margin = Decimal::ParseWire(state->margin());
        if (margin.ok() && margin->sign() > 0) {
          return done(trade_errors::OpenPositionsForbidChange(record.login, "deleting the account"));
        }
        done(For(record));
      });
}

void TradeCommands::PreparePassword(const OperationRecord& record, const Command& command,
                                    absl::Time deadline, Done<Preparation> done) {
  tools_.server.GetAccount(record.login, deadline,
                           [self = shared_from_this(), record, request = command.set_password(), deadline,
                            done = std::move(done)](const absl::StatusOr<Account>& account) mutable {
                             if (!account.ok()) return done(BeforeSending(account.status()));
                             self->tools_.groups.Find(
                                 account->group(), deadline,
                                 [self, record, request = std::move(request), account = *account,
                                  done = std::move(done)](const absl::StatusOr<Group>& group) mutable {
                                   // The policy's general part holds even where the group cannot be seen.
                                   const int32_t length = group.ok() ? group->min_password_length() : 0;
                                   absl::Status weak = self->tools_.server.CheckNewPassword(
                                       {record.login, request.type(), request.password()}, length);
                                   if (!weak.ok()) return done(std::move(weak));
                                   self->NotePasswordTime(record, account, std::move(done));
                                 });
                           });
}

void TradeCommands::NotePasswordTime(const OperationRecord& record, const Account& account,
                                     Done<Preparation> done) {
  Preparation preparation = For(record);
  if (!account.has_last_password_change_time()) return done(std::move(preparation));
  *preparation.baseline.mutable_last_password_change_time() = account.last_password_change_time();
  // A change within the same second as the last one would not move the time, and so leave no trace.
  const absl::Duration age = tools_.clock.TimeNow() - FromProto(account.last_password_change_time());
  if (age > kRecentPassword) return done(std::move(preparation));
  tools_.scheduler.After(kSecondIsOver, [preparation = std::move(preparation),
                                         done = std::move(done)]() mutable { done(std::move(preparation)); });
}

void TradeCommands::PrepareBooking(const OperationRecord& record, absl::Time deadline,
                                   Done<Preparation> done) {
  if (const auto group = tools_.directory.GroupOf(record.login); group.has_value()) {
    return CheckDigits(record, *group, deadline, std::move(done));
  }
  tools_.server.GetAccount(record.login, deadline,
                           [self = shared_from_this(), record, deadline,
                            done = std::move(done)](const absl::StatusOr<Account>& account) mutable {
                             if (!account.ok()) return done(BeforeSending(account.status()));
                             self->CheckDigits(record, account->group(), deadline, std::move(done));
                           });
}

void TradeCommands::CheckDigits(const OperationRecord& record, const std::string& group, absl::Time deadline,
                                Done<Preparation> done) {
  const absl::StatusOr<Decimal> amount = SignedAmount(record.command.book().balance_operation());
  if (!amount.ok()) return done(amount.status());
  tools_.groups.Find(
      group, deadline,
      [record, amount = *amount, done = std::move(done)](const absl::StatusOr<Group>& found) mutable {
        if (!found.ok()) return done(found.status());
        if (amount.digits() > found->currency_digits()) {
          return done(
              trade_errors::AmountTooPrecise(amount.Abs(), found->currency_code(), found->currency_digits()));
        }
        done(For(record));
      });
}

void TradeCommands::CheckFunds(const Command& command, absl::Time deadline, DoneStatus done) {
  const accounts::v1::BalanceOperation& operation = command.book().balance_operation();
  const absl::StatusOr<Decimal> amount = SignedAmount(operation);
  if (!amount.ok()) return done(amount.status());
  const bool is_credit = DealTypeOf(operation.type()) == type::v1::Deal::CREDIT;
  if (amount->sign() > 0 || (!is_credit && command.book().ignore_margin())) return done(absl::OkStatus());
  tools_.server.GetTradeState(
      command.book().login(), deadline,
      [needed = -*amount, is_credit,
       done = std::move(done)](const absl::StatusOr<TradeState>& state) mutable {
        if (!state.ok()) return done(BeforeSending(state.status()));
        const absl::StatusOr<Decimal> held =
            Decimal::ParseWire(is_credit ? state->credit() : state->free_margin());
        if (!held.ok()) return done(held.status());
        if (*held >= needed) return done(absl::OkStatus());
        done(is_credit ? trade_errors::InsufficientCredit(needed, *held, state->currency_code())
                       : trade_errors::InsufficientFreeMargin(needed, *held, state->currency_code()));
      });
}

}  // namespace mtsuite::connector
