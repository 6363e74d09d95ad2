#include "services/accounts/statistics.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace mtsuite::accounts {
namespace {

using type::v1::Deal;

constexpr int kRatioDigits = 2;
constexpr int kVolumeDigits = 8;

absl::StatusOr<Decimal> ParseOr0(const Deal& deal, const std::string& text) {
  if (text.empty()) {
    return Decimal();
  }
  absl::StatusOr<Decimal> value = Decimal::ParseWire(text);
  if (!value.ok()) {
    return absl::InternalError(absl::StrCat("deal ", deal.ticket(), ": ", value.status().message()));
  }
  return value;
}

bool IsTrade(const Deal& deal) { return deal.type() == Deal::BUY || deal.type() == Deal::SELL; }

// Money that comes and goes without being earned: it moves the peak of the drawdown with it.
bool IsFlow(const Deal& deal) {
  return deal.type() == Deal::BALANCE || deal.type() == Deal::BONUS || deal.type() == Deal::CORRECTION;
}

absl::Time TimeOf(const Deal& deal) {
  return absl::FromUnixSeconds(deal.time().seconds()) + absl::Nanoseconds(deal.time().nanos());
}

// a / b for display; `b` must not be zero.
std::string Ratio(Decimal a, Decimal b, int digits) {
  const absl::StatusOr<Decimal> ratio = Decimal::Divide(a, b, digits, Rounding::kHalfEven);
  return ratio.ok() ? ratio->ToString(digits) : std::string();
}

}  // namespace

absl::Status StatisticsBuilder::Add(const Deal& deal) {
  Money money;
  ASSIGN_OR_RETURN(money.profit, ParseOr0(deal, deal.profit()));
  ASSIGN_OR_RETURN(money.swap, ParseOr0(deal, deal.swap()));
  ASSIGN_OR_RETURN(money.commission, ParseOr0(deal, deal.commission()));
  ASSIGN_OR_RETURN(money.fee, ParseOr0(deal, deal.fee()));
  ASSIGN_OR_RETURN(const Decimal volume, ParseOr0(deal, deal.volume()));

  const absl::Time time = TimeOf(deal);
  if (time >= options_.end || deal.type() == Deal::CREDIT) {
    return absl::OkStatus();
  }
  const bool counted = time >= options_.start;
  MoveBalance(money.Sum(), IsFlow(deal), counted);
  if (counted) {
    swap_ += money.swap;
    commission_ += money.Cost();
    if (deal.type() == Deal::BALANCE) {
      (money.profit.sign() >= 0 ? deposits_ : withdrawals_) += money.profit;
    }
    ForPeriods(time, [&](Period& period) {
      period.closing_balance = balance_;
      if (deal.type() == Deal::BALANCE) {
        period.net_deposits += money.profit;
      }
    });
  }
  if (IsTrade(deal)) {
    AddTrade(deal, money, volume, counted);
  }
  return absl::OkStatus();
}

void StatisticsBuilder::MoveBalance(Decimal amount, bool is_flow, bool counted) {
  if (counted && !has_peak_) {
    has_peak_ = true;
    peak_ = balance_;
  }
  balance_ += amount;
  if (!counted) {
    return;
  }
  if (is_flow) {
    peak_ += amount;
    return;
  }
  peak_ = std::max(peak_, balance_);
  if (const Decimal drawdown = peak_ - balance_; drawdown > max_drawdown_) {
    max_drawdown_ = drawdown;
    max_drawdown_peak_ = peak_;
  }
}

void StatisticsBuilder::AddTrade(const Deal& deal, const Money& money, Decimal volume, bool counted) {
  if (deal.entry() == Deal::IN) {
    OpenFrom(deal, volume, money.Cost());
    return;
  }
  // A reversal closes all that is open and opens the rest the other way; its own costs are shared by volume.
  Decimal closed = volume;
  Decimal closing_cost = money.Cost();
  const auto open = positions_.find(deal.position_ticket());
  if (deal.entry() == Deal::IN_OUT && open != positions_.end() && !volume.IsZero()) {
    closed = std::min(open->second.volume, volume);
    closing_cost =
        Decimal::Divide(money.Cost() * closed, volume, options_.currency_digits, Rounding::kHalfEven)
            .value_or(Decimal());
  }
  const Trade trade = CloseFrom(deal, closed, money.profit + money.swap + closing_cost);
  if (counted) {
    CountTrade(trade, TimeOf(deal));
  }
  if (deal.entry() == Deal::IN_OUT && volume > closed) {
    OpenFrom(deal, volume - closed, money.Cost() - closing_cost);
  }
}

void StatisticsBuilder::OpenFrom(const Deal& deal, Decimal volume, Decimal cost) {
  OpenPosition& position = positions_[deal.position_ticket()];
  position.is_long = deal.type() == Deal::BUY;
  position.volume += volume;
  position.cost += cost;
  position.volume_seconds += volume.ToDouble() * static_cast<double>(absl::ToUnixSeconds(TimeOf(deal)));
}

StatisticsBuilder::Trade StatisticsBuilder::CloseFrom(const Deal& deal, Decimal volume, Decimal own_result) {
  // Selling closes what was bought. A position whose opening is unknown (cut-off history) counts with what
  // its deal says.
  Trade trade{.result = own_result, .volume = volume, .is_long = deal.type() == Deal::SELL};
  const auto open = positions_.find(deal.position_ticket());
  if (open == positions_.end() || open->second.volume.IsZero()) {
    return trade;
  }
  OpenPosition& position = open->second;
  const double opened_at = position.volume_seconds / position.volume.ToDouble();
  trade.holding_time =
      std::max(absl::ZeroDuration(), absl::Seconds(absl::ToUnixSeconds(TimeOf(deal)) - opened_at));
  trade.is_long = position.is_long;
  if (volume >= position.volume) {
    trade.result += position.cost;
    positions_.erase(open);
    return trade;
  }
  const Decimal share =
      Decimal::Divide(position.cost * volume, position.volume, options_.currency_digits, Rounding::kHalfEven)
          .value_or(Decimal());
  trade.result += share;
  position.cost -= share;
  position.volume -= volume;
  position.volume_seconds = opened_at * position.volume.ToDouble();
  return trade;
}

void StatisticsBuilder::CountTrade(const Trade& trade, absl::Time time) {
  ++trades_;
  longs_ += trade.is_long ? 1 : 0;
  volume_ += trade.volume;
  holding_time_ += trade.holding_time;
  win_streak_ = trade.result.sign() > 0 ? win_streak_ + 1 : 0;
  loss_streak_ = trade.result.sign() < 0 ? loss_streak_ + 1 : 0;
  longest_win_streak_ = std::max(longest_win_streak_, win_streak_);
  longest_loss_streak_ = std::max(longest_loss_streak_, loss_streak_);
  if (trade.result.sign() > 0) {
    ++wins_;
    gross_profit_ += trade.result;
    best_ = std::max(best_, trade.result);
  } else if (trade.result.sign() < 0) {
    ++losses_;
    gross_loss_ += trade.result;
    worst_ = std::min(worst_, trade.result);
  }
  ForPeriods(time, [&](Period& period) {
    ++period.trade_count;
    period.net_profit += trade.result;
  });
}

void StatisticsBuilder::ForPeriods(absl::Time time, absl::FunctionRef<void(Period&)> change) {
  change(days_[absl::FormatTime("%Y-%m-%d", time, options_.zone)]);
  change(months_[absl::FormatTime("%Y-%m", time, options_.zone)]);
}

v1::Statistics StatisticsBuilder::Build() const {
  const int digits = options_.currency_digits;
  const auto money = [digits](Decimal amount) {
    return amount.Rescale(digits, Rounding::kHalfEven).ToString(digits);
  };
  v1::Statistics statistics;
  statistics.set_trade_count(trades_);
  statistics.set_winning_trade_count(wins_);
  statistics.set_losing_trade_count(losses_);
  statistics.set_long_trade_count(longs_);
  statistics.set_short_trade_count(trades_ - longs_);
  statistics.set_gross_profit(money(gross_profit_));
  statistics.set_gross_loss(money(gross_loss_));
  statistics.set_net_profit(money(gross_profit_ + gross_loss_));
  statistics.set_max_consecutive_wins(longest_win_streak_);
  statistics.set_max_consecutive_losses(longest_loss_streak_);
  statistics.set_volume(volume_.Rescale(kVolumeDigits, Rounding::kHalfEven).ToString());
  statistics.set_swap(money(swap_));
  statistics.set_commission(money(commission_));
  statistics.set_deposits(money(deposits_));
  statistics.set_withdrawals(money(withdrawals_));
  statistics.set_max_drawdown(money(max_drawdown_));
  if (max_drawdown_peak_.sign() > 0) {
    statistics.set_max_drawdown_percent(
        Ratio(max_drawdown_ * Decimal::FromInteger(100), max_drawdown_peak_, kRatioDigits));
  }
  if (trades_ > 0) {
    const Decimal count = Decimal::FromInteger(trades_);
    statistics.set_win_rate(Ratio(Decimal::FromInteger(100 * wins_), count, kRatioDigits));
    statistics.set_expectancy(Ratio(gross_profit_ + gross_loss_, count, digits));
    const absl::Duration average = holding_time_ / trades_;
    statistics.mutable_average_holding_time()->set_seconds(absl::ToInt64Seconds(average));
  }
  if (wins_ > 0) {
    statistics.set_average_win(Ratio(gross_profit_, Decimal::FromInteger(wins_), digits));
    statistics.set_best_trade(money(best_));
  }
  if (losses_ > 0) {
    statistics.set_average_loss(Ratio(gross_loss_, Decimal::FromInteger(losses_), digits));
    statistics.set_worst_trade(money(worst_));
    statistics.set_profit_factor(Ratio(gross_profit_, -gross_loss_, kRatioDigits));
  }
  const auto add_periods = [&](const absl::btree_map<std::string, Period>& periods, auto* out) {
    for (const auto& [name, period] : periods) {
      v1::StatisticsPeriod& point = *out->Add();
      point.set_period(name);
      point.set_trade_count(period.trade_count);
      point.set_net_profit(money(period.net_profit));
      point.set_net_deposits(money(period.net_deposits));
      point.set_closing_balance(money(period.closing_balance));
    }
  };
  add_periods(days_, statistics.mutable_days());
  add_periods(months_, statistics.mutable_months());
  return statistics;
}

}  // namespace mtsuite::accounts
