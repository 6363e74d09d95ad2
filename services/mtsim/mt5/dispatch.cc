#include "services/mtsim/mt5/dispatch.h"

#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "common/strings/view.h"

namespace mtsuite::mtsim {
namespace {

using CommandTable = absl::flat_hash_map<std::string_view, CommandHandler>;

const CommandTable& Commands() {
  static const CommandTable* const kTable = new CommandTable{
      {"TEST_ACCESS", TestAccess},
      {"TEST_TRADE", TestAccess},
      {"TIME_SERVER", TimeServer},
      {"TIME_GET", TimeGet},
      {"COMMON_GET", CommonGet},
      {"SERVER_RESTART", ServerRestart},
      {"MAIL_SEND", MailSend},
      {"NEWS_SEND", NewsSend},
      {"USER_ADD", UserAdd},
      {"USER_UPDATE", UserUpdate},
      {"USER_DELETE", UserDelete},
      {"USER_GET", UserGet},
      {"USER_GET_BATCH", UserGetBatch},
      {"USER_LOGINS", UserLogins},
      {"USER_ACCOUNT_GET", UserAccountGet},
      {"USER_ACCOUNT_GET_BATCH", UserAccountGetBatch},
      {"USER_ARCHIVE_GET_BATCH", UserArchiveGetBatch},
      {"USER_PASS_CHECK", UserPassCheck},
      {"USER_PASS_CHANGE", UserPassChange},
      {"USER_DEPOSIT_CHANGE", UserDepositChange},
      {"TRADE_BALANCE", TradeBalance},
      {"TRADE_MARGIN_CHECK", TradeMarginCheck},
      {"DEALER_SEND", DealerSend},
      {"DEALER_UPDATES", DealerUpdates},
      {"ORDER_GET", OrderGet},
      {"ORDER_GET_TOTAL", OrderGetTotal},
      {"ORDER_GET_PAGE", OrderGetPage},
      {"ORDER_GET_BATCH", OrderGetBatch},
      {"HISTORY_GET", HistoryGet},
      {"HISTORY_GET_TOTAL", HistoryGetTotal},
      {"HISTORY_GET_PAGE", HistoryGetPage},
      {"HISTORY_GET_BATCH", HistoryGetBatch},
      {"DEAL_GET", DealGet},
      {"DEAL_GET_TOTAL", DealGetTotal},
      {"DEAL_GET_PAGE", DealGetPage},
      {"DEAL_GET_BATCH", DealGetBatch},
      {"DAILY_GET", DailyGet},
      {"POSITION_GET", PositionGet},
      {"POSITION_GET_TOTAL", PositionGetTotal},
      {"POSITION_GET_PAGE", PositionGetPage},
      {"POSITION_GET_BATCH", PositionGetBatch},
      {"POSITION_UPDATE", PositionUpdate},
      {"TICK_LAST", TickLast},
      {"TICK_LAST_GROUP", TickLastGroup},
      {"TICK_STAT", TickStat},
      {"GROUP_TOTAL", GroupTotal},
      {"GROUP_NEXT", GroupNext},
      {"GROUP_GET", GroupGet},
      {"GROUP_ADD", GroupAdd},
      {"GROUP_DELETE", GroupDelete},
      {"SYMBOL_TOTAL", SymbolTotal},
      {"SYMBOL_LIST", SymbolList},
      {"SYMBOL_NEXT", SymbolNext},
      {"SYMBOL_GET", SymbolGet},
      {"SYMBOL_GET_GROUP", SymbolGetGroup},
      {"SYMBOL_ADD", SymbolAdd},
      {"SYMBOL_DELETE", SymbolDelete},
  };
  return *kTable;
}

}  // namespace

Reply Dispatch(CommandContext& context, const Request& request) {
  const auto found = Commands().find(request.name());
  if (found == Commands().end()) return Reply(kRetcodeNotSupported, "Not supported");
  return found->second(context, request);
}

}  // namespace mtsuite::mtsim
