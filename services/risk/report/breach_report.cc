#include "services/risk/report/breach_report.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock/proto_time.h"
#include "services/risk/report/equity_chart.h"
#include "services/risk/report/html.h"
#include "services/risk/report/wording.h"

namespace mtsuite::risk {

using v1::Breach;
using v1::BreachAction;
using v1::BreachEvidence;

namespace {

constexpr char kStyle[] = R"(
@page { size: A4; margin: 14mm }
* { box-sizing: border-box }
body { font: 14px/1.45 system-ui, sans-serif; color: #1c2430; max-width: 800px; margin: 24px auto; padding: 0 16px }
h1 { font-size: 22px; margin: 0 0 4px }
h2 { font-size: 15px; margin: 22px 0 6px; border-bottom: 1px solid #d5dae1; padding-bottom: 3px }
p { margin: 6px 0 }
.lead { font-size: 16px; background: #fdf0ef; border-left: 4px solid #c0392b; padding: 10px 12px; margin: 12px 0 }
.quiet, .axis { color: #667085 }
table { border-collapse: collapse; width: 100%; font-size: 12.5px; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: 3px 8px 3px 0; border-bottom: 1px solid #eceff3; vertical-align: top }
.n { text-align: right }
tr { break-inside: avoid }
code { font-size: 11px; overflow-wrap: anywhere }
svg { width: 100%; height: auto }
svg .axis { font: 11px system-ui, sans-serif; fill: #667085; stroke: none }
svg .end { text-anchor: end }
svg .grid { stroke: #eceff3 }
svg .equity { stroke: #1f6feb; stroke-width: 2; fill: none }
svg .balance { stroke: #98a2b3; stroke-width: 1.5; fill: none }
svg line.limit { stroke: #c0392b; stroke-width: 1.5; stroke-dasharray: 6 4 }
svg text.limit { fill: #c0392b }
svg line.floor, svg line.target { stroke: #b7a15a; stroke-dasharray: 2 4 }
svg .moment { stroke: #c0392b; fill: #c0392b; stroke-opacity: .5 }
.key span { display: inline-block; width: 18px; border-top: 3px solid; margin: 0 5px 4px 12px }
.steps td:last-child { width: 45% }
.steps td:nth-child(2) { white-space: nowrap }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 11px; line-height: 1.3 }
  h1 { font-size: 16px }
  h2 { font-size: 12px; margin: 9px 0 3px }
  .lead { font-size: 12px; padding: 6px 9px; margin: 7px 0 }
  table { font-size: 10px }
  th, td { padding: 1px 7px 1px 0 }
  svg { max-height: 68mm }
}
)";

// A table row; cells that hold numbers are aligned to the right.
void AddRow(std::string& html, const std::vector<std::string>& cells, size_t numbers_from,
            const char* tag = "td") {
  html += "<tr>";
  for (size_t i = 0; i < cells.size(); ++i) {
    absl::StrAppend(&html, "<", tag, i >= numbers_from ? " class=\"n\">" : ">", EscapeHtml(cells[i]), "</",
                    tag, ">");
  }
  html += "</tr>\n";
}

void AddHeading(std::string& html, const BreachEvidence& evidence) {
  absl::StrAppend(&html, "<h1>Breach of “", EscapeHtml(evidence.rule_id()), "” by account ", evidence.login(),
                  "</h1>\n<p class=\"quiet\">", EscapeHtml(evidence.server()), " · group ",
                  EscapeHtml(evidence.group()), " · rules “", EscapeHtml(evidence.rule_set().name()),
                  "” version ", evidence.rule_set().version(), " · trading day ",
                  EscapeHtml(evidence.trading_day()), " · breach ", EscapeHtml(evidence.breach_id()),
                  "</p>\n<p class=\"lead\">", EscapeHtml(WhatHappened(evidence)), "</p>\n");
}

void AddLimit(std::string& html, const BreachEvidence& evidence) {
  html += "<h2>How the limit came about</h2>\n";
  absl::StrAppend(&html, "<p>", EscapeHtml(WhatTheRuleSays(evidence)), "</p>\n<table>");
  AddRow(html, {"Reference", "Set by", "Set at (UTC)", "As set", "Now"}, 3, "th");
  for (const v1::RiskReference& reference : evidence.references()) {
    AddRow(html,
           {NameOf(reference), NameOf(reference.set_by()), TimeText(reference.set_time()),
            reference.value_as_set(), reference.value()},
           3);
  }
  html += "</table>\n";
}

void AddChart(std::string& html, const v1::BreachCertificate& certificate) {
  const std::string chart = EquityChart(certificate);
  if (chart.empty()) return;
  html += "<h2>Equity before and after</h2>\n";
  html += chart;
  html +=
      "<p class=\"quiet key\"><span style=\"color:#1f6feb\"></span>equity<span "
      "style=\"color:#98a2b3\"></span>"
      "balance<span style=\"color:#c0392b\"></span>limit that was crossed<span "
      "style=\"color:#b7a15a\"></span>"
      "other limits; times in UTC</p>\n";
}

void AddPositions(std::string& html, const BreachEvidence& evidence) {
  const std::string& currency = evidence.currency_code();
  html += "<h2>What was open at that moment</h2>\n<table>";
  AddRow(html,
         {"Position", "Symbol", "Side", "Lots", "Opened at", "Valued at", "Rate to " + currency, "Swap",
          "Commission", "Profit"},
         3, "th");
  for (const v1::PositionEvidence& position : evidence.positions()) {
    AddRow(html,
           {absl::StrCat(position.ticket()), position.symbol(), type::v1::Side_Name(position.side()),
            position.volume(), position.open_price(), position.close_price(), position.conversion_rate(),
            position.swap(), position.commission(), position.profit()},
           3);
  }
  html += "</table>\n";
  absl::StrAppend(&html, "<p>Balance ", EscapeHtml(evidence.balance()), ", credit ",
                  EscapeHtml(evidence.credit()), ", open profit with swap and commission ",
                  EscapeHtml(evidence.floating_profit()), ": equity <b>", EscapeHtml(evidence.equity()), " ",
                  EscapeHtml(currency), "</b>.</p>\n");
}

void AddActions(std::string& html, const Breach& breach) {
  const bool closes = std::ranges::any_of(breach.actions(), [](const BreachAction& action) {
    return action.type() == BreachAction::CLOSE_POSITION;
  });
  if (!closes) return;
  html += "<h2>How the positions were closed</h2>\n<table>";
  AddRow(html,
         {"Position", "Sent (UTC)", "Closed (UTC)", "Result", "Lots", "Price at breach", "Closed at",
          "Better (+) or worse (-)"},
         4, "th");
  for (const BreachAction& action : breach.actions()) {
    if (action.type() != BreachAction::CLOSE_POSITION) continue;
    AddRow(html,
           {absl::StrCat(action.ticket(), " ", action.symbol()), TimeText(action.send_time()),
            action.has_fill_time() ? TimeText(action.fill_time()) : "",
            absl::StrCat(BreachAction::State_Name(action.state()), " ", action.error_reason()),
            action.filled_volume(), action.breach_price(), action.price(), action.slippage()},
           4);
  }
  html += "</table>\n";
}

void AddSteps(std::string& html, const Breach& breach) {
  html += "<h2>What was done, step by step</h2>\n<table class=\"steps\">";
  AddRow(html, {"", "When (UTC)", "Step", "Found"}, 9, "th");
  for (const v1::BreachStep& step : breach.steps()) {
    AddRow(html, {absl::StrCat(step.number()), TimeText(step.time()), NameOf(step.state()), step.message()},
           9);
  }
  html += "</table>\n";
  if (breach.has_flat_time()) {
    absl::StrAppend(&html, "<p>Nothing was open any more at ", TimeText(breach.flat_time()),
                    " UTC; the balance was ", EscapeHtml(breach.flat_balance()), " ",
                    EscapeHtml(breach.currency_code()), ".</p>\n");
  }
  if (breach.has_manual_override()) {
    const v1::BreachOverride& lift = breach.manual_override();
    absl::StrAppend(&html, "<p>Lifted by ", EscapeHtml(lift.principal()), " at ", TimeText(lift.time()),
                    " UTC: ", EscapeHtml(lift.reason()), "</p>\n");
  }
}

void AddProof(std::string& html, const v1::BreachCertificate& certificate) {
  html +=
      "<h2>How to check this</h2>\n<p>This page shows a certificate, which is a file of its own. The program "
      "<code>verify_breach</code> reckons its decision again from what is recorded, and shows whether a "
      "digit "
      "was changed since. Each record is hashed (SHA-256) together with the record before it.</p>\n<table>";
  AddRow(html, {"Record", "Recorded (UTC)", "Hash"}, 9, "th");
  const auto add = [&](const char* what, const v1::BreachRecord& record) {
    AddRow(html, {absl::StrCat(what, " ", record.sequence()), TimeText(record.record_time()), record.hash()},
           9);
  };
  add("Evidence", certificate.evidence());
  for (const v1::BreachRecord& outcome : certificate.outcomes()) add("Outcome", outcome);
  html += "</table>\n";
}

}  // namespace

std::string BreachReport(const v1::BreachCertificate& certificate) {
  const BreachEvidence& evidence = certificate.evidence().evidence();
  std::string html = absl::StrCat(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Breach by account ",
      evidence.login(), "</title><style>", kStyle, "</style></head><body>\n");
  AddHeading(html, evidence);
  AddChart(html, certificate);
  AddLimit(html, evidence);
  AddPositions(html, evidence);
  if (certificate.outcomes_size() > 0) {
    // The last outcome has the steps of those before it.
    const Breach& breach = certificate.outcomes(certificate.outcomes_size() - 1).outcome().breach();
    AddActions(html, breach);
    AddSteps(html, breach);
  }
  AddProof(html, certificate);
  return html + "</body></html>\n";
}

}  // namespace mtsuite::risk
