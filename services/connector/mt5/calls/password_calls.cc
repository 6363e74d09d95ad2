#include "services/connector/mt5/calls/password_calls.h"

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/mt5wire/cipher.h"
#include "common/mt5wire/json_writer.h"
#include "common/status/error.h"
#include "common/strings/utf8.h"
#include "common/strings/view.h"
#include "services/connector/mt5/commands/user_commands.h"
#include "services/connector/mt5/password_policy.h"

namespace mtsuite::connector::mt5 {
namespace {

constexpr int kInvalidPassword = 3006;

// A longer phone password might be cut by the server without a word.
constexpr int kMaxPhonePasswordLength = kMaxPasswordLength;

std::span<const uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

absl::Status Invalid(ErrorReason reason, std::string_view message, std::string_view field) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message)
      .Field(field, message)
      .Outcome(type::v1::REJECTED);
}

bool IsPasswordType(accounts::v1::PasswordType type) {
  return type == accounts::v1::MAIN || type == accounts::v1::INVESTOR || type == accounts::v1::PHONE;
}

void SendPassword(const CallContext& context, Request request, absl::Time deadline, DoneStatus done) {
  const CommandContext command = request.context;
  context.pool.Call(ConnectionPool::Lane::kCommand, std::move(request), deadline,
                    [command, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
                      absl::Status status = CheckAnswer(answer, command);
                      // Our check of the policy found nothing, so the rule is one of the server's own.
                      if (GetErrorReason(status) == type::v1::PASSWORD_TOO_WEAK) {
                        status = WithMetadata(status, "rule", "server");
                      }
                      done(std::move(status));
                    });
}

}  // namespace

absl::Status CheckPasswordPolicy(std::string_view password, int group_min_length, std::string_view field) {
  const std::optional<BrokenPasswordRule> broken = FindBrokenPasswordRule(password, group_min_length);
  if (!broken) return absl::OkStatus();
  const std::string required = broken->limit == 0
                                   ? std::string(broken->requirement)
                                   : absl::StrCat(broken->limit, " ", AbslView(broken->requirement));
  ErrorBuilder error = MakeError(absl::StatusCode::kInvalidArgument, type::v1::PASSWORD_TOO_WEAK,
                                 absl::StrCat("the password needs ", required));
  if (broken->limit != 0) error.With("length", broken->limit);
  return error.With("rule", broken->name)
      .Field(field, absl::StrCat("needs ", required))
      .Outcome(type::v1::REJECTED);
}

void SetAccountPassword(const CallContext& context, const PasswordChange& change, absl::Time deadline,
                        DoneStatus done) {
  if (!IsPasswordType(change.type)) {
    return done(
        Invalid(type::v1::FIELD_INVALID, "the type of the password is MAIN, INVESTOR or PHONE", "type"));
  }
  if (change.type != accounts::v1::PHONE) {
    const accounts::v1::Group* group = context.catalog.FindByAccount(change.login);
    const int min_length = group == nullptr ? 0 : group->min_password_length();
    absl::Status status = CheckPasswordPolicy(change.password, min_length, "password");
    if (!status.ok()) return done(std::move(status));
    return SendPassword(context, ChangeUserPassword(change), deadline, std::move(done));
  }
  if (Utf16Length(change.password) > kMaxPhonePasswordLength) {
    const std::string message =
        absl::StrCat("the phone password has at most ", kMaxPhonePasswordLength, " characters");
    return done(WithMetadata(Invalid(type::v1::FIELD_TOO_LONG, message, "password"), "max_length",
                             std::to_string(kMaxPhonePasswordLength)));
  }
  std::string body;
  mt5wire::JsonWriter(body).BeginObject().Member("PhonePassword", change.password).EndObject();
  SendPassword(context, UpdateUser(change.login, body), deadline, std::move(done));
}

void CheckAccountPassword(const CallContext& context, const PasswordChange& password, absl::Time deadline,
                          Done<bool> done) {
  if (!IsPasswordType(password.type)) {
    return done(
        Invalid(type::v1::FIELD_INVALID, "the type of the password is MAIN, INVESTOR or PHONE", "type"));
  }
  const bool phone = password.type == accounts::v1::PHONE;
  Request request = phone ? GetUser(password.login) : CheckUserPassword(password);
  const CommandContext command = request.context;
  context.pool.Call(
      ConnectionPool::Lane::kCommand, std::move(request), deadline,
      [context, command, password, phone, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
        if (!phone) {
          if (answer.ok() && answer->retcode == kInvalidPassword) return done(false);
          absl::Status status = CheckAnswer(answer, command);
          if (!status.ok()) return done(std::move(status));
          return done(true);
        }
        const absl::StatusOr<UserRecord> record = ReadResult(
            answer, command, [&](const Answer& a) { return ParseUser(a, password.login, context.time); });
        if (!record.ok()) return done(record.status());
        // An account without a phone password has none that is right.
        done(!record->phone_password.empty() &&
             mt5wire::ConstantTimeEqual(Bytes(record->phone_password), Bytes(password.password)));
      });
}

}  // namespace mtsuite::connector::mt5
