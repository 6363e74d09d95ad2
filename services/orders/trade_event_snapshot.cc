// The snapshot of TradeEventSession: what is there, read page by page at the reader's pace.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/status/rpc_status.h"
#include "services/orders/trade_event_session.h"
#include "services/orders/trade_event_session_steps.h"

namespace mtsuite::orders {
namespace {

using Request = v1::StreamTradeEventsRequest;

constexpr int kPage = 500;

}  // namespace

void TradeEventSession::StartSnapshot() {
  filter_.Clear();
  // Any page tells the place in the log; events from there on complete whatever is read later.
  Ask(&TradingAsync::ListPositions, MakeQuery<connector::v1::ListPositionsRequest>(0, 1),
      [self = shared_from_this()](const connector::v1::ListPositionsResponse& page) {
        self->place_ = page.read_at();
        if (page.has_read_time()) {
          absl::MutexLock lock(&self->mutex_);
          self->last_heard_ = FromProtoTime(page.read_time());
        }
        if (!self->filter_.Wants(Request::ACCOUNTS)) return self->ReadOrders(0);
        if (self->request_.logins().empty()) return self->ReadAccounts(0);
        self->ReadNamedAccounts(0);
      });
}

void TradeEventSession::ReadAccounts(int64_t after) {
  connector::v1::ListAccountsRequest query;
  query.set_server(request_.server());
  query.set_group_mask(request_.group_mask());
  query.set_after_login(after);
  query.set_limit(kPage);
  Ask(&ConnectorAsync::ListAccounts, query,
      [self = shared_from_this()](const connector::v1::ListAccountsResponse& page) {
        self->TakeAccounts(page);
      });
}

void TradeEventSession::TakeAccounts(const connector::v1::ListAccountsResponse& page) {
  if (!page.accounts().empty()) {
    absl::MutexLock lock(&mutex_);
    Message message;
    *message.mutable_snapshot()->mutable_accounts() = page.accounts();
    Send(std::move(message));
  }
  for (const accounts::v1::Account& account : page.accounts()) filter_.AddAccount(account.login());
  WhenWritten([self = shared_from_this(), next = page.next_after_login()] {
    if (next != 0) return self->ReadAccounts(next);
    self->filter_.SetAccountsComplete();
    self->ReadOrders(0);
  });
}

void TradeEventSession::ReadNamedAccounts(int first) {
  const int end = std::min(first + kPage, request_.logins_size());
  connector::v1::BatchGetAccountsRequest query;
  query.set_server(request_.server());
  for (int i = first; i < end; ++i) query.add_logins(request_.logins(i));
  Ask(&ConnectorAsync::BatchGetAccounts, query,
      [self = shared_from_this(), end](const connector::v1::BatchGetAccountsResponse& accounts) {
        Message message;
        for (const auto& result : accounts.results()) {
          if (result.has_error()) return self->Fail(FromRpcStatus(result.error()));
          *message.mutable_snapshot()->add_accounts() = result.account();
        }
        {
          absl::MutexLock lock(&self->mutex_);
          self->Send(std::move(message));
        }
        self->WhenWritten([self, end] {
          if (end < self->request_.logins_size()) return self->ReadNamedAccounts(end);
          self->ReadOrders(0);
        });
      });
}

void TradeEventSession::ReadOrders(int64_t after) {
  if (!filter_.Wants(Request::ORDERS)) return ReadPositions(0);
  Ask(&TradingAsync::ListOrders, MakeQuery<connector::v1::ListOrdersRequest>(after, kPage),
      [self = shared_from_this()](const connector::v1::ListOrdersResponse& page) {
        for (const v1::Order& order : page.orders()) self->filter_.AddOrder(order, self->place_.sequence());
        if (!page.orders().empty()) {
          absl::MutexLock lock(&self->mutex_);
          Message message;
          *message.mutable_snapshot()->mutable_orders() = page.orders();
          self->Send(std::move(message));
        }
        self->WhenWritten([self, next = page.next_after_ticket()] {
          if (next != 0) return self->ReadOrders(next);
          self->ReadPositions(0);
        });
      });
}

void TradeEventSession::ReadPositions(int64_t after) {
  if (!filter_.Wants(Request::POSITIONS)) return EndSnapshot();
  Ask(&TradingAsync::ListPositions, MakeQuery<connector::v1::ListPositionsRequest>(after, kPage),
      [self = shared_from_this()](const connector::v1::ListPositionsResponse& page) {
        for (const v1::Position& position : page.positions()) {
          self->filter_.AddPosition(position, self->place_.sequence());
        }
        if (!page.positions().empty()) {
          absl::MutexLock lock(&self->mutex_);
          Message message;
          *message.mutable_snapshot()->mutable_positions() = page.positions();
          self->Send(std::move(message));
        }
        self->WhenWritten([self, next = page.next_after_ticket()] {
          if (next != 0) return self->ReadPositions(next);
          self->EndSnapshot();
        });
      });
}

void TradeEventSession::EndSnapshot() {
  {
    absl::MutexLock lock(&mutex_);
    if (ended_) return;
    Message message;
    message.mutable_position()->set_epoch(place_.epoch());
    message.mutable_position()->set_sequence(place_.sequence());
    message.mutable_snapshot_end();
    Send(std::move(message));
  }
  Follow();
}

void TradeEventSession::TellAccount(const v1::TradeEvent& moved) { TellOrders(moved, 0); }

void TradeEventSession::TellOrders(const v1::TradeEvent& moved, int64_t after) {
  if (!filter_.Wants(Request::ORDERS)) return TellPositions(moved, 0);
  auto query = MakeQuery<connector::v1::ListOrdersRequest>(after, kPage);
  query.clear_group_mask();
  query.add_logins(moved.login());
  Ask(&TradingAsync::ListOrders, query,
      [self = shared_from_this(), moved](const connector::v1::ListOrdersResponse& page) {
        {
          absl::MutexLock lock(&self->mutex_);
          for (const v1::Order& order : page.orders()) {
            self->filter_.AddOrder(order, moved.sequence());
            v1::TradeEvent event = moved;
            *event.mutable_order_placed() = order;
            self->Queue(std::move(event));
          }
        }
        if (page.next_after_ticket() != 0) return self->TellOrders(moved, page.next_after_ticket());
        self->TellPositions(moved, 0);
      });
}

void TradeEventSession::TellPositions(const v1::TradeEvent& moved, int64_t after) {
  if (!filter_.Wants(Request::POSITIONS)) return EndTelling();
  auto query = MakeQuery<connector::v1::ListPositionsRequest>(after, kPage);
  query.clear_group_mask();
  query.add_logins(moved.login());
  Ask(&TradingAsync::ListPositions, query,
      [self = shared_from_this(), moved](const connector::v1::ListPositionsResponse& page) {
        {
          absl::MutexLock lock(&self->mutex_);
          for (const v1::Position& position : page.positions()) {
            self->filter_.AddPosition(position, moved.sequence());
            v1::TradeEvent event = moved;
            *event.mutable_position_opened() = position;
            self->Queue(std::move(event));
          }
        }
        if (page.next_after_ticket() != 0) return self->TellPositions(moved, page.next_after_ticket());
        self->EndTelling();
      });
}

void TradeEventSession::EndTelling() {
  {
    absl::MutexLock lock(&mutex_);
    telling_sequence_ = 0;
    Flush();
  }
  ReadOn();
}

}  // namespace mtsuite::orders
