#include "services/connector/journal/operation_record.h"

#include "common/status/error.h"
#include "common/status/rpc_status.h"
#include "services/connector/base/proto_time.h"

namespace mtsuite::connector {

using operations::v1::Operation;

operations::v1::Operation ToPublic(const OperationRecord& record) {
  Operation operation;
  operation.set_server(record.server);
  operation.set_operation_id(record.operation_id);
  operation.set_kind(record.kind);
  operation.set_state(record.state);
  operation.set_login(record.login);
  if (LeavesTag(record.kind)) operation.set_tag(record.tag);
  *operation.mutable_create_time() = ToProto(record.create_time);
  *operation.mutable_update_time() = ToProto(record.update_time);
  operation.set_attempt_count(record.attempt);
  if (record.state == Operation::REJECTED) {
    const absl::Status error = FromRpcStatus(record.error);
    if (const auto reason = GetErrorReason(error); reason.has_value()) {
      operation.set_error_reason(type::v1::ErrorReason_Name(*reason));
    }
    operation.set_error_message(record.error.message());
  }
  if (record.state != Operation::APPLIED) return operation;
  if (record.result.has_account()) *operation.mutable_account() = record.result.account();
  if (record.result.has_balance_operation()) {
    *operation.mutable_balance_operation() = record.result.balance_operation();
  }
  if (record.result.has_trade()) *operation.mutable_trade() = record.result.trade();
  if (record.result.has_order()) *operation.mutable_order() = record.result.order();
  if (record.result.has_position()) *operation.mutable_position() = record.result.position();
  return operation;
}

OperationKind KindOf(const Command& command) {
  switch (command.request_case()) {
    case Command::kCreateAccount:
      return Operation::CREATE_ACCOUNT;
    case Command::kUpdateAccount:
      return Operation::UPDATE_ACCOUNT;
    case Command::kDeleteAccount:
      return Operation::DELETE_ACCOUNT;
    case Command::kSetPassword:
      return Operation::SET_PASSWORD;
    case Command::kBook:
      return Operation::BALANCE_OPERATION;
    case Command::kPlaceOrder:
      return Operation::PLACE_ORDER;
    case Command::kUpdateOrder:
      return Operation::UPDATE_ORDER;
    case Command::kCancelOrder:
      return Operation::CANCEL_ORDER;
    case Command::kUpdatePosition:
      return Operation::UPDATE_POSITION;
    case Command::kClosePosition:
      return Operation::CLOSE_POSITION;
    case Command::kClosePositionBy:
      return Operation::CLOSE_POSITION_BY;
    case Command::REQUEST_NOT_SET:
      break;
  }
  return Operation::KIND_UNSPECIFIED;
}

int64_t LoginOf(const Command& command) {
  switch (command.request_case()) {
    case Command::kCreateAccount:
      return command.create_account().account().login();
    case Command::kUpdateAccount:
      return command.update_account().account().login();
    case Command::kDeleteAccount:
      return command.delete_account().login();
    case Command::kSetPassword:
      return command.set_password().login();
    case Command::kBook:
      return command.book().login();
    case Command::kPlaceOrder:
      return command.place_order().login();
    case Command::kUpdateOrder:
      return command.update_order().login();
    case Command::kCancelOrder:
      return command.cancel_order().login();
    case Command::kUpdatePosition:
      return command.update_position().login();
    case Command::kClosePosition:
      return command.close_position().login();
    case Command::kClosePositionBy:
      return command.close_position_by().login();
    case Command::REQUEST_NOT_SET:
      break;
  }
  return 0;
}

Command WithoutSecrets(Command command) {
  if (command.has_create_account()) {
    command.mutable_create_account()->clear_main_password();
    command.mutable_create_account()->clear_investor_password();
    command.mutable_create_account()->clear_phone_password();
  }
  if (command.has_set_password()) command.mutable_set_password()->clear_password();
  return command;
}

}  // namespace mtsuite::connector
