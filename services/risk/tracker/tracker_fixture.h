#ifndef SERVICES_RISK_TRACKER_TRACKER_FIXTURE_H_
#define SERVICES_RISK_TRACKER_TRACKER_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "common/testing/proto_matchers.h"
#include "gtest/gtest.h"
#include "services/risk/calendar/zone.h"
#include "services/risk/rules/compile.h"
#include "services/risk/tracker/tracker.h"

namespace mtsuite::risk {

inline Decimal D(const std::string& text) { return *Decimal::Parse(text); }

// The zone of an imaginary trading server: UTC+2, in summer UTC+3.
inline absl::TimeZone ServerZone() { return *LoadZone("Asia/Nicosia"); }

inline Tracker::Rules CompileMessage(const v1::RuleSet& rule_set) {
  absl::StatusOr<CompiledRuleSet> rules = Compile(rule_set, ServerZone());
  EXPECT_OK(rules) << rule_set.DebugString();
  return std::make_shared<const CompiledRuleSet>(*std::move(rules));
}

// The rule set "test" with these fields and rules.
inline Tracker::Rules CompileText(const std::string& text) {
  return CompileMessage(testing::ParseTextProto<v1::RuleSet>(absl::StrCat("name: 'test' ", text)));
}

// A local time in the server's zone, "2026-11-23T12:00".
inline absl::Time At(const std::string& text) {
  absl::CivilMinute minute;
  EXPECT_TRUE(absl::ParseCivilTime(text, &minute)) << text;
  return absl::FromCivil(minute, ServerZone());
}

// "BREACH daily 94999.99 < 95000": what tests compare findings by.
inline std::string Describe(const Finding& finding) {
  static constexpr const char* kNames[] = {"BREACH", "WARNING", "CLEARED", "REARMED", "TARGET", "DAYS"};
  std::string text = absl::StrCat(kNames[finding.kind], " ", finding.rule_id, " ", finding.value.ToString(),
                                  "/", finding.limit.ToString());
  if (finding.warn_percent > 0) absl::StrAppend(&text, " ", finding.warn_percent, "%");
  return text;
}

// One account, in the words of tests. Each step returns what it found, described.
class Account {
 public:
  Account(Tracker::Rules rules, const std::string& balance, const std::string& start = "2026-11-23T12:00")
      : time_(At(start)), tracker_(Begin(std::move(rules), balance)) {}

  std::vector<std::string> Floats(const std::string& floating) {
    floating_ = D(floating);
    return Take([&](auto& findings) { tracker_.OnPrices(time_, floating_, findings); });
  }
  // Closes something with this result; `floating` stays.
  std::vector<std::string> Closes(const std::string& profit) {
    return Trades({.time = time_, .booked = D(profit), .floating = floating_, .closed = true});
  }
  std::vector<std::string> Trades(Traded trade) {
    trade.time = time_;
    trade.floating = floating_;
    return Take([&](auto& findings) { tracker_.OnTrade(trade, findings); });
  }
  std::vector<std::string> Opens(const std::string& symbol, const std::string& lots, Holdings holdings = {}) {
    return Trades({.time = time_,
                   .booked = Decimal(),
                   .floating = floating_,
                   .holdings = std::move(holdings),
                   .opened = true,
                   .symbol = symbol,
                   .lots = D(lots)});
  }
  std::vector<std::string> Books(MoneyKind kind, const std::string& amount) {
    return Take([&](auto& findings) { tracker_.OnMoney({time_, kind, D(amount), floating_}, findings); });
  }
  // Lets time pass to this local time of the server.
  std::vector<std::string> Waits(const std::string& until) {
    time_ = At(until);
    return Take([&](auto& findings) { tracker_.OnTime(time_, findings); });
  }
  std::vector<std::string> Changes(Tracker::Rules rules) {
    return Take([&](auto& findings) { EXPECT_OK(tracker_.OnRules(time_, std::move(rules), findings)); });
  }
  std::vector<std::string> Rearms() {
    return Take([&](auto& findings) { tracker_.Rearm(time_, findings); });
  }

  Tracker& tracker() { return tracker_; }
  // The floor or target of the first rule, or that at `rule`.
  std::string Limit(size_t rule = 0) const {
    const RuleStatus status = tracker_.Status()[rule];
    return status.limit.has_value() ? status.limit->ToString() : "none";
  }
  const std::vector<Finding>& last() const { return last_; }

 private:
  Tracker Begin(Tracker::Rules rules, const std::string& balance) {
    absl::StatusOr<Tracker> tracker =
        Tracker::Start(std::move(rules), {.time = time_, .balance = D(balance)}, last_);
    EXPECT_OK(tracker);
    return *std::move(tracker);
  }
  template <typename Step>
  std::vector<std::string> Take(Step step) {
    last_.clear();
    step(last_);
    std::vector<std::string> described;
    for (const Finding& finding : last_) described.push_back(Describe(finding));
    return described;
  }

  absl::Time time_;
  Decimal floating_;
  std::vector<Finding> last_;
  Tracker tracker_;
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_TRACKER_TRACKER_FIXTURE_H_
