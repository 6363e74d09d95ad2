// Daily reports: DAILY_GET. The engine keeps no reports; they are made from the deals when asked for, so the
// floating result of positions that were open at the end of a past day is not in them.
#include <algorithm>
#include <vector>

#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/json_time.h"
#include "services/mtsim/mt5/json_writer.h"
#include "services/mtsim/mt5/selection.h"

namespace mtsuite::mtsim {
namespace {

// One report per server day; ten years.
constexpr size_t kDaysMax = 3'660;
// A Windows FILETIME counts 100 ns since 1601.
constexpr int64_t kFiletimeEpochSeconds = 11'644'473'600;
constexpr int64_t kFiletimeUnitsPerSecond = 10'000'000;

// What the deals of one day add up to.
struct Day {
  absl::Time start;
  absl::Time end;
  Fixed balance_before;
  Fixed balance;
  Fixed credit;
  Fixed deposits;
  Fixed credits;
  Fixed charges;
  Fixed corrections;
  Fixed bonuses;
  Fixed profit;
  Fixed storage;
  Fixed commission;
};

void AddDeal(const Deal& deal, Day& day) {
  (deal.ChangesCredit() ? day.credit : day.balance) += deal.Total();
  switch (deal.action) {
    case DealAction::kBalance:
      day.deposits += deal.profit;
      break;
    case DealAction::kCredit:
      day.credits += deal.profit;
      break;
    case DealAction::kCharge:
      day.charges += deal.profit;
      break;
    case DealAction::kCorrection:
      day.corrections += deal.profit;
      break;
    case DealAction::kBonus:
      day.bonuses += deal.profit;
      break;
    case DealAction::kBuy:
    case DealAction::kSell:
      day.profit += deal.profit;
      day.storage += deal.storage;
      day.commission += deal.commission + deal.fee;
      break;
    default:
      break;
  }
}

// The server days of the window that are over, from the account's opening on.
std::vector<Day> DaysOf(const State& state, const Account& account, const TimeWindow& window) {
  std::vector<Day> days;
  const std::vector<const Deal*> deals = state.deals.All(account.login, TimeWindow());
  const absl::Time first =
      deals.empty() ? account.registration : std::min(account.registration, deals[0]->time);
  Day day;
  day.start = state.server_time.DayStart(std::max(first, window.from));
  auto next = deals.begin();
  for (; next != deals.end() && (*next)->time < day.start; ++next) AddDeal(**next, day);
  const absl::Time last = std::min(window.to, state.Now());
  while (days.size() < kDaysMax) {
    Day report;
    report.start = day.start;
    report.end = state.server_time.NextDayStart(day.start);
    if (report.end > last) break;
    report.balance = report.balance_before = day.balance;
    report.credit = day.credit;
    for (; next != deals.end() && (*next)->time < report.end; ++next) AddDeal(**next, report);
    days.push_back(report);
    day.start = report.end;
    day.balance = report.balance;
    day.credit = report.credit;
  }
  return days;
}

int64_t ToFiletime(int64_t server_seconds) {
  return (server_seconds + kFiletimeEpochSeconds) * kFiletimeUnitsPerSecond;
}

void WriteMoney(const Day& day, int digits, JsonWriter& json) {
  const Fixed equity = day.balance + day.credit;
  json.Member("Balance", day.balance, digits);
  json.Member("Credit", day.credit, digits);
  for (const char* name :
       {"InterestRate", "CommissionDaily", "CommissionMonthly", "AgentDaily", "AgentMonthly"}) {
    json.Member(name, Fixed(), digits);
  }
  json.Member("BalancePrevDay", day.balance_before, digits);
  json.Member("BalancePrevMonth", Fixed(), digits);
  json.Member("EquityPrevDay", day.balance_before, digits);
  json.Member("EquityPrevMonth", Fixed(), digits);
  json.Member("Margin", Fixed(), digits);
  json.Member("MarginFree", equity, digits);
  json.Member("MarginLevel", Fixed(), 2);
  json.Member("MarginLeverage", 0);
  json.Member("Profit", Fixed(), digits);
  json.Member("ProfitStorage", Fixed(), digits);
  json.Member("ProfitEquity", equity, digits);
  json.Member("ProfitAssets", Fixed(), digits);
  json.Member("ProfitLiabilities", Fixed(), digits);
  json.Member("DailyProfit", day.profit, digits);
  json.Member("DailyBalance", day.deposits, digits);
  json.Member("DailyCredit", day.credits, digits);
  json.Member("DailyCharge", day.charges, digits);
  json.Member("DailyCorrection", day.corrections, digits);
  json.Member("DailyBonus", day.bonuses, digits);
  json.Member("DailyStorage", day.storage, digits);
  json.Member("DailyCommInstant", day.commission, digits);
  for (const char* name : {"DailyCommFee", "DailyCommRound", "DailyAgent", "DailyInterest"}) {
    json.Member(name, Fixed(), digits);
  }
}

void WriteDay(const CommandContext& context, const Account& account, const Day& day, JsonWriter& json) {
  const State& state = context.engine.state();
  const Group& group = state.GroupOf(account);
  const bool personal = context.manager.Has(kSeePersonalDetails);
  json.BeginObject();
  json.Member("Timestamp", ToFiletime(ServerSeconds(state, day.end)));
  json.Member("DatetimePrev", ServerSeconds(state, day.start));
  json.Member("Login", account.login);
  json.Member("Name", personal ? account.details.name : std::string());
  json.Member("Group", account.group);
  json.Member("Currency", group.currency);
  json.Member("CurrencyDigits", group.currency_digits);
  json.Member("Company", group.company);
  json.Member("EMail", personal ? account.details.email : std::string());
  WriteMoney(day, group.currency_digits, json);
  json.EmptyArray("PositionAdd");
  json.EmptyArray("OrderAdd");
  json.EndObject();
}

}  // namespace

Reply DailyGet(CommandContext& context, const Request& request) {
  const Result<const Account*> account = RequestedAccount(context, request);
  if (!account.ok()) return account.retcode();
  const Result<TimeWindow> window = RequestedWindow(context, request);
  if (!window.ok()) return window.retcode();
  JsonWriter json;
  json.BeginArray();
  for (const Day& day : DaysOf(context.engine.state(), **account, *window))
    WriteDay(context, **account, day, json);
  json.EndArray();
  return Reply::WithBody(json.Finish());
}

}  // namespace mtsuite::mtsim
