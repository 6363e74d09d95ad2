#include "services/connector/mt5/retcode_map.h"

#include <vector>

#include "common/status/error.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::connector::mt5 {
namespace {

using absl::StatusCode;
using ::mtsuite::testing::HasMetadata;
using ::mtsuite::testing::HasOutcome;
using ::mtsuite::testing::HasReason;
using ::mtsuite::testing::IsOk;
using ::mtsuite::testing::StatusIs;
using ::testing::HasSubstr;

CommandContext Mutation(std::string_view command, int64_t login = 1001) {
  CommandContext context;
  context.command = command;
  context.mutation = true;
  context.login = login;
  return context;
}

struct Case {
  int retcode;
  StatusCode code;
  ErrorReason reason;
  Outcome outcome;
};
const std::vector<Case> kCases = {
    {2, StatusCode::kInternal, type::v1::TRADE_SERVER_REJECTED, type::v1::UNCONFIRMED},
    {3, StatusCode::kInvalidArgument, type::v1::TRADE_SERVER_REJECTED, type::v1::REJECTED},
    {4, StatusCode::kInvalidArgument, type::v1::TRADE_SERVER_REJECTED, type::v1::REJECTED},
    {5, StatusCode::kInternal, type::v1::TRADE_SERVER_REJECTED, type::v1::UNCONFIRMED},
    {6, StatusCode::kInternal, type::v1::TRADE_SERVER_REJECTED, type::v1::UNCONFIRMED},
    {7, StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE, type::v1::UNCONFIRMED},
    {8, StatusCode::kFailedPrecondition, type::v1::MANAGER_NOT_PERMITTED, type::v1::REJECTED},
    {9, StatusCode::kDeadlineExceeded, type::v1::TRADE_SERVER_TIMEOUT, type::v1::UNCONFIRMED},
    {10, StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE, type::v1::UNCONFIRMED},
    {11, StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE, type::v1::UNCONFIRMED},
    {12, StatusCode::kResourceExhausted, type::v1::RATE_LIMITED, type::v1::REJECTED},
    {13, StatusCode::kNotFound, type::v1::ACCOUNT_NOT_FOUND, type::v1::REJECTED},
    {14, StatusCode::kInternal, type::v1::TRADE_SERVER_REJECTED, type::v1::UNCONFIRMED},
    {15, StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE, type::v1::UNCONFIRMED},
    {16, StatusCode::kUnavailable, type::v1::TRADE_SERVER_REJECTED, type::v1::UNCONFIRMED},
    {17, StatusCode::kAlreadyExists, type::v1::TRADE_SERVER_REJECTED, type::v1::REJECTED},
    {1018, StatusCode::kResourceExhausted, type::v1::RATE_LIMITED, type::v1::REJECTED},
    {2001, StatusCode::kFailedPrecondition, type::v1::TRADE_SERVER_REJECTED, type::v1::REJECTED},
    {3001, StatusCode::kFailedPrecondition, type::v1::TRADE_SERVER_REJECTED, type::v1::REJECTED},
    {3002, StatusCode::kResourceExhausted, type::v1::LOGINS_EXHAUSTED, type::v1::REJECTED},
    {3003, StatusCode::kAlreadyExists, type::v1::LOGIN_TAKEN, type::v1::REJECTED},
    {3004, StatusCode::kAlreadyExists, type::v1::LOGIN_TAKEN, type::v1::REJECTED},
    {3006, StatusCode::kInvalidArgument, type::v1::PASSWORD_TOO_WEAK, type::v1::REJECTED},
    {3008, StatusCode::kFailedPrecondition, type::v1::OPEN_POSITIONS_FORBID_CHANGE, type::v1::REJECTED},
    {3010, StatusCode::kFailedPrecondition, type::v1::GROUP_CURRENCY_DIFFERS, type::v1::REJECTED},
    {3013, StatusCode::kAlreadyExists, type::v1::LOGIN_TAKEN, type::v1::REJECTED},
    {4005, StatusCode::kInvalidArgument, type::v1::AMOUNT_TOO_LARGE, type::v1::REJECTED},
    {10006, StatusCode::kFailedPrecondition, type::v1::DEALER_REJECTED, type::v1::REJECTED},
    {10009, StatusCode::kUnavailable, type::v1::TRADE_SERVER_REJECTED, type::v1::UNCONFIRMED},
    {10012, StatusCode::kDeadlineExceeded, type::v1::TRADE_SERVER_TIMEOUT, type::v1::UNCONFIRMED},
    {10013, StatusCode::kInvalidArgument, type::v1::TRADE_SERVER_REJECTED, type::v1::REJECTED},
    {10019, StatusCode::kFailedPrecondition, type::v1::INSUFFICIENT_FREE_MARGIN, type::v1::REJECTED},
    {10024, StatusCode::kResourceExhausted, type::v1::RATE_LIMITED, type::v1::REJECTED},
    {10031, StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE, type::v1::UNCONFIRMED},
    {10004, StatusCode::kAborted, type::v1::REQUOTE, type::v1::REJECTED},
    {10011, StatusCode::kInternal, type::v1::TRADE_SERVER_REJECTED, type::v1::UNCONFIRMED},
    {10014, StatusCode::kInvalidArgument, type::v1::INVALID_VOLUME, type::v1::REJECTED},
    {10015, StatusCode::kInvalidArgument, type::v1::INVALID_PRICE, type::v1::REJECTED},
    {10016, StatusCode::kInvalidArgument, type::v1::INVALID_STOPS, type::v1::REJECTED},
    {10017, StatusCode::kFailedPrecondition, type::v1::TRADE_DISABLED, type::v1::REJECTED},
    {10018, StatusCode::kFailedPrecondition, type::v1::MARKET_CLOSED, type::v1::REJECTED},
    {10020, StatusCode::kAborted, type::v1::PRICE_CHANGED, type::v1::REJECTED},
    {10021, StatusCode::kFailedPrecondition, type::v1::OFF_QUOTES, type::v1::REJECTED},
    {10023, StatusCode::kAborted, type::v1::ORDER_CHANGED, type::v1::REJECTED},
    {10029, StatusCode::kFailedPrecondition, type::v1::TRADE_FROZEN, type::v1::REJECTED},
    {10036, StatusCode::kNotFound, type::v1::POSITION_CLOSED, type::v1::REJECTED},
    {10038, StatusCode::kInvalidArgument, type::v1::VOLUME_EXCEEDS_POSITION, type::v1::REJECTED},
    {10043, StatusCode::kFailedPrecondition, type::v1::DIRECTION_NOT_ALLOWED, type::v1::REJECTED},
    {10046, StatusCode::kFailedPrecondition, type::v1::HEDGING_PROHIBITED, type::v1::REJECTED},
    {11001, StatusCode::kUnavailable, type::v1::TRADE_SERVER_REJECTED, type::v1::UNCONFIRMED},
    {12000, StatusCode::kFailedPrecondition, type::v1::NOT_SUPPORTED_BY_PLATFORM, type::v1::REJECTED},
    {12002, StatusCode::kFailedPrecondition, type::v1::NOT_SUPPORTED_BY_PLATFORM, type::v1::REJECTED},
    {12003, StatusCode::kAborted, type::v1::TRADE_SERVER_REJECTED, type::v1::UNCONFIRMED},
    {12004, StatusCode::kFailedPrecondition, type::v1::TRADE_SERVER_REJECTED, type::v1::REJECTED},
    // Documented nowhere: a refusal, but not one to rely on.
    {77, StatusCode::kFailedPrecondition, type::v1::TRADE_SERVER_REJECTED, type::v1::UNCONFIRMED},
    {-1, StatusCode::kFailedPrecondition, type::v1::TRADE_SERVER_REJECTED, type::v1::UNCONFIRMED},
    {99999, StatusCode::kFailedPrecondition, type::v1::TRADE_SERVER_REJECTED, type::v1::UNCONFIRMED},
};

TEST(RetcodeMapTest, EveryKindOfRefusalOfAMutation) {
  for (const Case& c : kCases) {
    const absl::Status status = StatusOfRetcode(c.retcode, "Text", Mutation("USER_UPDATE"));
    EXPECT_THAT(status, StatusIs(c.code)) << c.retcode;
    EXPECT_THAT(status, HasReason(c.reason)) << c.retcode;
    EXPECT_THAT(status, HasOutcome(c.outcome)) << c.retcode;
    EXPECT_THAT(status, HasMetadata("retcode", std::to_string(c.retcode)));
    EXPECT_THAT(status, StatusIs(c.code, HasSubstr(" Text)"))) << "the server's words get lost";
  }
}

TEST(RetcodeMapTest, ReadsHaveNoOutcome) {
  CommandContext context;
  context.command = "USER_GET";
  context.login = 1001;
  const absl::Status status = StatusOfRetcode(13, "Not found", context);
  EXPECT_THAT(status, HasReason(type::v1::ACCOUNT_NOT_FOUND));
  EXPECT_THAT(status, HasMetadata("login", "1001"));
  EXPECT_THAT(status, HasOutcome(type::v1::OUTCOME_UNSPECIFIED));
}

TEST(RetcodeMapTest, SuccessIsZeroAndNoData) {
  EXPECT_THAT(StatusOfRetcode(0, "Done", Mutation("USER_ADD")), IsOk());
  EXPECT_THAT(StatusOfRetcode(1, "OK, no data", Mutation("USER_ADD")), IsOk());
}

TEST(RetcodeMapTest, NotFoundNamesWhatWasLookedFor) {
  CommandContext group;
  group.command = "GROUP_GET";
  group.group = "demo\\x";
  EXPECT_THAT(StatusOfRetcode(13, "", group), HasReason(type::v1::GROUP_NOT_FOUND));
  EXPECT_THAT(StatusOfRetcode(13, "", group), HasMetadata("group", "demo\\x"));
  CommandContext symbol;
  symbol.command = "SYMBOL_GET";
  symbol.symbol = "EURUSD";
  EXPECT_THAT(StatusOfRetcode(13, "", symbol), HasReason(type::v1::SYMBOL_NOT_FOUND));
  EXPECT_THAT(StatusOfRetcode(13, "", Mutation("SERVER_RESTART", 0)),
              HasReason(type::v1::TRADE_SERVER_REJECTED));
}

TEST(RetcodeMapTest, NoMoneyDependsOnWhatWasBooked) {
  CommandContext credit = Mutation("TRADE_BALANCE");
  credit.credit = true;
  EXPECT_THAT(StatusOfRetcode(10019, "No money", credit), HasReason(type::v1::INSUFFICIENT_CREDIT));
}

TEST(RetcodeMapTest, LimitsAndWaitsAreTold) {
  EXPECT_THAT(StatusOfRetcode(4005, "", Mutation("TRADE_BALANCE")), HasMetadata("max", "1000000000"));
  EXPECT_EQ(GetRetryAfter(StatusOfRetcode(12, "", Mutation("TRADE_BALANCE"))), absl::Seconds(1));
}

}  // namespace
}  // namespace mtsuite::connector::mt5
