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
    {Retcode::kInvalidRequest, "Invalid request"},
    {Retcode::kInvalidVolume, "Invalid volume"},
    {Retcode::kInvalidPrice, "Invalid price"},
    {Retcode::kInvalidStops, "Invalid stops"},
    {Retcode::kTradeDisabled, "Trade is disabled"},
    {Retcode::kMarketClosed, "Market is closed"},
    {Retcode::kNoMoney, "Not enough money"},
    {Retcode::kNoPrices, "No prices"},
    {Retcode::kPositionNotFound, "Position not found"},
    {Retcode::kCloseVolumeTooBig, "Volume to close exceeds the position"},
    {Retcode::kPositionsLimit, "Too many open positions"},
};

}  // namespace

std::string_view RetcodeText(Retcode retcode) {
  for (const Text& entry : kTexts) {
    if (entry.retcode == retcode) return entry.text;
  }
  return "Unknown error";
}

}  // namespace mtsuite::mtsim
