#include "services/connector/service/request_checks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "google/protobuf/util/field_mask_util.h"
#include "services/connector/base/proto_time.h"
#include "services/connector/commands/booking.h"
#include "services/connector/service/request_errors.h"
#include "services/connector/service/trade_checks.h"

namespace mtsuite::connector {
namespace {

using request_errors::Invalid;
using request_errors::Required;

constexpr size_t kMaxOperationIdLength = 64;
constexpr int32_t kMaxDealPage = 1000;

absl::Status CheckBooking(const v1::CreateBalanceOperationRequest& request) {
  RETURN_IF_ERROR(CheckLogin(request.login()));
  RETURN_IF_ERROR(SignedAmount(request.balance_operation()).status());
  return request_errors::CheckComment(request.balance_operation().comment(), "balance_operation.comment");
}

absl::Status CheckUpdate(const v1::UpdateAccountRequest& request) {
  using google::protobuf::util::FieldMaskUtil;
  RETURN_IF_ERROR(CheckLogin(request.account().login()));
  if (request.update_mask().paths().empty()) return Required("update_mask");
  for (const std::string& path : request.update_mask().paths()) {
    if (FieldMaskUtil::IsValidPath<accounts::v1::Account>(path)) continue;
    return Invalid(type::v1::UPDATE_MASK_INVALID, absl::StrCat("an account has no field \"", path, "\""))
        .With("path", path)
        .Field("update_mask", "fields of Account");
  }
  return absl::OkStatus();
}

// Of deals, and of orders that are done.
template <class Request>
absl::Status CheckHistoryQuery(const Request& request) {
  RETURN_IF_ERROR(CheckLogin(request.login()));
  if (request.limit() < 1 || request.limit() > kMaxDealPage) {
    return Invalid(type::v1::FIELD_INVALID, "the limit must be 1 to 1000").Field("limit", "1 to 1000");
  }
  if (request.offset() < 0) {
    return Invalid(type::v1::FIELD_INVALID, "the offset must not be negative").Field("offset", "0 or above");
  }
  if (request.has_start_time() && request.has_end_time() &&
      FromProto(request.start_time()) >= FromProto(request.end_time())) {
    return Invalid(type::v1::TIME_RANGE_INVALID, "start_time must be before end_time")
        .Field("end_time", "later than start_time");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckOperationId(const std::string& operation_id) {
  const bool visible =
      std::all_of(operation_id.begin(), operation_id.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!operation_id.empty() && operation_id.size() <= kMaxOperationIdLength && visible)
    return absl::OkStatus();
  return Invalid(type::v1::OPERATION_ID_INVALID,
                 "the operation id must have 1 to 64 visible ASCII characters")
      .With("max_length", kMaxOperationIdLength)
      .Field("operation_id", "1 to 64 visible ASCII characters, best a UUID");
}

absl::Status CheckLogin(int64_t login) {
  if (login > 0) return absl::OkStatus();
  return login == 0 ? Required("login")
                    : Invalid(type::v1::FIELD_INVALID,
                              absl::StrCat("the login is ", login, "; it must be above zero"))
                          .Field("login", "above zero");
}

absl::Status CheckCommand(const Command& command) {
  switch (command.request_case()) {
    case Command::kCreateAccount: {
      const auto& request = command.create_account();
      if (request.account().login() < 0) return CheckLogin(request.account().login());
      if (request.account().group().empty()) return Required("account.group");
      if (request.account().name().empty()) return Required("account.name");
      if (request.main_password().empty()) return Required("main_password");
      if (request.investor_password().empty()) return Required("investor_password");
      return absl::OkStatus();
    }
    case Command::kUpdateAccount:
      return CheckUpdate(command.update_account());
    case Command::kDeleteAccount:
      return CheckLogin(command.delete_account().login());
    case Command::kSetPassword:
      RETURN_IF_ERROR(CheckLogin(command.set_password().login()));
      if (command.set_password().type() == accounts::v1::PASSWORD_TYPE_UNSPECIFIED) return Required("type");
      if (command.set_password().password().empty()) return Required("password");
      return absl::OkStatus();
    case Command::kBook:
      return CheckBooking(command.book());
    case Command::REQUEST_NOT_SET:
      return absl::InternalError("an empty command");
    default:
      return CheckTradeCommand(command);
  }
}

absl::Status CheckDealQuery(const v1::ListDealsRequest& request) { return CheckHistoryQuery(request); }

absl::StatusOr<DealQuery> ToHistoryQuery(const v1::ListOrderHistoryRequest& request) {
  RETURN_IF_ERROR(CheckHistoryQuery(request));
  DealQuery query;
  query.login = request.login();
  if (request.has_start_time()) query.start = FromProto(request.start_time());
  if (request.has_end_time()) query.end = FromProto(request.end_time());
  query.offset = request.offset();
  query.limit = request.limit();
  return query;
}

}  // namespace mtsuite::connector
