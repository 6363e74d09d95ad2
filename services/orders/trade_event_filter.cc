#include "services/orders/trade_event_filter.h"

#include <utility>

namespace mtsuite::orders {

using connector::v1::Event;
using Request = v1::StreamTradeEventsRequest;

namespace {

v1::TradeEvent Begin(const Event& event) {
  v1::TradeEvent out;
  out.set_sequence(event.position().sequence());
  *out.mutable_time() = event.time();
  out.set_login(event.login());
  return out;
}

}  // namespace

TradeEventFilter::TradeEventFilter(const Request& request)
    : logins_(request.logins().begin(), request.logins().end()),
      mask_(request.group_mask()),
      topics_(request.topics().begin(), request.topics().end()) {}

void TradeEventFilter::Clear() {
  members_.clear();
  looked_up_.clear();
  accounts_complete_ = false;
  order_revisions_.clear();
  position_revisions_.clear();
}

void TradeEventFilter::AddOrder(const v1::Order& order, int64_t place) {
  if (order.revision() > place) order_revisions_[order.ticket()] = order.revision();
}

void TradeEventFilter::AddPosition(const v1::Position& position, int64_t place) {
  if (position.revision() > place) position_revisions_[position.ticket()] = position.revision();
}

bool TradeEventFilter::IsKnown(const absl::flat_hash_map<int64_t, int64_t>& revisions, int64_t ticket,
                               int64_t sequence) {
  const auto found = revisions.find(ticket);
  return found != revisions.end() && sequence <= found->second;
}

bool TradeEventFilter::IsMember(const Event& event) const {
  if (!logins_.empty()) return logins_.contains(event.login());
  if (mask_.MatchesAll()) return true;
  if (!event.group().empty()) return mask_.Matches(event.group());
  const auto found = members_.find(event.login());
  if (found != members_.end()) return found->second;
  const auto looked_up = looked_up_.find(event.login());
  return looked_up != looked_up_.end() && looked_up->second;
}

bool TradeEventFilter::NeedsGroup(const Event& event) const {
  const bool by_group = logins_.empty() && !mask_.MatchesAll();
  if (!by_group || event.login() == 0 || !event.group().empty()) return false;
  if (event.has_account_created() || event.has_account_updated() || event.has_account_deleted()) return false;
  return !members_.contains(event.login()) && !looked_up_.contains(event.login());
}

void TradeEventFilter::SetGroup(int64_t login, std::string_view group) {
  looked_up_[login] = !group.empty() && mask_.Matches(group);
}

TradeEventFilter::Result TradeEventFilter::Apply(const Event& event) {
  if (event.login() == 0) return {};
  const int64_t sequence = event.position().sequence();
  v1::TradeEvent out = Begin(event);
  switch (event.event_case()) {
    case Event::kAccountCreated:
    case Event::kAccountUpdated:
    case Event::kAccountDeleted:
      return ApplyAccount(event);
    case Event::kDealBooked:
      if (!Wants(Request::DEALS)) return {};
      *out.mutable_deal_booked() = event.deal_booked();
      break;
    case Event::kOrderPlaced:
      if (!Wants(Request::ORDERS) || IsKnown(order_revisions_, event.order_placed().ticket(), sequence))
        return {};
      *out.mutable_order_placed() = event.order_placed();
      break;
    case Event::kOrderUpdated:
      if (!Wants(Request::ORDERS) || IsKnown(order_revisions_, event.order_updated().ticket(), sequence))
        return {};
      *out.mutable_order_updated() = event.order_updated();
      break;
    case Event::kOrderDone:
      if (!Wants(Request::ORDERS)) return {};
      *out.mutable_order_done() = event.order_done();
      break;
    case Event::kPositionOpened:
      if (!Wants(Request::POSITIONS) ||
          IsKnown(position_revisions_, event.position_opened().ticket(), sequence)) {
        return {};
      }
      *out.mutable_position_opened() = event.position_opened();
      break;
    case Event::kPositionUpdated:
      if (!Wants(Request::POSITIONS) ||
          IsKnown(position_revisions_, event.position_updated().ticket(), sequence)) {
        return {};
      }
      *out.mutable_position_updated() = event.position_updated();
      break;
    case Event::kPositionClosed:
      if (!Wants(Request::POSITIONS) ||
          IsKnown(position_revisions_, event.position_closed().ticket(), sequence)) {
        return {};
      }
      *out.mutable_position_closed() = event.position_closed();
      break;
    default:
      return {};
  }
  if (!IsMember(event)) return {};
  return {.event = std::move(out), .read_account = 0};
}

TradeEventFilter::Result TradeEventFilter::ApplyAccount(const Event& event) {
  const int64_t login = event.login();
  if (!logins_.empty() && !logins_.contains(login)) return {};
  const bool by_group = logins_.empty() && !mask_.MatchesAll();
  const auto known = members_.find(login);
  // Without a list of the accounts it is not known of each whether it was told of; telling it again, or to
  // forget it again, does no harm.
  const std::optional<bool> was_in = known != members_.end() ? std::optional(known->second)
                                     : accounts_complete_    ? std::optional(false)
                                                             : std::nullopt;
  v1::TradeEvent out = Begin(event);
  if (event.has_account_deleted()) {
    members_.erase(login);
    if (by_group && !was_in.value_or(event.group().empty() || mask_.Matches(event.group()))) return {};
    out.mutable_account_removed();
    return {.event = std::move(out), .read_account = 0};
  }
  const accounts::v1::Account& account =
      event.has_account_created() ? event.account_created() : event.account_updated();
  const bool is_in = !by_group || mask_.Matches(account.group());
  if (by_group) members_[login] = is_in;
  if (!is_in) {
    if (event.has_account_created() || !was_in.value_or(true)) return {};
    out.mutable_account_removed();
    return {.event = std::move(out), .read_account = 0};
  }
  const bool moved_in = by_group && event.has_account_updated() && !was_in.value_or(false);
  Result result{.event = std::nullopt, .read_account = moved_in ? login : 0};
  if (Wants(Request::ACCOUNTS)) {
    if (event.has_account_created() || moved_in) {
      *out.mutable_account_added() = account;
    } else {
      *out.mutable_account_updated() = account;
    }
    result.event = std::move(out);
  }
  return result;
}

}  // namespace mtsuite::orders
