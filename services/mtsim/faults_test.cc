#include "services/mtsim/faults.h"

#include "common/testing/matchers.h"
#include "gtest/gtest.h"

namespace mtsuite::mtsim {
namespace {

using ::mtsuite::testing::StatusIs;
using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

Fault Refuse(std::string command) {
  return {.kind = FaultKind::kRefuse, .command = std::move(command), .retcode = 10019};
}

TEST(FaultBookTest, FiresOnMatchingCommandsAndAccounts) {
  FaultBook book(1);
  Fault fault = Refuse("TRADE_*");
  fault.login = 7;
  ASSERT_OK_AND_ASSIGN(fault, book.Add(fault, kNow));
  EXPECT_EQ(fault.id, 1);
  EXPECT_FALSE(book.OnCommand("USER_GET", 7));
  EXPECT_FALSE(book.OnCommand("TRADE_BALANCE", 8));
  const auto fired = book.OnCommand("TRADE_BALANCE", 7);
  ASSERT_TRUE(fired);
  EXPECT_EQ(fired->retcode, 10019);
  EXPECT_EQ(book.List()[0].fired_count, 1);
}

TEST(FaultBookTest, StopsWhenItsCountIsUsedUpAndLetsTheNextOneFire) {
  FaultBook book(1);
  Fault once = Refuse("");
  once.count = 1;
  ASSERT_OK(book.Add(once, kNow));
  ASSERT_OK(book.Add({.kind = FaultKind::kDropAfter}, kNow));
  EXPECT_EQ(book.OnCommand("X", 0)->kind, FaultKind::kRefuse);
  EXPECT_EQ(book.OnCommand("X", 0)->kind, FaultKind::kDropAfter);
}

TEST(FaultBookTest, DiceFollowTheSeed) {
  const auto fires = [](uint64_t seed) {
    FaultBook book(seed);
    Fault fault = Refuse("");
    fault.probability_percent = 30;
    EXPECT_OK(book.Add(fault, kNow));
    std::string pattern;
    for (int i = 0; i < 1000; ++i) pattern += book.OnCommand("X", 0) ? '1' : '0';
    return pattern;
  };
  const std::string pattern = fires(5);
  EXPECT_EQ(pattern, fires(5));
  EXPECT_NE(pattern, fires(6));
  EXPECT_NEAR(static_cast<double>(std::count(pattern.begin(), pattern.end(), '1')), 300, 60);
}

TEST(FaultBookTest, RefusesConnectionsUntilItExpires) {
  FaultBook book(1);
  ASSERT_OK(book.Add({.kind = FaultKind::kRefuseConnections, .delay = absl::Seconds(5)}, kNow));
  EXPECT_FALSE(book.OnCommand("X", 0));
  EXPECT_TRUE(book.OnConnection(kNow + absl::Seconds(4)));
  EXPECT_FALSE(book.OnConnection(kNow + absl::Seconds(5)));
  book.Clear();
  EXPECT_TRUE(book.empty());
}

TEST(FaultBookTest, ChecksWhatIsAdded) {
  FaultBook book(1);
  EXPECT_THAT(book.Add({.kind = FaultKind::kRefuse}, kNow),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("retcode")));
  EXPECT_THAT(book.Add({.kind = FaultKind::kDelayBefore}, kNow),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("delay")));
  EXPECT_THAT(book.Add({.kind = static_cast<FaultKind>(99)}, kNow),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(book.Add({.kind = FaultKind::kStall, .probability_percent = 101}, kNow),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(book.Add({.kind = FaultKind::kStall, .count = -1}, kNow),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(book.Add({.kind = FaultKind::kStall, .delay = absl::Hours(2)}, kNow),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(FaultBookTest, IsBoundedButForgetsUsedUpFaults) {
  FaultBook book(1);
  Fault once = Refuse("");
  once.count = 1;
  for (size_t i = 0; i < FaultBook::kFaultsMax; ++i) ASSERT_OK(book.Add(once, kNow));
  EXPECT_THAT(book.Add(once, kNow), StatusIs(absl::StatusCode::kResourceExhausted));
  ASSERT_TRUE(book.OnCommand("X", 0));
  EXPECT_OK(book.Add(once, kNow));
}

TEST(FaultBookTest, TradeFaultsHitTradesOnly) {
  FaultBook book(1);
  const absl::Time now = absl::UnixEpoch();
  ASSERT_OK(book.Add({.kind = FaultKind::kTradeReject, .count = 1, .retcode = 10018, .symbol = "EUR*"}, now));
  ASSERT_OK(book.Add({.kind = FaultKind::kTradeDelay, .login = 7, .delay = absl::Seconds(1)}, now));
  ASSERT_OK(book.Add({.kind = FaultKind::kTradePartialFill, .command = "DEALER_*"}, now));
  EXPECT_FALSE(book.OnCommand("DEALER_SEND", 7).has_value());
  const TradeFault other = book.OnTrade("GBPUSD", 8);
  EXPECT_EQ(other.retcode, 0);
  EXPECT_EQ(other.delay, absl::ZeroDuration());
  EXPECT_EQ(other.fill_percent, 50);
  const TradeFault both = book.OnTrade("EURUSD", 7);
  EXPECT_EQ(both.retcode, 10018);
  EXPECT_EQ(both.delay, absl::Seconds(1));
  EXPECT_EQ(both.fill_percent, 100);
  EXPECT_EQ(book.OnTrade("EURUSD", 7).retcode, 0) << "used up";
}

TEST(FaultBookTest, TradeFaultsAreChecked) {
  FaultBook book(1);
  const absl::Time now = absl::UnixEpoch();
  EXPECT_FALSE(book.Add({.kind = FaultKind::kTradeReject, .retcode = 10009}, now).ok());
  EXPECT_FALSE(book.Add({.kind = FaultKind::kTradePartialFill, .fill_percent = 100}, now).ok());
  EXPECT_FALSE(book.Add({.kind = FaultKind::kTradeDelay}, now).ok());
  ASSERT_OK_AND_ASSIGN(const Fault reject, book.Add({.kind = FaultKind::kTradeReject}, now));
  EXPECT_EQ(reject.retcode, 10006);
}

}  // namespace
}  // namespace mtsuite::mtsim
