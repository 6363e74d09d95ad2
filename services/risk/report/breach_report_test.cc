#include "services/risk/report/breach_report.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/testing/matchers.h"
#include "services/risk/certificate/sample_certificate.h"
#include "services/risk/report/equity_chart.h"
#include "services/risk/report/html.h"
#include "services/risk/report/wording.h"

namespace mtsuite::risk {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using v1::BreachCertificate;

// Whether every tag that is opened is closed, in order; void elements excepted.
std::string Unbalanced(const std::string& html) {
  static const std::vector<std::string> kVoid = {"meta", "!doctype", "br"};
  std::vector<std::string> open;
  for (size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const size_t end = html.find('>', at);
    if (end == std::string::npos) return "a tag does not end";
    const bool closing = html[at + 1] == '/';
    const size_t begin = at + (closing ? 2 : 1);
    const std::string name = html.substr(begin, html.find_first_of(" />", begin) - begin);
    if (html[end - 1] == '/' || std::find(kVoid.begin(), kVoid.end(), name) != kVoid.end()) continue;
    if (!closing) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return "</" + name + "> closes " + (open.empty() ? "nothing" : open.back());
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back() + " stays open";
}

TEST(BreachReport, TellsWhatHappened) {
  const std::string html = BreachReport(SampleCertificate());
  EXPECT_THAT(html,
              HasSubstr("On 2026-03-29 11:30:02.123 UTC the equity was 92993.77 USD, below the floor of "
                        "93000.00 USD: 6.23 USD too little."));
  EXPECT_THAT(html,
              HasSubstr("No more than 5 percent of the initial balance may be lost in a day, counted from "
                        "the balance at the start of the day."));
  EXPECT_THAT(html, HasSubstr("<td>5001</td><td>EURUSD</td><td>BUY</td><td class=\"n\">2.00</td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"n\">-0.00005</td>"));
  EXPECT_THAT(html, HasSubstr("<td>Looking whether anything is open</td>"));
  EXPECT_THAT(html, HasSubstr("the balance was 92985.10 USD"));
  EXPECT_THAT(html, HasSubstr(SampleCertificate().evidence().hash()));
  EXPECT_EQ(Unbalanced(html), "");
}

TEST(BreachReport, NeedsNothingFromElsewhere) {
  const std::string html = BreachReport(SampleCertificate());
  EXPECT_THAT(html, Not(HasSubstr("http")));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("src=")));
}

TEST(BreachReport, EscapesEveryText) {
  BreachCertificate certificate = SampleCertificate();
  const std::string evil = "\"><script>alert('1')</script>&";
  v1::BreachEvidence& evidence = *certificate.mutable_evidence()->mutable_evidence();
  evidence.set_group(evil);
  evidence.set_server(evil);
  evidence.set_currency_code(evil);
  evidence.set_breach_id(evil);
  evidence.set_trading_day(evil);
  evidence.set_balance(evil);
  evidence.mutable_rule_set()->set_name(evil);
  evidence.mutable_cause()->set_symbol(evil);
  evidence.mutable_rule_set()->mutable_rules(0)->mutable_daily_loss()->set_percent(evil);
  evidence.mutable_positions(0)->set_symbol(evil);
  evidence.mutable_positions(0)->set_profit(evil);
  evidence.mutable_references(0)->set_value(evil);
  evidence.mutable_levels(1)->set_rule_id(evil);
  v1::Breach& breach = *certificate.mutable_outcomes(0)->mutable_outcome()->mutable_breach();
  breach.mutable_steps(0)->set_message(evil);
  breach.mutable_actions(0)->set_error_reason(evil);
  breach.mutable_actions(0)->set_price(evil);
  breach.set_flat_balance(evil);
  breach.mutable_manual_override()->set_principal(evil);
  breach.mutable_manual_override()->set_reason(evil);
  certificate.mutable_evidence()->set_hash(evil);
  const std::string html = BreachReport(certificate);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, HasSubstr("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"));
  EXPECT_EQ(Unbalanced(html), "");
}

TEST(BreachReport, OfABreachUnderWayHasNoSteps) {
  BreachCertificate certificate = SampleCertificate();
  certificate.clear_outcomes();
  EXPECT_THAT(BreachReport(certificate), Not(HasSubstr("step by step")));
}

TEST(EquityChart, DrawsThePathAgainstTheLevels) {
  const std::string svg = EquityChart(SampleCertificate());
  EXPECT_THAT(svg, HasSubstr("<path class=\"equity\" d=\"M"));
  EXPECT_THAT(svg, HasSubstr("class=\"limit\""));
  EXPECT_THAT(svg, HasSubstr(">daily-loss</text>"));
  EXPECT_THAT(svg, HasSubstr("<circle class=\"moment\""));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
  EXPECT_EQ(Unbalanced(svg), "");
}

TEST(EquityChart, LeavesOutLevelsThatAreFarAway) {
  BreachCertificate certificate = SampleCertificate();
  certificate.mutable_evidence()->mutable_evidence()->mutable_levels(1)->set_level("1.00");
  EXPECT_THAT(EquityChart(certificate), Not(HasSubstr("max-loss")));
}

TEST(EquityChart, HasNothingToDrawWithoutMoney) {
  BreachCertificate certificate = SampleCertificate();
  v1::BreachEvidence& evidence = *certificate.mutable_evidence()->mutable_evidence();
  evidence.mutable_decision()->set_measure(v1::BreachDecision::LOTS);
  EXPECT_THAT(EquityChart(certificate), IsEmpty());
  evidence.mutable_decision()->set_measure(v1::BreachDecision::EQUITY);
  evidence.clear_path();
  certificate.clear_outcomes();
  EXPECT_THAT(EquityChart(certificate), IsEmpty()) << "one point is no path";
}

TEST(EquityChart, DrawsAPathThatStandsStill) {
  BreachCertificate certificate = SampleCertificate();
  v1::BreachEvidence& evidence = *certificate.mutable_evidence()->mutable_evidence();
  certificate.clear_outcomes();
  evidence.clear_path();
  *evidence.add_path()->mutable_time() = evidence.breach_time();
  evidence.mutable_path(0)->set_equity(evidence.equity());
  evidence.mutable_path(0)->set_balance(evidence.equity());
  evidence.set_balance(evidence.equity());
  evidence.mutable_decision()->set_limit(evidence.equity());
  const std::string svg = EquityChart(certificate);
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

}  // namespace
}  // namespace mtsuite::risk
