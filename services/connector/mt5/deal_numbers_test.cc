#include "services/connector/mt5/deal_numbers.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::connector::mt5 {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

TEST(DealNumbersTest, AsksForTheNextNumbersOnceOneIsKnown) {
  DealNumbers numbers({.ahead = 3});
  EXPECT_FALSE(numbers.follow(kNow));
  numbers.Add(100, kNow);
  EXPECT_TRUE(numbers.follow(kNow));
  EXPECT_THAT(numbers.Next(kNow), ElementsAre(101, 102, 103));
  numbers.Add(101, kNow);
  EXPECT_THAT(numbers.Next(kNow), ElementsAre(102, 103, 104));
}

TEST(DealNumbersTest, AsksForWhatWasLeftOutUntilItComesOrIsTooOld) {
  DealNumbers numbers({.ahead = 3, .missing_age = absl::Seconds(10)});
  numbers.Add(100, kNow);
  numbers.Add(103, kNow);
  EXPECT_THAT(numbers.Next(kNow), ElementsAre(101, 102, 104, 105, 106));
  numbers.Add(102, kNow);
  EXPECT_THAT(numbers.Next(kNow + absl::Seconds(9)), ElementsAre(101, 104, 105, 106));
  EXPECT_THAT(numbers.Next(kNow + absl::Seconds(10)), ElementsAre(104, 105, 106));
  EXPECT_TRUE(numbers.follow(kNow + absl::Seconds(10)));
}

TEST(DealNumbersTest, TheOldestOfTooManyAreForgotten) {
  DealNumbers numbers({.ahead = 4, .missing_max = 2});
  numbers.Add(100, kNow);
  numbers.Add(104, kNow);
  EXPECT_THAT(numbers.Next(kNow), ElementsAre(102, 103, 105, 106, 107, 108));
}

TEST(DealNumbersTest, ADealThatDoesNotFollowEndsItForAWhile) {
  for (const int64_t stranger : {104, 80}) {
    DealNumbers numbers({.ahead = 3, .late_max = 10, .doubt = absl::Minutes(1)});
    numbers.Add(100, kNow - absl::Minutes(1));
    ASSERT_TRUE(numbers.follow(kNow));
    numbers.Add(stranger, kNow);
    EXPECT_FALSE(numbers.follow(kNow + absl::Seconds(59)));
    EXPECT_TRUE(numbers.follow(kNow + absl::Minutes(1)));
    EXPECT_THAT(numbers.Next(kNow + absl::Minutes(1)), ElementsAre(stranger + 1, stranger + 2, stranger + 3));
  }
}

TEST(DealNumbersTest, ALateDealIsNoStranger) {
  DealNumbers numbers({.ahead = 3, .late_max = 10});
  numbers.Add(100, kNow);
  numbers.Add(90, kNow);
  EXPECT_TRUE(numbers.follow(kNow));
  EXPECT_THAT(numbers.Next(kNow), ElementsAre(101, 102, 103));
}

TEST(DealNumbersTest, AServerThatRefusesIsNotAskedForAWhile) {
  DealNumbers numbers({.doubt = absl::Minutes(1)});
  numbers.Add(100, kNow);
  numbers.Refused(kNow);
  EXPECT_FALSE(numbers.follow(kNow));
  EXPECT_TRUE(numbers.follow(kNow + absl::Minutes(1)));
  EXPECT_THAT(numbers.Next(kNow), SizeIs(128));
}

}  // namespace
}  // namespace mtsuite::connector::mt5
