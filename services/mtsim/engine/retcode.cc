#include "services/mtsim/engine/retcode.h"

namespace mtsuite::mtsim {
namespace {

struct Text {
  Retcode retcode;
  std::string_view text;
};

constexpr Text kTexts[] = {
    {Retcode::kDone, "Done"},
    {Retcode::kNoData, "No data"},
    {Retcode::kError, "Common error"},
    {Retcode::kInvalidParameters, "Invalid parameters"},
    {Retcode::kInvalidData, "Invalid data"},
    {Retcode::kNoPermission, "Not enough permissions"},
    {Retcode::kNotFound, "Not found"},
    {Retcode::kPartial, "Partial error"},
    {Retcode::kDuplicate, "Duplicate"},
    {Retcode::kConfigNotEmpty, "Record is in use"},
    {Retcode::kConfigDuplicate, "Record exists"},
    {Retcode::kConfigLimit, "Too many records"},
    {Retcode::kLoginsExhausted, "No free logins"},
    {Retcode::kLoginReserved, "Login reserved for another server"},
    {Retcode::kAccountExists, "Account exists"},
    {Retcode::kInvalidPassword, "Invalid account password"},
    {Retcode::kUsersLimit, "Too many accounts"},
    {Retcode::kHasOpenTrades, "Account has open positions or orders"},
    {Retcode::kDifferentCurrency, "Groups have different currencies"},
    {Retcode::kOrderLimit, "Too many orders or deals"},
    {Retcode::kMoneyLimit, "Money limit reached"},
    {Retcode::kRequestAccepted, "Request accepted"},
    {Retcode::kRequote, "Requote"},
    {Retcode::kRequestRejected, "Request rejected"},
    {Retcode::kRequestCancelled, "Request cancelled"},
    {Retcode::kRequestPlaced, "Order placed"},
    {Retcode::kRequestDone, "Request done"},
    {Retcode::kRequestPartial, "Request done partially"},
    {Retcode::kInvalidRequest, "Invalid request"},
    {Retcode::kInvalidVolume, "Invalid volume"},
    {Retcode::kInvalidPrice, "Invalid price"},
    {Retcode::kInvalidStops, "Invalid stops"},
    {Retcode::kTradeDisabled, "Trade is disabled"},
    {Retcode::kMarketClosed, "Market is closed"},
    {Retcode::kNoMoney, "Not enough money"},
    {Retcode::kPriceChanged, "Price changed"},
    {Retcode::kNoPrices, "No prices"},
    {Retcode::kInvalidExpiration, "Invalid expiration"},
    {Retcode::kOrderChanged, "Order has changed"},
    {Retcode::kTooManyRequests, "Too many requests"},
    {Retcode::kNoChanges, "No changes"},
    {Retcode::kFrozen, "Order or position is frozen"},
    {Retcode::kInvalidFilling, "Invalid filling"},
    {Retcode::kOrdersLimit, "Too many pending orders"},
    {Retcode::kVolumeLimit, "Volume limit of the symbol reached"},
    {Retcode::kInvalidOrderType, "Invalid order type"},
    {Retcode::kPositionNotFound, "Position not found"},
    {Retcode::kCloseVolumeTooBig, "Volume to close exceeds the position"},
    {Retcode::kPositionsLimit, "Too many open positions"},
    {Retcode::kLongOnly, "Only buying is allowed"},
    {Retcode::kShortOnly, "Only selling is allowed"},
    {Retcode::kCloseOnly, "Only closing is allowed"},
    {Retcode::kFifoClose, "Older positions must be closed first"},
    {Retcode::kHedgeProhibited, "Opposite positions are prohibited"},
};

}  // namespace

std::string_view RetcodeText(Retcode retcode) {
  for (const Text& entry : kTexts) {
    if (entry.retcode == retcode) return entry.text;
  }
  return "Unknown error";
}

}  // namespace mtsuite::mtsim
