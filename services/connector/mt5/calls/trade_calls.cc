#include "services/connector/mt5/calls/trade_calls.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/strings/utf8.h"
#include "services/connector/mt5/commands/dealer_commands.h"

namespace mtsuite::connector::mt5 {
namespace {

using orders::v1::Order;

constexpr int kPlaced = 10008;
constexpr int kNoChanges = 10025;

// The server cuts comments, and with them the tag that a trade is found again by.
absl::Status CheckComment(const std::string& comment) {
  if (Utf16Length(comment) <= kMaxCommentLength) return absl::OkStatus();
  const std::string message = absl::StrCat("the comment has at most ", kMaxCommentLength, " characters");
  return MakeError(absl::StatusCode::kInvalidArgument, type::v1::COMMENT_TOO_LONG, message)
      .With("max_length", kMaxCommentLength)
      .Field("comment", message)
      .Outcome(type::v1::REJECTED);
}

// The refusal in a request's final state, with the market that it was refused at.
absl::Status RefusalOf(const DealerUpdate& update, const CommandContext& command) {
  absl::Status refusal = StatusOfRetcode(update.retcode, update.text, command);
  // Zero would be success to other commands; of a trade it says nothing.
  if (refusal.ok()) return UnreadableAnswer(absl::StrCat("the state ", update.retcode), command);
  const std::optional<ErrorReason> reason = GetErrorReason(refusal);
  const bool about_price = reason == type::v1::REQUOTE || reason == type::v1::PRICE_CHANGED ||
                           reason == type::v1::INVALID_PRICE || reason == type::v1::INVALID_STOPS;
  if (!about_price || update.bid.IsZero()) return refusal;
  return WithMetadata(WithMetadata(refusal, "bid", update.bid.ToString()), "ask", update.ask.ToString());
}

TradeReceipt ReceiptOf(const DealerUpdate& update, bool waits, Decimal asked) {
  TradeReceipt receipt;
  receipt.order_ticket = update.order;
  receipt.deal_ticket = update.deal;
  receipt.bid = update.bid;
  receipt.ask = update.ask;
  // A market order is placed, not filled, where an exchange executes it later.
  if ((waits || update.retcode == kPlaced) && update.deal == 0) {
    receipt.state = Order::PLACED;
    return receipt;
  }
  receipt.price = update.price;
  receipt.filled_volume = update.volume.IsZero() ? asked : update.volume;
  receipt.state = receipt.filled_volume < asked ? Order::PARTIALLY_FILLED : Order::FILLED;
  return receipt;
}

struct Kind {
  bool waits = false;
  Decimal asked;
};

void Trade(const CallContext& context, Request request, const std::string& symbol, const Kind& kind,
           absl::Time deadline, Done<TradeReceipt> done) {
  request.context.symbol = symbol;
  const CommandContext command = request.context;
  context.dealer.Execute(
      std::move(request), deadline,
      [command, kind, done = std::move(done)](const absl::StatusOr<DealerUpdate>& update) mutable {
        if (!update.ok()) return done(update.status());
        if (!IsTradeSuccess(update->retcode)) return done(RefusalOf(*update, command));
        done(ReceiptOf(*update, kind.waits, kind.asked));
      });
}

void Modify(const CallContext& context, Request request, const std::string& symbol, absl::Time deadline,
            DoneStatus done) {
  request.context.symbol = symbol;
  const CommandContext command = request.context;
  context.dealer.Execute(
      std::move(request), deadline,
      [command, done = std::move(done)](const absl::StatusOr<DealerUpdate>& update) mutable {
        if (!update.ok()) return done(update.status());
        const bool same = update->retcode == kNoChanges;
        const bool success = same || IsTradeSuccess(update->retcode);
        done(success ? absl::OkStatus() : RefusalOf(*update, command));
      });
}

}  // namespace

void Place(const CallContext& context, const OrderPlacement& order, absl::Time deadline,
           Done<TradeReceipt> done) {
  if (absl::Status status = CheckComment(order.comment); !status.ok()) return done(std::move(status));
  Trade(context, SendPlacement(order, context.time), order.symbol,
        {order.type != type::v1::MARKET, order.volume}, deadline, std::move(done));
}

void Change(const CallContext& context, const OrderChange& change, absl::Time deadline, DoneStatus done) {
  Modify(context, SendOrderChange(change, context.time), change.symbol, deadline, std::move(done));
}

void Cancel(const CallContext& context, const OrderCancellation& order, absl::Time deadline,
            DoneStatus done) {
  Modify(context, SendCancellation(order), order.symbol, deadline, std::move(done));
}

void ChangeStopsOf(const CallContext& context, const StopsChange& change, absl::Time deadline,
                   DoneStatus done) {
  Modify(context, SendStopsChange(change), change.symbol, deadline, std::move(done));
}

void Close(const CallContext& context, const PositionClosing& closing, absl::Time deadline,
           Done<TradeReceipt> done) {
  if (absl::Status status = CheckComment(closing.comment); !status.ok()) return done(std::move(status));
  Trade(context, SendClosing(closing), closing.symbol, {false, closing.volume}, deadline, std::move(done));
}

void CloseBy(const CallContext& context, const PositionPairing& pair, absl::Time deadline,
             Done<TradeReceipt> done) {
  if (absl::Status status = CheckComment(pair.comment); !status.ok()) return done(std::move(status));
  Trade(context, SendPairing(pair), pair.symbol, {}, deadline, std::move(done));
}

}  // namespace mtsuite::connector::mt5
