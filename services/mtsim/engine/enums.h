#ifndef SERVICES_MTSIM_ENGINE_ENUMS_H_
#define SERVICES_MTSIM_ENGINE_ENUMS_H_

#include <cstdint>

// The platform's enumerations with the platform's numbers, so that a front may print them as they are. Only
// values that the engine stores or acts on are named; other documented numbers are kept when set.
namespace mtsuite::mtsim {

// Bit flags of Account::rights.
enum UserRight : uint64_t {
  kUserEnabled = 0x1,
  kUserMayChangePassword = 0x2,
  kUserTradeDisabled = 0x4,
  kUserInvestor = 0x8,
  kUserTrailing = 0x20,
  kUserExperts = 0x40,
  kUserReports = 0x100,
  kUserReadOnly = 0x200,
  kUserApiEnabled = 0x4000,
};
inline constexpr uint64_t kDefaultUserRights = 0x163;

enum class PasswordKind : uint8_t { kMain = 0, kInvestor = 1, kApi = 2 };

enum class OrderType : uint8_t {
  kBuy = 0,
  kSell = 1,
  kBuyLimit = 2,
  kSellLimit = 3,
  kBuyStop = 4,
  kSellStop = 5,
  kBuyStopLimit = 6,
  kSellStopLimit = 7,
  kCloseBy = 8,
};

enum class OrderState : uint8_t {
  kStarted = 0,
  kPlaced = 1,
  kCancelled = 2,
  kPartial = 3,
  kFilled = 4,
  kRejected = 5,
  kExpired = 6,
};

enum class Filling : uint8_t { kFillOrKill = 0, kImmediateOrCancel = 1, kReturn = 2, kBookOrCancel = 3 };

enum class OrderLifetime : uint8_t { kGoodTillCancelled = 0, kDay = 1, kSpecified = 2, kSpecifiedDay = 3 };

// What made an open order act by itself.
enum class OrderActivation : uint8_t {
  kNone = 0,
  kPending = 1,
  kStopLimit = 2,
  kExpiration = 3,
  kStopOut = 4,
};

// What a dealer asks the trade server to do.
enum class TradeAction : uint16_t {
  // Buy or sell at the market, also to close.
  kExecute = 200,
  kPlaceOrder = 201,
  kModifyPosition = 202,
  kModifyOrder = 203,
  kRemoveOrder = 204,
  // Fill a pending order now.
  kActivateOrder = 205,
  kBalance = 206,
  // Turn a stop-limit order into its limit order now.
  kActivateStopLimit = 207,
  kCloseBy = 208,
};

// Bit flags of a trade request. The middle ones say what a modification changes; with none of them it changes
// everything that is given.
enum TradeRequestFlag : uint32_t {
  kRequestPriceChanged = 0x4,
  kRequestTriggerChanged = 0x8,
  kRequestStopLossChanged = 0x10,
  kRequestTakeProfitChanged = 0x20,
  kRequestLifetimeChanged = 0x40,
  kRequestExpirationChanged = 0x80,
  kRequestSkipMarginCheck = 0x400,
};

// Bit flags of Symbol::order_flags, fill_flags and expiration_flags, and of Group::trade_flags.
enum OrderFlag : uint32_t {
  kOrderMarket = 0x1,
  kOrderLimit = 0x2,
  kOrderStop = 0x4,
  kOrderStopLimit = 0x8,
  kOrderStopLoss = 0x10,
  kOrderTakeProfit = 0x20,
  kOrderCloseBy = 0x40,
};
enum FillFlag : uint32_t { kFillAllowFok = 0x1, kFillAllowIoc = 0x2, kFillAllowBoc = 0x4 };
enum GroupTradeFlag : uint32_t {
  kGroupSwaps = 0x1,
  kGroupExpiration = 0x8,
  kGroupStopOutCompensation = 0x40,
  kGroupFifo = 0x100,
  kGroupHedgeProhibited = 0x200,
};

// Why an order, deal or position came to be.
enum class TradeReason : uint8_t {
  kClient = 0,
  kExpert = 1,
  kDealer = 2,
  kStopLoss = 3,
  kTakeProfit = 4,
  kStopOut = 5,
  kRollover = 6,
  kMobile = 16,
  kWeb = 17,
};

enum class DealAction : uint8_t {
  kBuy = 0,
  kSell = 1,
  kBalance = 2,
  kCredit = 3,
  kCharge = 4,
  kCorrection = 5,
  kBonus = 6,
  kCommission = 7,
  kDailyCommission = 8,
  kMonthlyCommission = 9,
  kInterest = 12,
  kDividend = 15,
  kTax = 17,
  kStopOutCompensation = 19,
  kCreditStopOutCompensation = 20,
};

enum class DealEntry : uint8_t { kIn = 0, kOut = 1, kInOut = 2, kOutBy = 3 };

// The side of a position or a trade.
enum class Side : uint8_t { kBuy = 0, kSell = 1 };

// The side on which an order of `type` trades.
constexpr Side SideOf(OrderType type) {
  return static_cast<uint8_t>(type) % 2 == 0 ? Side::kBuy : Side::kSell;
}
constexpr bool IsPending(OrderType type) {
  return type >= OrderType::kBuyLimit && type <= OrderType::kSellStopLimit;
}
constexpr bool IsLimit(OrderType type) {
  return type == OrderType::kBuyLimit || type == OrderType::kSellLimit;
}
constexpr bool IsStopLimit(OrderType type) {
  return type == OrderType::kBuyStopLimit || type == OrderType::kSellStopLimit;
}

constexpr Side Opposite(Side side) { return side == Side::kBuy ? Side::kSell : Side::kBuy; }

enum class TradeMode : uint8_t { kDisabled = 0, kLongOnly = 1, kShortOnly = 2, kCloseOnly = 3, kFull = 4 };

enum class ExecutionMode : uint8_t { kRequest = 0, kInstant = 1, kMarket = 2, kExchange = 3 };

enum class CalcMode : uint8_t {
  kForex = 0,
  kFutures = 1,
  kCfd = 2,
  kCfdIndex = 3,
  kCfdLeverage = 4,
  kForexNoLeverage = 5,
};

enum class SwapMode : uint8_t {
  kOff = 0,
  kPoints = 1,
  kSymbolCurrency = 2,
  kMarginCurrency = 3,
  kGroupCurrency = 4,
  kInterestCurrent = 5,
  kInterestOpen = 6,
};

// Bit flags of Symbol::margin_flags.
enum MarginFlag : uint32_t {
  kMarginHedgeLargerLeg = 0x4,
  kMarginRecalculateRates = 0x10,
};

enum class MarginMode : uint8_t { kNetting = 0, kExchangeDiscount = 1, kHedging = 2 };

enum class StopOutMode : uint8_t { kPercent = 0, kMoney = 1 };

// Which part of the floating result counts as free margin.
enum class FreeMarginMode : uint8_t { kNoFloating = 0, kFloating = 1, kProfitOnly = 2, kLossOnly = 3 };

enum class StopOutActivation : uint8_t { kNone = 0, kMarginCall = 1, kStopOut = 2 };

// The last move of a price.
enum class PriceDirection : uint8_t { kNone = 0, kUp = 1, kDown = 2 };

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_ENUMS_H_
