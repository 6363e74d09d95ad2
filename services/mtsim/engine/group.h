#ifndef SERVICES_MTSIM_ENGINE_GROUP_H_
#define SERVICES_MTSIM_ENGINE_GROUP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/mtsim/engine/enums.h"
#include "services/mtsim/engine/fixed.h"

namespace mtsuite::mtsim {

// What a group changes about symbols. The engine supports the trade mode, which is applied, and the spread,
// which only TICK_LAST_GROUP shows; the platform's other overridable members are always "default"
// (inherited).
struct GroupSymbol {
  // A symbol path mask, `Forex\*`. The first entry of a group that matches a symbol applies.
  std::string path = {};
  // Points added to the spread, and how many of them are moved from the ask to the bid side.
  int spread_diff = 0;
  int spread_diff_balance = 0;
  // Nothing inherits the symbol's.
  std::optional<TradeMode> trade_mode = {};
};

// What a commission is counted in, and how often: CommissionTier::mode and type.
enum class CommissionUnit : uint8_t {
  kDepositCurrency = 0,
  kBaseCurrency = 1,
  kProfitCurrency = 2,
  kMarginCurrency = 3,
  kPoints = 4,
  // Of the value of the deal.
  kPercent = 5,
  kSpecifiedCurrency = 6,
  kPercentOfProfit = 7,
};
enum class CommissionPer : uint8_t { kDeal = 0, kLot = 1 };

// A rate that holds for deals of a certain size.
struct CommissionTier {
  CommissionUnit unit = CommissionUnit::kDepositCurrency;
  CommissionPer per = CommissionPer::kLot;
  // What is charged; negative pays the account.
  Fixed value = {};
  // Bounds of the charge in the account's currency; zero means none.
  Fixed minimal = {};
  Fixed maximal = {};
  // Lots, or value in the account's currency, both included; a zero end means no end.
  Fixed range_from = {};
  Fixed range_to = {};
  // Of kSpecifiedCurrency.
  std::string currency = {};
};

enum class CommissionMode : uint8_t { kStandard = 0, kAgent = 1, kFee = 2 };
enum class CommissionRange : uint8_t { kVolume = 0, kValue = 3 };
// By the numbers of the platform: 0 all, then the first and the second kind.
enum class CommissionEntry : uint8_t { kAll = 0, kIn = 1, kOut = 2 };
enum class CommissionAction : uint8_t { kAll = 0, kBuy = 1, kSell = 2 };
enum class CommissionProfit : uint8_t { kAll = 0, kProfit = 1, kLoss = 2 };

// A commission that deals of a group's accounts pay at once. Daily and monthly charges, agent commissions and
// ranges of turnover are not supported; GroupBook refuses them.
struct GroupCommission {
  std::string name = {};
  std::string description = {};
  // A symbol path mask.
  std::string path = {};
  // A fee is booked in Deal::fee, a standard commission in Deal::commission.
  CommissionMode mode = CommissionMode::kStandard;
  CommissionRange range = CommissionRange::kVolume;
  // The platform's charge mode; only 2, at once, is supported.
  uint32_t charge_mode = 2;
  CommissionEntry entry = CommissionEntry::kAll;
  CommissionAction action = CommissionAction::kAll;
  CommissionProfit profit = CommissionProfit::kAll;
  // Bit flags of reasons (1 client, 2 expert, 4 dealer, …); 0 means all.
  uint32_t reasons = 0;
  std::vector<CommissionTier> tiers = {};
};

// Settings shared by accounts. Identified by its name, which contains backslashes (`demo\retail-usd`).
struct Group {
  std::string name = {};
  uint32_t server = 1;
  // 1 certificate, 2 connections, 4 reset password, 8 one-time passwords, 16 risk warning, 32 regulation.
  uint32_t permissions = 2;
  uint32_t auth_mode = 0;
  // Shortest password, never below 8 in effect.
  int password_min = 8;
  uint32_t otp_mode = 0;

  std::string company = {};
  std::string company_page = {};
  std::string company_email = {};
  std::string company_support_page = {};
  std::string company_support_email = {};
  std::string company_catalog = {};

  std::string currency = {};
  int currency_digits = 2;

  uint32_t reports_mode = 0;
  uint32_t reports_flags = 0;
  uint32_t news_mode = 2;
  std::string news_category = {};
  std::vector<uint32_t> news_languages = {};
  uint32_t mail_mode = 1;

  uint32_t trade_flags = 31;
  uint32_t transfer_mode = 0;
  Fixed interest_rate = {};
  Fixed virtual_credit = {};

  MarginMode margin_mode = MarginMode::kHedging;
  StopOutMode stop_out_mode = StopOutMode::kPercent;
  FreeMarginMode free_margin_mode = FreeMarginMode::kFloating;
  uint32_t free_profit_mode = 0;
  // Percent of equity over margin, or money, as stop_out_mode says.
  Fixed margin_call = {};
  Fixed stop_out = {};

  // Leverage and deposit that a new demo account gets from a terminal; 0 = the client chooses.
  int demo_leverage = 0;
  Fixed demo_deposit = {};
  // Largest leverage of an account; 0 = the server's limit.
  int leverage_max = 0;

  uint32_t limit_history = 0;
  // Largest number of pending orders, symbols and positions; 0 = unlimited.
  uint32_t limit_orders = 0;
  uint32_t limit_symbols = 0;
  uint32_t limit_positions = 0;

  std::vector<GroupSymbol> symbols = {};
  std::vector<GroupCommission> commissions = {};
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_GROUP_H_
