#include "services/connector/mt5/deal_numbers.h"

#include <vector>

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
  for (const int64_t stranger : {104, 99}) {
    DealNumbers numbers({.ahead = 3, .doubt = absl::Minutes(1)});
    numbers.Add(100, kNow - absl::Minutes(1));
    ASSERT_TRUE(numbers.follow(kNow));
    numbers.Add(stranger, kNow);
    EXPECT_FALSE(numbers.follow(kNow + absl::Seconds(59)));
    EXPECT_TRUE(numbers.follow(kNow + absl::Minutes(1)));
    EXPECT_THAT(numbers.Next(kNow + absl::Minutes(1)), ElementsAre(stranger + 1, stranger + 2, stranger + 3));
  }
}

TEST(DealNumbersTest, SaysWhenThereMayBeMore) {
  DealNumbers numbers({.ahead = 4});
  numbers.Add(100, kNow);
  numbers.Add(102, kNow);
  const std::vector<int64_t> asked = numbers.Next(kNow);
  ASSERT_THAT(asked, ElementsAre(101, 103, 104, 105, 106));
  EXPECT_FALSE(numbers.MayBeMore(asked));
  numbers.Add(104, kNow);
  EXPECT_FALSE(numbers.MayBeMore(asked));
  // One that stays missing does not hide that the last ones are taken.
  numbers.Add(106, kNow);
  EXPECT_TRUE(numbers.MayBeMore(asked));
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
