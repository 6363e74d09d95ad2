#include "common/mt5wire/retcode.h"

namespace mtsuite::mt5wire {

std::string_view RetcodeText(int retcode) {
  switch (retcode) {
    case kRetOk:
      return "Done";
    case kRetOkNone:
      return "No data";
    case kRetError:
      return "Common error";
    case kRetInvalidParameters:
      return "Invalid parameters";
    case kRetInvalidData:
      return "Invalid data";
    case kRetDisk:
      return "Disk error";
    case kRetMemory:
      return "Memory error";
    case kRetNetwork:
      return "Network error";
    case kRetPermissions:
      return "Not enough permissions";
    case kRetTimeout:
      return "Operation timeout";
    case kRetNoConnection:
      return "No connection";
    case kRetNoService:
      return "Service unavailable";
    case kRetTooFrequent:
      return "Too frequent requests";
    case kRetNotFound:
      return "Not found";
    case kRetPartialError:
      return "Partial error";
    case kRetShutdown:
      return "Server shutting down";
    case kRetCancelled:
      return "Operation cancelled";
    case kRetDuplicate:
      return "Duplicate data";
    case kRetAuthInvalidClient:
      return "Invalid terminal type";
    case kRetAuthInvalidAccount:
      return "Invalid account";
    case kRetAuthDisabled:
      return "Account disabled";
    case kRetAuthAdvanced:
      return "Advanced authorization needed";
    case kRetAuthNotAccessServer:
      return "Not an access server";
    case kRetAuthServerBad:
      return "Server not authenticated";
    case kRetAuthUpdatesOnly:
      return "Only updates available";
    case kRetAuthClientOld:
      return "Client too old";
    case kRetAuthManagerNoConfig:
      return "Manager has no configuration";
    case kRetAuthManagerIpBlock:
      return "Address not allowed for manager";
    case kRetAuthGroupInvalid:
      return "Group not initialized";
    case kRetAuthServerBusy:
      return "Server busy";
    case kRetAuthUnknownAccount:
      return "Unknown account";
    case kRetAuthServerOld:
      return "Old server version";
    case kRetAuthServerLimit:
      return "Licence limit reached";
    case kRetAuthManagerType:
      return "Connection type not permitted for manager";
    case kRetAuthResetPassword:
      return "Password must be changed";
    case kRetAuthOtpInvalid:
      return "Invalid one-time password";
    case kRetAuthOtpNeeded:
      return "One-time password needed";
    case kRetAuthApiDisabled:
      return "API connection disabled";
    case kRetConfigNotEmpty:
      return "Not empty";
    case kRetConfigInvalidRange:
      return "Invalid ranges";
    case kRetConfigDuplicate:
      return "Duplicate record";
    case kRetConfigLimit:
      return "Limit reached";
    case kRetUserLastAdmin:
      return "Last administrator account";
    case kRetUserLoginExhausted:
      return "Logins exhausted";
    case kRetUserLoginProhibited:
      return "Login reserved at another server";
    case kRetUserLoginExists:
      return "Account already exists";
    case kRetUserSuicide:
      return "Attempt of self-deletion";
    case kRetUserInvalidPassword:
      return "Invalid account password";
    case kRetUserLimitReached:
      return "Users limit reached";
    case kRetUserHasTrades:
      return "Account has open trades";
    case kRetUserDifferentServers:
      return "Different servers";
    case kRetUserDifferentCurrency:
      return "Different currencies";
    case kRetUserAccountExists:
      return "Account already exists";
    case kRetTradeLimitReached:
      return "Limit reached";
    case kRetTradeOrderExists:
      return "Order already exists";
    case kRetTradeOrderExhausted:
      return "Orders exhausted";
    case kRetTradeDealExhausted:
      return "Deals exhausted";
    case kRetTradeMaxMoney:
      return "Money limit reached";
    case kRetTradeDealExists:
      return "Deal already exists";
    case kRetReportSnapshot:
      return "Snapshot error";
    case kRetReportNotSupported:
      return "Not supported by report";
    case kRetReportNoData:
      return "No report data";
    case kRetHistorySymbolNotFound:
      return "Symbol not found";
    case kRetRequestInWay:
      return "Request on the way";
    case kRetRequestAccepted:
      return "Request accepted";
    case kRetRequestProcess:
      return "Request processed";
    case kRetRequestRequote:
      return "Requote";
    case kRetRequestPrices:
      return "Prices";
    case kRetRequestReject:
      return "Request rejected";
    case kRetRequestCancel:
      return "Request cancelled";
    case kRetRequestPlaced:
      return "Order placed";
    case kRetRequestDone:
      return "Request done";
    case kRetRequestDonePartial:
      return "Request done partially";
    case kRetRequestError:
      return "Request error";
    case kRetRequestTimeout:
      return "Request timeout";
    case kRetRequestInvalid:
      return "Invalid request";
    case kRetRequestInvalidVolume:
      return "Invalid volume";
    case kRetRequestInvalidPrice:
      return "Invalid price";
    case kRetRequestInvalidStops:
      return "Invalid stops";
    case kRetRequestTradeDisabled:
      return "Trade disabled";
    case kRetRequestMarketClosed:
      return "Market closed";
    case kRetRequestNoMoney:
      return "Not enough money";
    case kRetRequestPriceChanged:
      return "Price changed";
    case kRetRequestPriceOff:
      return "No prices";
    case kRetRequestInvalidExpiration:
      return "Invalid expiration";
    case kRetRequestOrderChanged:
      return "Order changed";
    case kRetRequestTooMany:
      return "Too many requests";
    case kRetRequestNoChanges:
      return "No changes";
    case kRetRequestAutoTradingServer:
      return "Automated trading disabled by server";
    case kRetRequestAutoTradingClient:
      return "Automated trading disabled by client";
    case kRetRequestLocked:
      return "Request locked by dealer";
    case kRetRequestFrozen:
      return "Order or position frozen";
    case kRetRequestInvalidFill:
      return "Unsupported filling mode";
    case kRetRequestConnection:
      return "No connection";
    case kRetRequestOnlyReal:
      return "Only for real accounts";
    case kRetRequestLimitOrders:
      return "Orders limit reached";
    case kRetRequestLimitVolume:
      return "Volume limit reached";
    case kRetRequestInvalidOrder:
      return "Invalid order type";
    case kRetRequestPositionClosed:
      return "Position not found";
    case kRetRequestExecutionSkipped:
      return "Execution skipped";
    case kRetRequestInvalidCloseVolume:
      return "Invalid close volume";
    case kRetRequestCloseOrderExists:
      return "Close order already exists";
    case kRetRequestLimitPositions:
      return "Positions limit reached";
    case kRetRequestRejectCancel:
      return "Rejected and cancelled";
    case kRetRequestLongOnly:
      return "Only long positions allowed";
    case kRetRequestShortOnly:
      return "Only short positions allowed";
    case kRetRequestCloseOnly:
      return "Only closing allowed";
    case kRetRequestFifo:
      return "Closing only by FIFO rule";
    case kRetRequestHedgeProhibited:
      return "Hedging prohibited";
    case kRetDealerReturned:
      return "Returned to queue";
    case kRetDealerDoneRestCancelled:
      return "Done partially, rest cancelled";
    case kRetDealerRequotedReturned:
      return "Requoted and returned";
    case kRetNotImplemented:
      return "Not implemented";
    case kRetNotMainServer:
      return "Only on main server";
    case kRetNotSupported:
      return "Not supported";
    case kRetDeadlock:
      return "Cancelled due to possible deadlock";
    case kRetLocked:
      return "Locked";
    default:
      return "Unknown code";
  }
}

}  // namespace mtsuite::mt5wire
