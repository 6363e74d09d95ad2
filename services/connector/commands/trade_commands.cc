#include "services/connector/commands/trade_commands.h"

#include <utility>

#include "common/status/error.h"
#include "services/connector/base/trade_errors.h"
#include "services/connector/commands/booking.h"

namespace mtsuite::connector {

using accounts::v1::Account;

namespace {

OperationResult Wrap(const Account& account) {
  OperationResult result;
  *result.mutable_account() = account;
  return result;
}

}  // namespace

std::shared_ptr<TradeCommands> TradeCommands::Create(const Options& options, const Tools& tools) {
  return std::shared_ptr<TradeCommands>(new TradeCommands(options, tools));
}

TradeCommands::TradeCommands(const Options& options, const Tools& tools)
    : options_(options),
      tools_(tools),
      orders_(OrderCommands::Create(
          {.search_margin = options.search_margin, .search_records_max = options.search_deals_max},
          {tools.clock, tools.server, tools.directory, tools.groups, tools.symbols, tools.ticks})) {}

void TradeCommands::SetAvailable(bool available, const std::string& why) {
  absl::MutexLock lock(&mutex_);
  available_ = available;
  why_not_ = why;
}

absl::Status TradeCommands::CheckAvailable() const {
  if (tools_.may_send && !tools_.may_send()) return trade_errors::NotOwner(options_.server);
  absl::MutexLock lock(&mutex_);
  return available_ ? absl::OkStatus() : trade_errors::ServerUnavailable(options_.server, why_not_);
}

void TradeCommands::Prepare(const OperationRecord& record, const Command& command, absl::Time deadline,
                            Done<Preparation> done) {
  switch (command.request_case()) {
    case Command::kCreateAccount:
      return PrepareCreate(record, command, deadline, std::move(done));
    case Command::kUpdateAccount:
      return PrepareUpdate(record, deadline, std::move(done));
    case Command::kDeleteAccount:
      return PrepareDelete(record, deadline, std::move(done));
    case Command::kSetPassword:
      return PreparePassword(record, command, deadline, std::move(done));
    case Command::kBook:
      return PrepareBooking(record, deadline, std::move(done));
    case Command::REQUEST_NOT_SET:
      return done(absl::InternalError("an empty command"));
    default:
      return orders_->Prepare(record, deadline, std::move(done));
  }
}

void TradeCommands::Send(const OperationRecord& record, const Command& command, absl::Time deadline,
                         Done<OperationResult> done) {
  const auto self = shared_from_this();
  // The last look before the wire: the connection or the ownership may have gone while the record was being
  // stored.
  if (absl::Status refusal = CheckAvailable(); !refusal.ok()) return done(std::move(refusal));
  if (command.has_create_account()) {
    const auto& request = command.create_account();
    NewAccount account{request.account(), request.main_password(), request.investor_password(),
                       request.phone_password()};
    account.account.set_login(record.login);
    tools_.server.CreateAccount(
        account, deadline,
        [self, login = record.login, done = std::move(done)](absl::StatusOr<Account> created) mutable {
          if (GetErrorReason(created.status()) == type::v1::LOGIN_TAKEN) self->tools_.logins.MarkTaken(login);
          if (!created.ok()) return done(created.status());
          self->tools_.on_account(*created);
          done(Wrap(*created));
        });
  } else if (command.has_update_account()) {
    const auto& request = command.update_account();
    const AccountChange change{request.account(),
                               {request.update_mask().paths().begin(), request.update_mask().paths().end()}};
    tools_.server.UpdateAccount(change, deadline,
                                [self, done = std::move(done)](absl::StatusOr<Account> updated) mutable {
                                  if (!updated.ok()) return done(updated.status());
                                  self->tools_.on_account(*updated);
                                  done(Wrap(*updated));
                                });
  } else if (command.has_delete_account()) {
    tools_.server.DeleteAccount(
        record.login, deadline,
        [self, login = record.login, done = std::move(done)](const absl::Status& status) mutable {
          if (!status.ok()) return done(status);
          self->tools_.on_deleted(login);
          done(OperationResult());
        });
  } else if (command.has_set_password()) {
    const auto& request = command.set_password();
    tools_.server.SetPassword({record.login, request.type(), request.password()}, deadline,
                              [done = std::move(done)](const absl::Status& status) mutable {
                                if (!status.ok()) return done(status);
                                done(OperationResult());
                              });
  } else if (!command.has_book()) {
    orders_->Send(record, deadline, std::move(done));
  } else {
    const absl::StatusOr<Booking> booking = ToBooking(record);
    if (!booking.ok()) return done(WithOutcome(booking.status(), type::v1::NOT_SENT));
    tools_.server.Book(
        *booking, deadline,
        [self, record, done = std::move(done)](const absl::StatusOr<BookingResult>& booked) mutable {
          if (!booked.ok()) return done(booked.status());
          OperationResult result;
          *result.mutable_balance_operation() =
              ToBalanceOperation(record, booked->ticket, self->tools_.clock.TimeNow());
          done(std::move(result));
        });
  }
}

void TradeCommands::Resume(const OperationRecord& record) {
  if (record.kind == operations::v1::Operation::CREATE_ACCOUNT)
    tools_.logins.Restore(record.login, record.operation_id);
}

void TradeCommands::Release(const OperationRecord& record) {
  if (record.kind == operations::v1::Operation::CREATE_ACCOUNT) tools_.logins.Release(record.operation_id);
}

}  // namespace mtsuite::connector
