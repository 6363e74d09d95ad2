#include "services/risk/report/equity_chart.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "common/clock/proto_time.h"
#include "common/decimal/decimal.h"
#include "services/risk/report/html.h"

namespace mtsuite::risk {

using v1::BreachDecision;

namespace {

// The drawing's units; it scales to the width of the page.
constexpr double kWidth = 760;
constexpr double kHeight = 300;
constexpr double kLeft = 78;
constexpr double kRight = 96;
constexpr double kTop = 14;
constexpr double kBottom = 30;
constexpr int kLines = 4;

struct Point {
  absl::Time time;
  double equity;
  double balance;
};

// A level across the whole picture.
struct Level {
  std::string name;
  double value;
  const char* style;
};

// Coordinates need no exact decimals.
std::optional<double> Number(const std::string& text) {
  const absl::StatusOr<Decimal> number = Decimal::ParseWire(text);
  if (!number.ok()) return std::nullopt;
  return number->ToDouble();
}

void AddPath(const google::protobuf::RepeatedPtrField<v1::EquityPoint>& path, std::vector<Point>& points) {
  for (const v1::EquityPoint& point : path) {
    const std::optional<double> equity = Number(point.equity());
    const std::optional<double> balance = Number(point.balance());
    if (equity && balance) points.push_back({FromProtoTime(point.time()), *equity, *balance});
  }
}

std::vector<Point> PointsOf(const v1::BreachCertificate& certificate) {
  const v1::BreachEvidence& evidence = certificate.evidence().evidence();
  std::vector<Point> points;
  AddPath(evidence.path(), points);
  const std::optional<double> equity = Number(evidence.equity());
  const std::optional<double> balance = Number(evidence.balance());
  if (equity && balance) points.push_back({FromProtoTime(evidence.breach_time()), *equity, *balance});
  if (certificate.outcomes_size() > 0) AddPath(certificate.outcomes(0).outcome().path(), points);
  std::ranges::stable_sort(points, {}, &Point::time);
  return points;
}

class Drawing {
 public:
  Drawing(const std::vector<Point>& points, const std::vector<Level>& levels) : points_(points) {
    low_ = high_ = points.front().equity;
    for (const Point& point : points)
      Cover(std::min(point.equity, point.balance), std::max(point.equity, point.balance));
    // The limit always shows; others only when they do not squeeze the picture together.
    Cover(levels.front().value, levels.front().value);
    const double near = 2 * std::max(high_ - low_, 1e-9);
    for (const Level& level : levels) {
      if (level.value < low_ - near || level.value > high_ + near) continue;
      levels_.push_back(level);
    }
    for (const Level& level : levels_) Cover(level.value, level.value);
    const double margin = std::max((high_ - low_) * 0.06, 0.01);
    low_ -= margin;
    high_ += margin;
  }

  std::string Draw(absl::Time breach_time) const {
    std::string svg = absl::StrFormat(
        "<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"Equity and balance around the breach\">\n",
        kWidth, kHeight);
    DrawGrid(svg);
    DrawLevels(svg);
    const double x = X(breach_time);
    absl::StrAppendFormat(&svg, "<line class=\"moment\" x1=\"%.1f\" y1=\"%g\" x2=\"%.1f\" y2=\"%g\"/>\n", x,
                          kTop, x, kHeight - kBottom);
    DrawPath(svg, "balance", &Point::balance);
    DrawPath(svg, "equity", &Point::equity);
    DrawMoment(svg, breach_time);
    return svg + "</svg>\n";
  }

 private:
  void Cover(double low, double high) {
    low_ = std::min(low_, low);
    high_ = std::max(high_, high);
  }
  double X(absl::Time time) const {
    const double span = absl::ToDoubleSeconds(points_.back().time - points_.front().time);
    const double share = span <= 0 ? 0 : absl::ToDoubleSeconds(time - points_.front().time) / span;
    return kLeft + std::clamp(share, 0.0, 1.0) * (kWidth - kLeft - kRight);
  }
  double Y(double value) const {
    return kTop + (high_ - value) / (high_ - low_) * (kHeight - kTop - kBottom);
  }

  void DrawGrid(std::string& svg) const {
    for (int i = 0; i <= kLines; ++i) {
      const double value = low_ + (high_ - low_) * i / kLines;
      absl::StrAppendFormat(&svg,
                            "<line class=\"grid\" x1=\"%g\" y1=\"%.1f\" x2=\"%g\" y2=\"%.1f\"/>"
                            "<text x=\"%g\" y=\"%.1f\" class=\"axis end\">%.2f</text>\n",
                            kLeft, Y(value), kWidth - kRight, Y(value), kLeft - 6, Y(value) + 4, value);
    }
    const auto at = [&](absl::Time time, const char* style) {
      absl::StrAppendFormat(&svg, "<text x=\"%.1f\" y=\"%g\" class=\"axis %s\">%s</text>\n", X(time),
                            kHeight - 8, style, absl::FormatTime("%H:%M:%S", time, absl::UTCTimeZone()));
    };
    at(points_.front().time, "");
    at(points_.back().time, "end");
  }

  void DrawLevels(std::string& svg) const {
    for (const Level& level : levels_) {
      absl::StrAppendFormat(&svg,
                            "<line class=\"%s\" x1=\"%g\" y1=\"%.1f\" x2=\"%g\" y2=\"%.1f\"/>"
                            "<text class=\"axis %s\" x=\"%g\" y=\"%.1f\">%s</text>\n",
                            level.style, kLeft, Y(level.value), kWidth - kRight, Y(level.value), level.style,
                            kWidth - kRight + 5, Y(level.value) + 4, EscapeHtml(level.name));
    }
  }

  void DrawPath(std::string& svg, const char* style, double Point::*value) const {
    absl::StrAppendFormat(&svg, "<path class=\"%s\" d=\"", style);
    bool first = true;
    for (const Point& point : points_) {
      // Amounts hold until the next one is known, so the line goes in steps.
      if (first) {
        absl::StrAppendFormat(&svg, "M%.1f %.1f", X(point.time), Y(point.*value));
      } else {
        absl::StrAppendFormat(&svg, "H%.1fV%.1f", X(point.time), Y(point.*value));
      }
      first = false;
    }
    svg += "\"/>\n";
  }

  void DrawMoment(std::string& svg, absl::Time breach_time) const {
    const auto point = std::ranges::find(points_, breach_time, &Point::time);
    if (point == points_.end()) return;
    absl::StrAppendFormat(&svg, "<circle class=\"moment\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n",
                          X(point->time), Y(point->equity));
  }

  const std::vector<Point>& points_;
  std::vector<Level> levels_;
  double low_;
  double high_;
};

}  // namespace

std::string EquityChart(const v1::BreachCertificate& certificate) {
  const v1::BreachEvidence& evidence = certificate.evidence().evidence();
  const BreachDecision& decision = evidence.decision();
  if (decision.measure() != BreachDecision::EQUITY && decision.measure() != BreachDecision::BALANCE)
    return "";
  const std::vector<Point> points = PointsOf(certificate);
  const std::optional<double> limit = Number(decision.limit());
  if (points.size() < 2 || !limit.has_value()) return "";
  std::vector<Level> levels = {{evidence.rule_id(), *limit, "limit"}};
  for (const v1::RiskLevel& level : evidence.levels()) {
    const std::optional<double> value = Number(level.level());
    if (!value.has_value() || level.rule_id() == evidence.rule_id()) continue;
    levels.push_back({level.rule_id(), *value, level.target() ? "target" : "floor"});
  }
  return Drawing(points, levels).Draw(FromProtoTime(evidence.breach_time()));
}

}  // namespace mtsuite::risk
