#include "services/accounts/validation.h"

#include <string>

#include "common/status/error.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::accounts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The field that an error complains about.
std::string FieldOf(const absl::Status& status) {
  const google::rpc::BadRequest bad = GetBadRequest(status);
  return bad.field_violations_size() == 1 ? bad.field_violations(0).field() : "";
}

type::v1::ErrorReason ReasonOf(const absl::Status& status) {
  return GetErrorReason(status).value_or(type::v1::ERROR_REASON_UNSPECIFIED);
}

v1::Account GoodAccount() {
  v1::Account account;
  account.set_group("demo\\retail-usd");
  account.set_name("Ann Smith");
  account.set_leverage(100);
  return account;
}

TEST(ValidateNewAccount, AcceptsTheLeastThatIsNeeded) {
  EXPECT_TRUE(ValidateNewAccount(GoodAccount(), "account").ok());
}

TEST(ValidateNewAccount, NamesTheMissingField) {
  v1::Account account = GoodAccount();
  account.clear_group();
  const absl::Status status = ValidateNewAccount(account, "requests[3].account");
  EXPECT_EQ(ReasonOf(status), type::v1::FIELD_REQUIRED);
  EXPECT_EQ(FieldOf(status), "requests[3].account.group");
}

TEST(ValidateNewAccount, BoundsTheLeverage) {
  v1::Account account = GoodAccount();
  for (const int leverage : {0, 1, 1000}) {  // 0 takes the group's default
    account.set_leverage(leverage);
    EXPECT_TRUE(ValidateNewAccount(account, "account").ok()) << leverage;
  }
  for (const int leverage : {-1, 1001}) {
    account.set_leverage(leverage);
    const absl::Status status = ValidateNewAccount(account, "account");
    EXPECT_EQ(ReasonOf(status), type::v1::LEVERAGE_OUT_OF_RANGE);
    EXPECT_EQ(GetMetadata(status)["max"], "1000");
    EXPECT_EQ(FieldOf(status), "account.leverage");
  }
}

TEST(ValidateNewAccount, CountsLengthsAsTheServerDoes) {
  v1::Account account = GoodAccount();
  std::string name;
  for (int i = 0; i < 63; ++i) {
    name += "\xF0\x9F\x98\x80";  // 2 UTF-16 units each
  }
  account.set_name(name + "x");
  EXPECT_TRUE(ValidateNewAccount(account, "account").ok());
  account.set_name(name + "xy");
  const absl::Status status = ValidateNewAccount(account, "account");
  EXPECT_EQ(ReasonOf(status), type::v1::FIELD_TOO_LONG);
  EXPECT_EQ(GetMetadata(status)["max_length"], "127");
}

TEST(ValidateNewAccount, RefusesControlCharacters) {
  v1::Account account = GoodAccount();
  account.mutable_contact()->set_city("Ber\nlin");
  EXPECT_EQ(FieldOf(ValidateNewAccount(account, "account")), "account.contact.city");
}

TEST(ValidateBalanceOperation, ChecksAmountTypeAndComment) {
  struct Case {
    v1::BalanceOperation::Type type;
    std::string amount, comment;
    type::v1::ErrorReason reason;
    std::string field;
  };
  const Case cases[] = {
      {v1::BalanceOperation::TYPE_UNSPECIFIED, "1", "", type::v1::FIELD_INVALID, "op.type"},
      {static_cast<v1::BalanceOperation::Type>(99), "1", "", type::v1::FIELD_INVALID, "op.type"},
      {v1::BalanceOperation::DEPOSIT, "", "", type::v1::FIELD_REQUIRED, "op.amount"},
      {v1::BalanceOperation::DEPOSIT, "1e3", "", type::v1::FIELD_INVALID, "op.amount"},
      {v1::BalanceOperation::DEPOSIT, "1,5", "", type::v1::FIELD_INVALID, "op.amount"},
      {v1::BalanceOperation::DEPOSIT, "0.00", "", type::v1::AMOUNT_NOT_POSITIVE, "op.amount"},
      {v1::BalanceOperation::WITHDRAWAL, "-5", "", type::v1::AMOUNT_NOT_POSITIVE, "op.amount"},
      {v1::BalanceOperation::CORRECTION, "0", "", type::v1::AMOUNT_NOT_POSITIVE, "op.amount"},
      {v1::BalanceOperation::DEPOSIT, "5", "nineteen characters", type::v1::COMMENT_TOO_LONG, "op.comment"},
  };
  for (const Case& c : cases) {
    v1::BalanceOperation operation;
    operation.set_type(c.type);
    operation.set_amount(c.amount);
    operation.set_comment(c.comment);
    const absl::Status status = ValidateBalanceOperation(operation, "op");
    EXPECT_EQ(ReasonOf(status), c.reason) << operation.ShortDebugString();
    EXPECT_EQ(FieldOf(status), c.field) << operation.ShortDebugString();
  }
  v1::BalanceOperation correction;
  correction.set_type(v1::BalanceOperation::CORRECTION);
  correction.set_amount("-12.50");
  correction.set_comment("eighteen character");
  EXPECT_TRUE(ValidateBalanceOperation(correction, "op").ok());
}

TEST(ResolveUpdate, AnEmptyMaskTakesWhatIsPopulated) {
  v1::Account account;
  account.set_leverage(200);
  account.mutable_contact()->set_email("ann@example.com");
  account.mutable_rights()->set_enabled(false);
  const auto paths = ResolveUpdate(account, {});
  ASSERT_TRUE(paths.ok());
  EXPECT_THAT(*paths, ElementsAre("leverage", "contact.email", "rights.enabled"));
}

TEST(ResolveUpdate, AMessagePathStandsForItsFields) {
  google::protobuf::FieldMask mask;
  mask.add_paths("contact");
  mask.add_paths("contact.email");
  const auto paths = ResolveUpdate({}, mask);
  ASSERT_TRUE(paths.ok());
  EXPECT_THAT(*paths, ElementsAre("contact.email", "contact.phone", "contact.company", "contact.country",
                                  "contact.state", "contact.city", "contact.zip_code", "contact.address"));
}

TEST(ResolveUpdate, NamesWhatCannotBeChanged) {
  google::protobuf::FieldMask mask;
  mask.add_paths("balance");
  absl::Status status = ResolveUpdate({}, mask).status();
  EXPECT_EQ(ReasonOf(status), type::v1::FIELD_NOT_MUTABLE);
  EXPECT_THAT(std::string(status.message()), HasSubstr("CreateBalanceOperation"));
  mask.set_paths(0, "leverige");
  status = ResolveUpdate({}, mask).status();
  EXPECT_EQ(ReasonOf(status), type::v1::UPDATE_MASK_INVALID);
  EXPECT_THAT(std::string(status.message()), HasSubstr("leverige"));
  EXPECT_EQ(ReasonOf(ResolveUpdate({}, {}).status()), type::v1::UPDATE_MASK_INVALID);
}

TEST(ResolveUpdate, ChecksTheNewValues) {
  v1::Account account;
  google::protobuf::FieldMask mask;
  mask.add_paths("leverage");
  EXPECT_EQ(ReasonOf(ResolveUpdate(account, mask).status()), type::v1::LEVERAGE_OUT_OF_RANGE);
  mask.set_paths(0, "group");
  EXPECT_EQ(ReasonOf(ResolveUpdate(account, mask).status()), type::v1::FIELD_REQUIRED);
}

TEST(ResolveTimeSpan, IsHalfOpenAndBounded) {
  google::protobuf::Timestamp early, late;
  early.set_seconds(1000);
  late.set_seconds(2000);
  const auto span = ResolveTimeSpan(&early, &late);
  ASSERT_TRUE(span.ok());
  EXPECT_EQ(absl::ToUnixSeconds(span->start), 1000);
  EXPECT_EQ(absl::ToUnixSeconds(span->end), 2000);
  EXPECT_EQ(ReasonOf(ResolveTimeSpan(&late, &early).status()), type::v1::TIME_RANGE_INVALID);
  EXPECT_EQ(ReasonOf(ResolveTimeSpan(&early, &early).status()), type::v1::TIME_RANGE_INVALID);
  late.set_seconds(-1);
  EXPECT_EQ(ReasonOf(ResolveTimeSpan(nullptr, &late).status()), type::v1::TIME_RANGE_INVALID);
}

TEST(ValidateOperationId, TakesVisibleAsciiOnly) {
  EXPECT_TRUE(ValidateOperationId("", 64).ok());
  EXPECT_TRUE(ValidateOperationId(std::string(64, 'x'), 64).ok());
  for (const std::string& id :
       {std::string(65, 'x'), std::string("a b"), std::string("\xC3\xA4"), std::string("a\n")}) {
    EXPECT_EQ(ReasonOf(ValidateOperationId(id, 64)), type::v1::OPERATION_ID_INVALID);
  }
}

}  // namespace
}  // namespace mtsuite::accounts
