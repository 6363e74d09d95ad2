// Two promises over random lives of accounts: saving and restoring changes nothing, and neither does leaving
// out prices between the thresholds.
#include <random>

#include "common/testing/seed.h"
#include "gmock/gmock.h"
#include "services/risk/tracker/tracker_fixture.h"

namespace mtsuite::risk {
namespace {

using testing::EqualsProto;
using testing::StatusIs;

constexpr char kRules[] = R"pb(
  day_reset { local_time: "17:00" time_zone: "America/New_York" }
  rules {
    id: "warned"
    mode: SHADOW
    severity: SOFT
    daily_loss {
      percent: "1.5"
      basis: HIGHER_OF_BALANCE_AND_EQUITY
      warn_levels { percents: [ 40, 70 ] }
    }
  }
  rules {
    id: "trailing"
    severity: SOFT
    mode: SHADOW
    max_loss {
      percent: "2"
      trailing: INTRADAY_EQUITY
      warn_levels { percents: [ 50, 60, 90 ] }
    }
  }
  rules {
    id: "closed"
    max_loss { percent: "6" trailing: CLOSED_BALANCE lock_at_percent: "101" }
  }
  rules {
    id: "days"
    severity: SOFT
    daily_loss { percent: "3" amount_of: BASIS }
  }
  rules {
    id: "target"
    profit_target { percent: "5" }
  }
  rules {
    id: "weekend"
    severity: SOFT
    holding_window { windows { start_day: FRIDAY start_time: "21:00" end_day: SUNDAY end_time: "23:00" } }
  }
)pb";

class Life {
 public:
  explicit Life(uint64_t seed) : random_(seed) {}

  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint64_t>(bound)); }
  // A whole number of cents.
  Decimal Money(int cents) { return Decimal::FromScaled(Below(2 * cents + 1) - cents, 2); }

 private:
  std::mt19937_64 random_;
};

std::vector<std::string> DescribeAll(const Tracker::Findings& findings) {
  std::vector<std::string> all;
  for (const Finding& finding : findings) {
    all.push_back(absl::StrCat(absl::FormatTime(finding.time), " ", Describe(finding)));
  }
  return all;
}

Tracker::Rules RulesOfLives() {
  static const auto* const kCompiled = new Tracker::Rules(CompileText(kRules));
  return *kCompiled;
}

Tracker Begin(absl::Time time) {
  Tracker::Findings findings;
  return *Tracker::Start(RulesOfLives(), {.time = time, .balance = D("100000")}, findings);
}

// Gives one input, which `life` chooses, to both.
template <typename Prices>
void Step(Life& life, absl::Time time, Decimal& floating, Tracker& tracker, Tracker::Findings& findings,
          Prices prices) {
  const int choice = life.Below(100);
  if (choice < 90) {
    floating += life.Money(20'000);
    prices(tracker);
  } else if (choice < 95) {
    const Decimal booked = life.Money(50'000);
    floating -= booked;
    const bool open = life.Below(2) == 0;
    tracker.OnTrade({.time = time,
                     .booked = booked,
                     .floating = floating,
                     .holdings = {.symbols = {{"X", D("1"), open ? 1 : 0}}, .exposure = D("100000")},
                     .opened = open,
                     .closed = !open,
                     .symbol = "X",
                     .lots = D("0.5")},
                    findings);
  } else {
    const auto kind = static_cast<MoneyKind>(life.Below(3));
    tracker.OnMoney({time, kind, life.Money(100'000), floating}, findings);
  }
}

TEST(TrackerProperty, SavingAndRestoringChangesNothing) {
  int found = 0;
  for (int life = 0; life < 30; ++life) {
    const uint64_t seed = testing::TestSeed() + static_cast<uint64_t>(life);
    Life one(seed);
    Life other(seed);
    absl::Time time = At("2026-03-20T12:00");
    Tracker kept = Begin(time);
    Tracker restored = Begin(time);
    Decimal floating;
    Decimal floating_again;
    for (int i = 0; i < 400; ++i) {
      time += absl::Minutes(one.Below(180));
      other.Below(180);
      Tracker::Findings findings;
      Tracker::Findings findings_again;
      Step(one, time, floating, kept, findings, [&](Tracker& t) { t.OnPrices(time, floating, findings); });
      ASSERT_OK_AND_ASSIGN(restored, Tracker::Restore(RulesOfLives(), restored.Save()));
      Step(other, time, floating_again, restored, findings_again,
           [&](Tracker& t) { t.OnPrices(time, floating_again, findings_again); });
      ASSERT_EQ(DescribeAll(findings), DescribeAll(findings_again)) << "life " << life << " step " << i;
      ASSERT_THAT(restored.Save(), EqualsProto(kept.Save()));
      found += static_cast<int>(findings.size());
    }
  }
  EXPECT_GT(found, 100);
}

TEST(TrackerProperty, PricesBetweenTheThresholdsCanBeLeftOut) {
  int left_out = 0;
  int found = 0;
  for (int life = 0; life < 60; ++life) {
    const uint64_t seed = testing::TestSeed() + static_cast<uint64_t>(life);
    Life one(seed);
    Life other(seed);
    absl::Time time = At("2026-03-20T12:00");
    Tracker told = Begin(time);
    Tracker spared = Begin(time);
    Decimal floating;
    Decimal floating_again;
    for (int i = 0; i < 400; ++i) {
      const absl::Time before = time;
      time += absl::Minutes(one.Below(60));
      other.Below(60);
      Tracker::Findings findings;
      Tracker::Findings findings_again;
      if (spared.NextDue() <= time) spared.OnPrices(before, floating, findings_again);
      Step(one, time, floating, told, findings, [&](Tracker& t) { t.OnPrices(time, floating, findings); });
      Step(other, time, floating_again, spared, findings_again, [&](Tracker& t) {
        t.OnTime(time, findings_again);
        if (t.thresholds().Contain(floating_again)) {
          ++left_out;
        } else {
          t.OnPrices(time, floating_again, findings_again);
        }
      });
      ASSERT_EQ(DescribeAll(findings), DescribeAll(findings_again)) << "life " << life << " step " << i;
      found += static_cast<int>(findings.size());
    }
  }
  EXPECT_GT(left_out, 2000);
  EXPECT_GT(found, 200);
}

TEST(TrackerRestore, RefusesStatesOfOtherRules) {
  const Tracker tracker = Begin(At("2026-03-20T12:00"));
  const auto restore = [&](auto change) {
    v1::TrackerState state = tracker.Save();
    change(state);
    return Tracker::Restore(RulesOfLives(), state);
  };
  EXPECT_OK(restore([](auto&) {}));
  const auto damaged = StatusIs(absl::StatusCode::kInternal);
  EXPECT_THAT(restore([](auto& state) { state.set_rule_set_version(9); }), damaged);
  EXPECT_THAT(restore([](auto& state) { state.set_rule_set("other"); }), damaged);
  EXPECT_THAT(restore([](auto& state) { state.set_balance("much"); }), damaged);
  EXPECT_THAT(restore([](auto& state) { state.clear_day_end(); }), damaged);
  EXPECT_THAT(restore([](auto& state) { state.mutable_rules(0)->set_id("other"); }), damaged);
  EXPECT_THAT(restore([](auto& state) { state.mutable_rules(0)->set_kind(10); }), damaged);
  EXPECT_THAT(restore([](auto& state) { state.mutable_rules(0)->set_warned(3); }), damaged);
  EXPECT_THAT(restore([](auto& state) { state.mutable_rules()->RemoveLast(); }), damaged);
}

}  // namespace
}  // namespace mtsuite::risk
