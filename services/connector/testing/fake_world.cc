#include "services/connector/testing/fake_world.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/check.h"
#include "common/status/error.h"
#include "google/protobuf/util/field_mask_util.h"
#include "services/connector/base/proto_time.h"

namespace mtsuite::connector {

using accounts::v1::Account;
using accounts::v1::BalanceOperation;

namespace {

accounts::v1::Group MakeGroup(const char* name, const char* currency, int digits) {
  accounts::v1::Group group;
  group.set_name(name);
  group.set_currency_code(currency);
  group.set_currency_digits(digits);
  group.set_default_leverage(100);
  group.set_min_password_length(8);
  group.set_position_mode(accounts::v1::Group::HEDGING);
  return group;
}

ErrorBuilder Rejected(ErrorReason reason, const std::string& message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message).Outcome(type::v1::REJECTED);
}

absl::Status NoSuchAccount(int64_t login) {
  return MakeError(absl::StatusCode::kNotFound, type::v1::ACCOUNT_NOT_FOUND,
                   absl::StrCat("no account ", login))
      .With("login", login)
      .Outcome(type::v1::REJECTED);
}

type::v1::Deal::Type DealType(BalanceOperation::Type type) {
  switch (type) {
    case BalanceOperation::CREDIT_IN:
    case BalanceOperation::CREDIT_OUT:
      return type::v1::Deal::CREDIT;
    case BalanceOperation::BONUS:
      return type::v1::Deal::BONUS;
    case BalanceOperation::CHARGE:
      return type::v1::Deal::CHARGE;
    case BalanceOperation::CORRECTION:
      return type::v1::Deal::CORRECTION;
    default:
      return type::v1::Deal::BALANCE;
  }
}

}  // namespace

FakeWorld::FakeWorld(Clock& clock) : clock_(clock) {
  groups_.push_back(MakeGroup("demo\\eur", "EUR", 2));
  groups_.push_back(MakeGroup("demo\\jpy", "JPY", 0));
  groups_.push_back(MakeGroup("demo\\usd", "USD", 2));
}

const accounts::v1::Group* FakeWorld::FindGroup(const std::string& name) const {
  for (const auto& group : groups_) {
    if (group.name() == name) return &group;
  }
  return nullptr;
}

Account FakeWorld::Show(const Holding& holding) const {
  Account account = holding.account;
  const accounts::v1::Group* group = FindGroup(account.group());
  account.set_currency_code(group->currency_code());
  account.set_balance(holding.balance.ToString(group->currency_digits()));
  account.set_credit(holding.credit.ToString(group->currency_digits()));
  return account;
}

absl::StatusOr<Account> FakeWorld::Create(const NewAccount& request) {
  const int64_t login = request.account.login();
  if (holdings_.contains(login)) {
    return MakeError(absl::StatusCode::kAlreadyExists, type::v1::LOGIN_TAKEN,
                     absl::StrCat("login ", login, " is taken"))
        .With("login", login)
        .Outcome(type::v1::REJECTED);
  }
  const accounts::v1::Group* group = FindGroup(request.account.group());
  if (group == nullptr) return absl::Status(Rejected(type::v1::GROUP_NOT_FOUND, "no such group"));
  Holding holding;
  holding.account = request.account;
  if (holding.account.leverage() == 0) holding.account.set_leverage(group->default_leverage());
  *holding.account.mutable_create_time() =
      ToProto(absl::FromUnixSeconds(absl::ToUnixSeconds(clock_.TimeNow())));
  *holding.account.mutable_last_password_change_time() = holding.account.create_time();
  holding.passwords[accounts::v1::MAIN] = request.main_password;
  holding.passwords[accounts::v1::INVESTOR] = request.investor_password;
  holding.passwords[accounts::v1::PHONE] = request.phone_password;
  return Show(holdings_[login] = std::move(holding));
}

absl::StatusOr<Account> FakeWorld::Update(const AccountChange& change) {
  const auto found = holdings_.find(change.account.login());
  if (found == holdings_.end()) return NoSuchAccount(change.account.login());
  google::protobuf::FieldMask mask;
  for (const std::string& path : change.paths) mask.add_paths(path);
  Account updated = found->second.account;
  google::protobuf::util::FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(change.account, mask, options, &updated);
  if (FindGroup(updated.group()) == nullptr)
    return absl::Status(Rejected(type::v1::GROUP_NOT_FOUND, "no such group"));
  found->second.account = std::move(updated);
  return Show(found->second);
}

absl::Status FakeWorld::Delete(int64_t login) {
  const auto found = holdings_.find(login);
  if (found == holdings_.end()) return NoSuchAccount(login);
  if (!found->second.margin.IsZero() || !trading_.Positions(login).empty() || !trading_.Orders(login).empty())
    return Rejected(type::v1::OPEN_POSITIONS_FORBID_CHANGE, "has positions");
  holdings_.erase(found);
  return absl::OkStatus();
}

absl::Status FakeWorld::SetPassword(const PasswordChange& change) {
  const auto found = holdings_.find(change.login);
  if (found == holdings_.end()) return NoSuchAccount(change.login);
  found->second.passwords[change.type] = change.password;
  // Whole seconds, as the platform keeps it.
  *found->second.account.mutable_last_password_change_time() =
      ToProto(absl::FromUnixSeconds(absl::ToUnixSeconds(clock_.TimeNow())));
  return absl::OkStatus();
}

absl::StatusOr<bool> FakeWorld::CheckPassword(const PasswordChange& password) const {
  const auto found = holdings_.find(password.login);
  if (found == holdings_.end()) return NoSuchAccount(password.login);
  const auto known = found->second.passwords.find(password.type);
  return known != found->second.passwords.end() && known->second == password.password;
}

absl::StatusOr<BookingResult> FakeWorld::Book(const Booking& booking) {
  const auto found = holdings_.find(booking.login);
  if (found == holdings_.end()) return NoSuchAccount(booking.login);
  MTSUITE_CHECK(booking.comment.size() <= kMaxCommentLength, "the platform would cut the comment");
  Holding& holding = found->second;
  const Decimal amount = booking.signed_amount;
  const auto deal_type = DealType(booking.type);
  if (deal_type == type::v1::Deal::CREDIT) {
    if ((holding.credit + amount).sign() < 0)
      return absl::Status(Rejected(type::v1::INSUFFICIENT_CREDIT, "no credit"));
    holding.credit += amount;
  } else {
    const Decimal free = holding.balance + holding.credit - holding.margin;
    if (amount.sign() < 0 &&
        ((holding.balance + amount).sign() < 0 || (booking.check_margin && free < -amount))) {
      return absl::Status(
          Rejected(type::v1::INSUFFICIENT_FREE_MARGIN, "no money").With("free_margin", free.ToString()));
    }
    holding.balance += amount;
  }
  type::v1::Deal deal;
  deal.set_ticket(++last_ticket_);
  deal.set_login(booking.login);
  deal.set_type(deal_type);
  deal.set_origin(type::v1::Deal::DEALER);
  *deal.mutable_time() = ToProto(clock_.TimeNow());
  deal.set_profit(amount.ToString());
  deal.set_comment(booking.comment);
  deals_.push_back(std::move(deal));
  return BookingResult{last_ticket_};
}

absl::StatusOr<Account> FakeWorld::Get(int64_t login) const {
  const auto found = holdings_.find(login);
  if (found == holdings_.end()) return NoSuchAccount(login);
  return Show(found->second);
}

absl::StatusOr<accounts::v1::TradeState> FakeWorld::TradeState(int64_t login) const {
  const auto found = holdings_.find(login);
  if (found == holdings_.end()) return NoSuchAccount(login);
  const Holding& holding = found->second;
  const Decimal equity = holding.balance + holding.credit;
  accounts::v1::TradeState state;
  state.set_login(login);
  state.set_currency_code(FindGroup(holding.account.group())->currency_code());
  state.set_balance(holding.balance.ToString());
  state.set_credit(holding.credit.ToString());
  state.set_equity(equity.ToString());
  state.set_floating_profit("0");
  state.set_margin(holding.margin.ToString());
  state.set_free_margin((equity - holding.margin).ToString());
  state.set_leverage(holding.account.leverage());
  *state.mutable_read_time() = ToProto(clock_.TimeNow());
  return state;
}

DealPage FakeWorld::Deals(const DealQuery& query) const {
  DealPage page;
  int64_t skipped = 0;
  for (const type::v1::Deal& deal : deals_) {
    const absl::Time time = FromProto(deal.time());
    if (deal.login() != query.login || time < query.start || time >= query.end || skipped++ < query.offset)
      continue;
    if (static_cast<int32_t>(page.deals.size()) == query.limit) return page;
    page.deals.push_back(deal);
  }
  page.end_reached = true;
  return page;
}

std::vector<accounts::v1::Group> FakeWorld::Groups() const { return groups_; }

std::vector<quotes::v1::Symbol> FakeWorld::Symbols() const { return {FakeTrading::Symbol()}; }

std::vector<int64_t> FakeWorld::Logins() const {
  std::vector<int64_t> logins;
  for (const auto& [login, holding] : holdings_) logins.push_back(login);
  return logins;
}

}  // namespace mtsuite::connector
