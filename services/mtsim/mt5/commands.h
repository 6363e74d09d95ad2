// The commands of the Web API, one function each, grouped in files by family. dispatch.cc has the table of
// names.
#ifndef SERVICES_MTSIM_MT5_COMMANDS_H_
#define SERVICES_MTSIM_MT5_COMMANDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "services/mtsim/engine/engine.h"
#include "services/mtsim/mt5/bulletin.h"
#include "services/mtsim/mt5/dealer_desk.h"
#include "services/mtsim/mt5/manager.h"
#include "services/mtsim/mt5/reply.h"
#include "services/mtsim/mt5/request.h"

namespace mtsuite::mtsim {

// What the server tells about itself.
struct ServerIdentity {
  std::string name = "mtsim";
  std::string owner = "mtsuite";
  // Build numbers of the access and the trade server.
  int build = 3661;
};

// What a command works on. Lives for one command.
struct CommandContext {
  Engine& engine;
  Bulletin& bulletin;
  const Manager& manager;
  const ServerIdentity& identity;
  DealerDesk& desk;
  // The connection, and real time.
  uint64_t session = 0;
  absl::Time now = absl::UnixEpoch();
  // Filled by DEALER_SEND: what the caller executes later, whatever becomes of the connection.
  std::vector<DelayedTrade> delayed_trades = {};
  // Set by SERVER_RESTART: the server restarts after it answered.
  bool restart_requested = false;
};

// Carries a command out and answers it. Never fails otherwise: whatever is wrong with the request is a
// retcode.
using CommandHandler = Reply (*)(CommandContext& context, const Request& request);

// session, time, server: system_commands.cc
Reply TestAccess(CommandContext& context, const Request& request);
Reply TimeServer(CommandContext& context, const Request& request);
Reply TimeGet(CommandContext& context, const Request& request);
Reply CommonGet(CommandContext& context, const Request& request);
Reply ServerRestart(CommandContext& context, const Request& request);
Reply MailSend(CommandContext& context, const Request& request);
Reply NewsSend(CommandContext& context, const Request& request);

// accounts: user_commands.cc, password_commands.cc
Reply UserAdd(CommandContext& context, const Request& request);
Reply UserUpdate(CommandContext& context, const Request& request);
Reply UserDelete(CommandContext& context, const Request& request);
Reply UserGet(CommandContext& context, const Request& request);
Reply UserGetBatch(CommandContext& context, const Request& request);
Reply UserLogins(CommandContext& context, const Request& request);
Reply UserAccountGet(CommandContext& context, const Request& request);
Reply UserAccountGetBatch(CommandContext& context, const Request& request);
Reply UserArchiveGetBatch(CommandContext& context, const Request& request);
Reply UserPassCheck(CommandContext& context, const Request& request);
Reply UserPassChange(CommandContext& context, const Request& request);

// money: trade_commands.cc
Reply UserDepositChange(CommandContext& context, const Request& request);
Reply TradeBalance(CommandContext& context, const Request& request);
Reply TradeMarginCheck(CommandContext& context, const Request& request);

// trading: dealer_commands.cc
Reply DealerSend(CommandContext& context, const Request& request);
Reply DealerUpdates(CommandContext& context, const Request& request);

// open and closed orders: order_commands.cc
Reply OrderGet(CommandContext& context, const Request& request);
Reply OrderGetTotal(CommandContext& context, const Request& request);
Reply OrderGetPage(CommandContext& context, const Request& request);
Reply OrderGetBatch(CommandContext& context, const Request& request);
Reply HistoryGet(CommandContext& context, const Request& request);
Reply HistoryGetTotal(CommandContext& context, const Request& request);
Reply HistoryGetPage(CommandContext& context, const Request& request);
Reply HistoryGetBatch(CommandContext& context, const Request& request);

// deals: deal_commands.cc; daily reports: daily_commands.cc
Reply DealGet(CommandContext& context, const Request& request);
Reply DealGetTotal(CommandContext& context, const Request& request);
Reply DealGetPage(CommandContext& context, const Request& request);
Reply DealGetBatch(CommandContext& context, const Request& request);
Reply DailyGet(CommandContext& context, const Request& request);

// positions: position_commands.cc
Reply PositionGet(CommandContext& context, const Request& request);
Reply PositionGetTotal(CommandContext& context, const Request& request);
Reply PositionGetPage(CommandContext& context, const Request& request);
Reply PositionGetBatch(CommandContext& context, const Request& request);
Reply PositionUpdate(CommandContext& context, const Request& request);

// prices: tick_commands.cc
Reply TickLast(CommandContext& context, const Request& request);
Reply TickLastGroup(CommandContext& context, const Request& request);
Reply TickStat(CommandContext& context, const Request& request);

// groups: group_commands.cc
Reply GroupTotal(CommandContext& context, const Request& request);
Reply GroupNext(CommandContext& context, const Request& request);
Reply GroupGet(CommandContext& context, const Request& request);
Reply GroupAdd(CommandContext& context, const Request& request);
Reply GroupDelete(CommandContext& context, const Request& request);

// symbols: symbol_commands.cc
Reply SymbolTotal(CommandContext& context, const Request& request);
Reply SymbolList(CommandContext& context, const Request& request);
Reply SymbolNext(CommandContext& context, const Request& request);
Reply SymbolGet(CommandContext& context, const Request& request);
Reply SymbolGetGroup(CommandContext& context, const Request& request);
Reply SymbolAdd(CommandContext& context, const Request& request);
Reply SymbolDelete(CommandContext& context, const Request& request);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_COMMANDS_H_
