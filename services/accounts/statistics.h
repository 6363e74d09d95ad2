// Statistics of an account from its deals: pure, exact, one pass.
#ifndef SERVICES_ACCOUNTS_STATISTICS_H_
#define SERVICES_ACCOUNTS_STATISTICS_H_

#include <cstdint>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "mtsuite/accounts/v1/statistics.pb.h"
#include "mtsuite/type/v1/deal.pb.h"

namespace mtsuite::accounts {

struct StatisticsOptions {
  absl::Time start = absl::InfinitePast();    // Included.
  absl::Time end = absl::InfiniteFuture();    // Excluded.
  absl::TimeZone zone = absl::UTCTimeZone();  // Days and months are this zone's.
  int currency_digits = 2;
};

// Turns the deals of one account, from its very first on, into v1::Statistics of a span. Deals before the
// span are needed too: they set the opening balance and what open positions have paid so far.
//
// A trade is a closing deal. Its result is profit + swap + commission + fee of that deal, plus the share of
// the opening deals' commission and fee that falls on the closed volume; the last close of a position takes
// the remainder, so the shares add up to the cent.
class StatisticsBuilder {
 public:
  explicit StatisticsBuilder(StatisticsOptions options) : options_(options) {}

  // Adds the next deal, in the order of booking. Fails with INTERNAL when a decimal of the deal does not
  // parse.
  absl::Status Add(const type::v1::Deal& deal);

  // The statistics so far; `login`, `currency_code`, `start_time` and `end_time` are left to the caller.
  v1::Statistics Build() const;

 private:
  struct Money {
    Decimal profit, swap, commission, fee;
    Decimal Sum() const { return profit + swap + commission + fee; }
    Decimal Cost() const { return commission + fee; }
  };
  // An open position, as far as statistics care.
  struct OpenPosition {
    Decimal volume;
    Decimal cost;  // Commission and fee of its opening deals not yet counted in a trade.
    bool is_long = false;
    double volume_seconds = 0;  // Sum of volume × opening time, for the average opening time.
  };
  struct Period {
    int64_t trade_count = 0;
    Decimal net_profit, net_deposits, closing_balance;
  };
  struct Trade {
    Decimal result;
    Decimal volume;
    bool is_long = false;
    absl::Duration holding_time = absl::ZeroDuration();
  };

  void AddTrade(const type::v1::Deal& deal, const Money& money, Decimal volume, bool counted);
  void OpenFrom(const type::v1::Deal& deal, Decimal volume, Decimal cost);
  Trade CloseFrom(const type::v1::Deal& deal, Decimal volume, Decimal own_result);
  void CountTrade(const Trade& trade, absl::Time time);
  void MoveBalance(Decimal amount, bool is_flow, bool counted);
  void ForPeriods(absl::Time time, absl::FunctionRef<void(Period&)> change);

  const StatisticsOptions options_;
  absl::flat_hash_map<int64_t, OpenPosition> positions_;
  absl::btree_map<std::string, Period> days_, months_;

  Decimal balance_;
  Decimal peak_;
  bool has_peak_ = false;  // The span has begun.
  Decimal max_drawdown_, max_drawdown_peak_;

  int64_t wins_ = 0, losses_ = 0, trades_ = 0, longs_ = 0;
  int64_t win_streak_ = 0, loss_streak_ = 0, longest_win_streak_ = 0, longest_loss_streak_ = 0;
  Decimal gross_profit_, gross_loss_, best_, worst_;
  Decimal volume_, swap_, commission_, deposits_, withdrawals_;
  absl::Duration holding_time_ = absl::ZeroDuration();
};

}  // namespace mtsuite::accounts

#endif  // SERVICES_ACCOUNTS_STATISTICS_H_
