// The seam between platforms: what the connector asks of one trading server, in domain terms.
//
// Implemented once per platform (mt5/ over the Web API; mt4/ over the Manager API). Everything above it
// (journal, resolver, directory, event log, gRPC services) knows no platform, and tests/conformance runs the
// same cases against every implementation.
//
// Contract of all calls:
//  * Asynchronous: a call returns at once and its callback runs exactly once, later, on the server's own
//  thread. Callbacks
//    must not block. Calls may be made from any thread, also from callbacks.
//  * Bounded: every call ends at its deadline at the latest; what is queued is limited, and a call beyond the
//  limit fails
//    at once with TOO_MANY_OPERATIONS.
//  * Errors are made with common/status/error.h and carry an ErrorReason. An error of a mutation also carries
//  its Outcome:
//    NOT_SENT (no byte of it left this process), REJECTED (the trading server said no), or UNCONFIRMED
//    (anything else). An implementation never sends a mutation twice and never turns doubt into NOT_SENT or
//    REJECTED.
//  * Times are UTC; the implementation converts from the server's zone. Decimals are exact.
#ifndef SERVICES_CONNECTOR_TRADE_SERVER_H_
#define SERVICES_CONNECTOR_TRADE_SERVER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "mtsuite/accounts/v1/account.pb.h"
#include "mtsuite/accounts/v1/balance_operation.pb.h"
#include "mtsuite/accounts/v1/group.pb.h"
#include "mtsuite/accounts/v1/trade_state.pb.h"
#include "mtsuite/operations/v1/server_service.pb.h"
#include "mtsuite/orders/v1/order.pb.h"
#include "mtsuite/quotes/v1/symbol.pb.h"
#include "mtsuite/type/v1/deal.pb.h"
#include "services/connector/trade_types.h"

namespace mtsuite::connector {

// Receives the outcome of an asynchronous call, exactly once.
template <typename T>
using Done = absl::AnyInvocable<void(absl::StatusOr<T>)>;
using DoneStatus = absl::AnyInvocable<void(absl::Status)>;

// An account to open. `account.login()` is always set: the connector chooses logins so that a lost reply can
// be found again.
struct NewAccount {
  accounts::v1::Account account;
  std::string main_password;
  std::string investor_password;
  std::string phone_password;  // Empty for none.
};

// Which fields of an account to change; `paths` are FieldMask paths of accounts.v1.Account, never empty.
struct AccountChange {
  accounts::v1::Account account;
  std::vector<std::string> paths;
};

struct PasswordChange {
  int64_t login = 0;
  accounts::v1::PasswordType type = accounts::v1::PASSWORD_TYPE_UNSPECIFIED;
  std::string password;
};

// One booking of money.
struct Booking {
  int64_t login = 0;
  accounts::v1::BalanceOperation::Type type = accounts::v1::BalanceOperation::TYPE_UNSPECIFIED;
  Decimal signed_amount;  // Negative takes money from the account.
  std::string comment;    // The whole comment, tag included; at most kMaxCommentLength UTF-16 units.
  bool check_margin = true;
};

struct BookingResult {
  int64_t ticket = 0;
};

// Deals, or orders that are done, of one account, by time and ticket.
struct DealQuery {
  int64_t login = 0;
  absl::Time start = absl::UnixEpoch();     // Included.
  absl::Time end = absl::InfiniteFuture();  // Excluded; InfiniteFuture means up to now.
  int64_t offset = 0;                       // Deals of the span to skip.
  int32_t limit = 100;                      // 1 to 1000.
};

struct DealPage {
  std::vector<type::v1::Deal> deals;
  bool end_reached = false;  // No deal of the span follows.
};

// Where an earlier process ended.
struct ToldBefore {
  // Deals booked since are told.
  absl::Time deals_since;
  // Orders that waited: how those that are gone ended is told.
  std::vector<orders::v1::Order> open_orders = {};
};

// Longest comment of a booking or order on MT4 and MT5, in UTF-16 units.
inline constexpr int kMaxCommentLength = 31;

// Receives what happens on the trading server, whoever did it, on the server's own thread. The same fact may
// be told more than once; the receiver removes duplicates (deals by ticket, accounts by comparing).
class TradeServerObserver {
 public:
  virtual ~TradeServerObserver() = default;

  // The connection changed. Reads and mutations fail fast with TRADE_SERVER_UNAVAILABLE / NOT_SENT while
  // disconnected.
  virtual void OnStateChanged() = 0;
  // Accounts as they are now: new, changed or merely read again.
  virtual void OnAccounts(const std::vector<accounts::v1::Account>& accounts) = 0;
  // Every login that exists, read in a sweep that started at `started`; accounts opened after that may be
  // missing. Told at the end of a sweep: all of its accounts have been told to OnAccounts before.
  virtual void OnAllLogins(const std::vector<int64_t>& sorted_logins, absl::Time started) = 0;
  // Deals booked, in the order of their tickets.
  virtual void OnDeals(const std::vector<type::v1::Deal>& deals) = 0;
  // Open orders and positions as they are. All deals of the accounts that it speaks of which came before have
  // been told to OnDeals.
  virtual void OnTrades(const TradeSnapshot& /*snapshot*/) {}
  // New prices, at most one per symbol.
  virtual void OnTicks(const std::vector<TickUpdate>& /*ticks*/) {}
};

class TradeServer {
 public:
  virtual ~TradeServer() = default;

  // Connects and stays connected until Stop, telling `observer` (not owned, must outlive Stop) what happened
  // after `told`.
  virtual void Start(TradeServerObserver* observer, ToldBefore told) = 0;
  // Ends all calls (mutations in flight as UNCONFIRMED), disconnects and joins the server's thread.
  virtual void Stop() = 0;

  // What is known of the server and its connection: `server`, `platform`, `state*`, `build`, `time_zone`,
  // `capabilities`, `round_trip_time`; the rest is the caller's.
  virtual operations::v1::Server Describe() const = 0;

  // Checks a new main or investor password against the platform's policy without asking the server; for
  // validate_only. `group_min_length` is Group.min_password_length, 0 when not known. The error is
  // PASSWORD_TOO_WEAK / REJECTED with the metadata `rule`. Thread-safe.
  virtual absl::Status CheckNewPassword(const PasswordChange& /*password*/,
                                        int32_t /*group_min_length*/) const {
    return absl::OkStatus();
  }

  // Reads. ACCOUNT_NOT_FOUND where there is no such account.
  virtual void GetAccount(int64_t login, absl::Time deadline, Done<accounts::v1::Account> done) = 0;
  // At most 500 logins. The result holds those that exist, in any order.
  virtual void GetAccounts(const std::vector<int64_t>& logins, absl::Time deadline,
                           Done<std::vector<accounts::v1::Account>> done) = 0;
  virtual void GetTradeState(int64_t login, absl::Time deadline, Done<accounts::v1::TradeState> done) = 0;
  virtual void ListDeals(const DealQuery& query, absl::Time deadline, Done<DealPage> done) = 0;
  virtual void ListGroups(absl::Time deadline, Done<std::vector<accounts::v1::Group>> done) = 0;
  virtual void ListSymbols(absl::Time deadline, Done<std::vector<quotes::v1::Symbol>> done) = 0;
  // True when the password is right.
  virtual void CheckPassword(const PasswordChange& password, absl::Time deadline, Done<bool> done) = 0;

  // Mutations; their errors carry an Outcome.
  virtual void CreateAccount(const NewAccount& account, absl::Time deadline,
                             Done<accounts::v1::Account> done) = 0;
  virtual void UpdateAccount(const AccountChange& change, absl::Time deadline,
                             Done<accounts::v1::Account> done) = 0;
  virtual void DeleteAccount(int64_t login, absl::Time deadline, DoneStatus done) = 0;
  virtual void SetPassword(const PasswordChange& change, absl::Time deadline, DoneStatus done) = 0;
  virtual void Book(const Booking& booking, absl::Time deadline, Done<BookingResult> done) = 0;

  // Reads of trading.
  // One order, open or done. ORDER_NOT_FOUND.
  virtual void GetOrder(int64_t login, int64_t ticket, absl::Time deadline, Done<orders::v1::Order> done) = 0;
  // One open position. POSITION_NOT_FOUND.
  virtual void GetPosition(int64_t login, int64_t ticket, absl::Time deadline,
                           Done<orders::v1::Position> done) = 0;
  virtual void GetDeal(int64_t login, int64_t ticket, absl::Time deadline, Done<type::v1::Deal> done) = 0;
  // All of one account, by ticket.
  virtual void ListOrders(int64_t login, absl::Time deadline, Done<std::vector<orders::v1::Order>> done) = 0;
  virtual void ListPositions(int64_t login, absl::Time deadline,
                             Done<std::vector<orders::v1::Position>> done) = 0;
  virtual void ListOrderHistory(const DealQuery& query, absl::Time deadline, Done<OrderPage> done) = 0;
  // A symbol as a group has it, or as the server defines it when `group` is empty. SYMBOL_NOT_FOUND.
  virtual void GetSymbol(const std::string& symbol, const std::string& group, absl::Time deadline,
                         Done<quotes::v1::Symbol> done) = 0;
  // The last price of a symbol for accounts of a group. OFF_QUOTES when there is none.
  virtual void GetQuote(const std::string& symbol, const std::string& group, absl::Time deadline,
                        Done<MarketQuote> done) = 0;
  virtual void CheckMargin(const MarginQuery& query, absl::Time deadline, Done<MarginAnswer> done) = 0;

  // Trading. Errors carry an Outcome. A change to what is there already is a success.
  virtual void PlaceOrder(const OrderPlacement& order, absl::Time deadline, Done<TradeReceipt> done) = 0;
  virtual void ChangeOrder(const OrderChange& change, absl::Time deadline, DoneStatus done) = 0;
  virtual void CancelOrder(const OrderCancellation& order, absl::Time deadline, DoneStatus done) = 0;
  virtual void ChangeStops(const StopsChange& change, absl::Time deadline, DoneStatus done) = 0;
  virtual void ClosePosition(const PositionClosing& closing, absl::Time deadline,
                             Done<TradeReceipt> done) = 0;
  virtual void ClosePositionBy(const PositionPairing& pair, absl::Time deadline, Done<TradeReceipt> done) = 0;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TRADE_SERVER_H_
