#include "services/risk/rules/terms.h"

#include <string>
#include <utility>

#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/risk/rules/compile.h"
#include "services/risk/rules/fields.h"

namespace mtsuite::risk {
namespace {

using quotes::v1::Session;
using requests::InvalidField;

constexpr int kMaxMaskLength = 512;
constexpr int kMaxPositions = 10'000;
constexpr int64_t kMaxTargetPercent = 10'000;
constexpr int64_t kMaxExposurePercent = 1'000'000;
constexpr int64_t kMaxLockPercent = 10'000;

// All of it less the smallest percentage that there is.
Decimal MaxLossPercent() { return Decimal::FromScaled(999'999, 4); }

// The amount or percentage of a rule whose oneof holds both.
template <typename Rule>
absl::StatusOr<Limit> CompileLimit(const Rule& rule, std::string_view path, Decimal max_percent) {
  Limit limit;
  if (rule.has_amount()) {
    ASSIGN_OR_RETURN(limit.money, ParseAmount(rule.amount(), Path(path, "amount")));
  } else if (rule.has_percent()) {
    ASSIGN_OR_RETURN(limit.share, ParseShare(rule.percent(), Path(path, "percent"), max_percent));
  } else {
    return InvalidField(path, "needs amount or percent");
  }
  return limit;
}

// What a percentage is taken of; refused beside an amount, which it could not mean anything for.
template <typename Rule>
absl::StatusOr<v1::AmountOf> CompileAmountOf(const Rule& rule, std::string_view path) {
  const std::string field = Path(path, "amount_of");
  RETURN_IF_ERROR(CheckEnum(rule.amount_of(), v1::AmountOf_IsValid(rule.amount_of()), field));
  if (rule.amount_of() == v1::AMOUNT_OF_UNSPECIFIED) return v1::INITIAL;
  if (rule.has_amount()) return InvalidField(field, "is for percentages only: amount is money");
  return rule.amount_of();
}

template <typename Rule>
absl::StatusOr<v1::EvaluatedValue> CompileValue(const Rule& rule, std::string_view path) {
  const v1::EvaluatedValue value = rule.evaluated_value();
  RETURN_IF_ERROR(CheckEnum(value, v1::EvaluatedValue_IsValid(value), Path(path, "evaluated_value")));
  return value == v1::EVALUATED_VALUE_UNSPECIFIED ? v1::EQUITY : value;
}

// What maximum and daily loss have in common.
template <typename Rule, typename Loss>
absl::Status CompileLoss(const Rule& rule, std::string_view path, Loss& loss) {
  ASSIGN_OR_RETURN(loss.limit, CompileLimit(rule, path, MaxLossPercent()));
  ASSIGN_OR_RETURN(loss.amount_of, CompileAmountOf(rule, path));
  ASSIGN_OR_RETURN(loss.value, CompileValue(rule, path));
  const v1::BreachAt breach_at = rule.breach_at();
  RETURN_IF_ERROR(CheckEnum(breach_at, v1::BreachAt_IsValid(breach_at), Path(path, "breach_at")));
  loss.breached_on_floor = breach_at == v1::AT_OR_BELOW;
  if (rule.has_warn_levels()) {
    ASSIGN_OR_RETURN(loss.warn_levels, ParseWarnLevels(rule.warn_levels(), Path(path, "warn_levels")));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Limit>> CompileLock(const v1::MaxLossRule& rule, std::string_view path) {
  Limit lock;
  switch (rule.lock_case()) {
    case v1::MaxLossRule::kLockAt: {
      ASSIGN_OR_RETURN(lock.money, ParseAmount(rule.lock_at(), Path(path, "lock_at")));
      return std::optional(lock);
    }
    case v1::MaxLossRule::kLockAtPercent: {
      const std::string field = Path(path, "lock_at_percent");
      ASSIGN_OR_RETURN(lock.share,
                       ParseShare(rule.lock_at_percent(), field, Decimal::FromInteger(kMaxLockPercent)));
      return std::optional(lock);
    }
    case v1::MaxLossRule::LOCK_NOT_SET:
      break;
  }
  return std::optional<Limit>();
}

absl::StatusOr<Terms> CompileMaxLoss(const v1::MaxLossRule& rule, std::string_view path) {
  MaxLoss loss{};
  RETURN_IF_ERROR(CompileLoss(rule, path, loss));
  const v1::MaxLossRule::Trailing trailing = rule.trailing();
  RETURN_IF_ERROR(CheckEnum(trailing, v1::MaxLossRule::Trailing_IsValid(trailing), Path(path, "trailing")));
  const bool trails =
      trailing != v1::MaxLossRule::TRAILING_UNSPECIFIED && trailing != v1::MaxLossRule::NOT_TRAILING;
  loss.trailing = trails ? trailing : v1::MaxLossRule::NOT_TRAILING;
  if (loss.amount_of == v1::DAY_START_BALANCE) {
    return InvalidField(Path(path, "amount_of"), "INITIAL or BASIS: DAY_START_BALANCE is for daily losses");
  }
  if (loss.amount_of == v1::BASIS && !trails) {
    return InvalidField(Path(path, "amount_of"),
                        "BASIS is the peak of a trailing floor, and this one trails nothing");
  }
  ASSIGN_OR_RETURN(loss.lock, CompileLock(rule, path));
  if (loss.lock.has_value() && !trails) {
    return InvalidField(Path(path, rule.has_lock_at() ? "lock_at" : "lock_at_percent"),
                        "is for trailing floors only: this one never moves");
  }
  return Terms(std::move(loss));
}

absl::StatusOr<Terms> CompileDailyLoss(const v1::DailyLossRule& rule, std::string_view path) {
  DailyLoss loss{};
  RETURN_IF_ERROR(CompileLoss(rule, path, loss));
  RETURN_IF_ERROR(
      CheckEnum(rule.basis(), v1::DailyLossRule::Basis_IsValid(rule.basis()), Path(path, "basis")));
  loss.basis = rule.basis() == v1::DailyLossRule::BASIS_UNSPECIFIED ? v1::DailyLossRule::BALANCE_AT_RESET
                                                                    : rule.basis();
  return Terms(std::move(loss));
}

absl::StatusOr<Terms> CompileProfitTarget(const v1::ProfitTargetRule& rule, std::string_view path) {
  ProfitTarget target{};
  ASSIGN_OR_RETURN(target.profit, CompileLimit(rule, path, Decimal::FromInteger(kMaxTargetPercent)));
  ASSIGN_OR_RETURN(target.value, CompileValue(rule, path));
  return Terms(target);
}

absl::StatusOr<Terms> CompileVolumeLimit(const v1::VolumeLimitRule& rule, std::string_view path) {
  VolumeLimit limit;
  RETURN_IF_ERROR(requests::ValidateText(rule.symbol_mask(), Path(path, "symbol_mask"), kMaxMaskLength,
                                         type::v1::FIELD_TOO_LONG));
  limit.symbols = NameMask(rule.symbol_mask());
  ASSIGN_OR_RETURN(limit.order_lots,
                   ParseOptionalAmount(rule.max_lots_per_order(), Path(path, "max_lots_per_order")));
  ASSIGN_OR_RETURN(limit.symbol_lots,
                   ParseOptionalAmount(rule.max_lots_per_symbol(), Path(path, "max_lots_per_symbol")));
  ASSIGN_OR_RETURN(limit.lots, ParseOptionalAmount(rule.max_lots(), Path(path, "max_lots")));
  RETURN_IF_ERROR(CheckRange(rule.max_positions(), Path(path, "max_positions"), 0, kMaxPositions));
  if (rule.max_positions() > 0) limit.positions = rule.max_positions();
  if (!limit.order_lots && !limit.symbol_lots && !limit.lots && !limit.positions) {
    return InvalidField(path, "needs at least one limit");
  }
  // A limit that a tighter one of the same rule makes unreachable is a mistake in one of them.
  if (limit.order_lots && limit.symbol_lots && *limit.order_lots > *limit.symbol_lots) {
    return InvalidField(Path(path, "max_lots_per_order"), "at most max_lots_per_symbol");
  }
  const std::optional<Decimal> part = limit.symbol_lots ? limit.symbol_lots : limit.order_lots;
  if (part && limit.lots && *part > *limit.lots) {
    return InvalidField(Path(path, limit.symbol_lots ? "max_lots_per_symbol" : "max_lots_per_order"),
                        "at most max_lots");
  }
  return Terms(std::move(limit));
}

absl::Weekday WeekdayOf(Session::Weekday day) {
  static_assert(Session::MONDAY == 1 && Session::SUNDAY == 7 && static_cast<int>(absl::Weekday::monday) == 0);
  return static_cast<absl::Weekday>(day - 1);
}

absl::Status AddWindow(const v1::HoldingWindowRule::Window& window, std::string_view path,
                       std::vector<WeeklyWindow>& windows) {
  RETURN_IF_ERROR(
      CheckEnum(window.start_day(), Session::Weekday_IsValid(window.start_day()), Path(path, "start_day")));
  RETURN_IF_ERROR(
      CheckEnum(window.end_day(), Session::Weekday_IsValid(window.end_day()), Path(path, "end_day")));
  ASSIGN_OR_RETURN(const int start, ParseMinute(window.start_time(), Path(path, "start_time")));
  ASSIGN_OR_RETURN(const int end, ParseMinute(window.end_time(), Path(path, "end_time")));
  const bool daily = window.start_day() == Session::WEEKDAY_UNSPECIFIED;
  if (daily != (window.end_day() == Session::WEEKDAY_UNSPECIFIED)) {
    return requests::Required(Path(path, daily ? "start_day" : "end_day"));
  }
  if (daily) {
    for (int day = Session::MONDAY; day <= Session::SUNDAY; ++day) {
      windows.push_back({WeekdayOf(static_cast<Session::Weekday>(day)), start, end <= start ? 1 : 0, end});
    }
    return absl::OkStatus();
  }
  int days = (window.end_day() - window.start_day() + 7) % 7;
  if (days == 0 && end <= start) days = 7;
  windows.push_back({WeekdayOf(window.start_day()), start, days, end});
  return absl::OkStatus();
}

absl::StatusOr<Terms> CompileHoldingWindow(const v1::HoldingWindowRule& rule, std::string_view path,
                                           absl::TimeZone server_zone) {
  const std::string field = Path(path, "windows");
  ASSIGN_OR_RETURN(const absl::TimeZone zone,
                   ParseZone(rule.time_zone(), Path(path, "time_zone"), server_zone));
  if (rule.windows().empty()) return requests::Required(field);
  if (rule.windows_size() > kMaxWindows) {
    return InvalidField(field, absl::StrCat("at most ", kMaxWindows, " windows, not ", rule.windows_size()));
  }
  std::vector<WeeklyWindow> windows;
  for (int i = 0; i < rule.windows_size(); ++i) {
    RETURN_IF_ERROR(AddWindow(rule.windows(i), Path(path, "windows", i), windows));
  }
  HoldingWindow holding{.windows = WeeklyWindows(std::move(windows), zone)};
  if (holding.windows.CoverWholeWeek()) {
    return InvalidField(field, "must leave some of the week, or nothing could ever be held");
  }
  return Terms(std::move(holding));
}

}  // namespace

absl::StatusOr<Terms> CompileTerms(const v1::Rule& rule, std::string_view path, absl::TimeZone server_zone) {
  switch (rule.rule_case()) {
    case v1::Rule::kMaxLoss:
      return CompileMaxLoss(rule.max_loss(), Path(path, "max_loss"));
    case v1::Rule::kDailyLoss:
      return CompileDailyLoss(rule.daily_loss(), Path(path, "daily_loss"));
    case v1::Rule::kProfitTarget:
      return CompileProfitTarget(rule.profit_target(), Path(path, "profit_target"));
    case v1::Rule::kMinTradingDays: {
      const int days = rule.min_trading_days().days();
      RETURN_IF_ERROR(CheckRange(days, Path(path, "min_trading_days.days"), 1, 365));
      return Terms(MinTradingDays{days});
    }
    case v1::Rule::kVolumeLimit:
      return CompileVolumeLimit(rule.volume_limit(), Path(path, "volume_limit"));
    case v1::Rule::kExposure: {
      ASSIGN_OR_RETURN(const Limit limit, CompileLimit(rule.exposure(), Path(path, "exposure"),
                                                       Decimal::FromInteger(kMaxExposurePercent)));
      return Terms(Exposure{limit});
    }
    case v1::Rule::kHoldingWindow:
      return CompileHoldingWindow(rule.holding_window(), Path(path, "holding_window"), server_zone);
    case v1::Rule::kInactivity: {
      const int days = rule.inactivity().max_days();
      RETURN_IF_ERROR(CheckRange(days, Path(path, "inactivity.max_days"), 1, 3650));
      return Terms(Inactivity{days});
    }
    case v1::Rule::RULE_NOT_SET:
      break;
  }
  return InvalidField(path, "needs one rule, such as max_loss or daily_loss");
}

}  // namespace mtsuite::risk
