// Bookings, trade state and deals.
#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/conformance/fixture.h"

namespace mtsuite::conformance {
namespace {

using ::mtsuite::testing::HasMetadata;
using ::mtsuite::testing::HasOutcome;
using ::mtsuite::testing::HasReason;
using ::testing::ElementsAre;
using type::v1::Deal;

constexpr int64_t kLogin = 200'001;

class MoneyConformance : public ConformanceTest {
 protected:
  void SetUp() override {
    ConformanceTest::SetUp();
    ASSERT_OK(Create(kLogin));
  }

  std::string Balance() { return Get(kLogin).value().balance(); }
};
INSTANTIATE_TEST_SUITE_P(Platforms, MoneyConformance, ::testing::ValuesIn(Platforms()), PlatformName);

TEST_P(MoneyConformance, EveryBookingBecomesADealOfItsType) {
  struct Case {
    BalanceOperation::Type type;
    std::string amount;
    Deal::Type deal;
    std::string balance;
    std::string credit;
  };
  const std::vector<Case> cases = {
      {BalanceOperation::DEPOSIT, "1000.00", Deal::BALANCE, "1000.00", "0.00"},
      {BalanceOperation::WITHDRAWAL, "-200.50", Deal::BALANCE, "799.50", "0.00"},
      {BalanceOperation::CREDIT_IN, "50.00", Deal::CREDIT, "799.50", "50.00"},
      {BalanceOperation::CREDIT_OUT, "-20.00", Deal::CREDIT, "799.50", "30.00"},
      {BalanceOperation::BONUS, "10.00", Deal::BONUS, "809.50", "30.00"},
      {BalanceOperation::CHARGE, "-9.50", Deal::CHARGE, "800.00", "30.00"},
      {BalanceOperation::CORRECTION, "-0.01", Deal::CORRECTION, "799.99", "30.00"},
      {BalanceOperation::CORRECTION, "0.01", Deal::CORRECTION, "800.00", "30.00"},
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    const std::string comment = "case=" + std::to_string(i) + "|#TAG";
    const auto booked = Book(kLogin, cases[i].type, cases[i].amount, comment);
    ASSERT_OK(booked) << i;
    const Account account = Get(kLogin).value();
    EXPECT_EQ(account.balance(), cases[i].balance) << i;
    EXPECT_EQ(account.credit(), cases[i].credit) << i;
    DealQuery query;
    query.login = kLogin;
    query.offset = static_cast<int64_t>(i);
    ASSERT_OK_AND_ASSIGN(const DealPage page, Deals(query));
    ASSERT_EQ(page.deals.size(), 1u) << i;
    const Deal& deal = page.deals[0];
    EXPECT_EQ(deal.ticket(), booked->ticket);
    EXPECT_EQ(deal.login(), kLogin);
    EXPECT_EQ(deal.type(), cases[i].deal) << i;
    EXPECT_EQ(deal.profit(), cases[i].amount) << i;
    EXPECT_EQ(deal.comment(), comment);
    EXPECT_EQ(deal.origin(), Deal::DEALER);
    EXPECT_EQ(deal.entry(), Deal::ENTRY_UNSPECIFIED);
    EXPECT_EQ(deal.symbol(), "");
    EXPECT_EQ(deal.volume(), "");
    EXPECT_TRUE(environment_->AwaitDeal(deal.ticket()));
  }
}

TEST_P(MoneyConformance, RefusedBookingsSayWhyAndBookNothing) {
  ASSERT_OK(Deposit(kLogin, "100.00"));
  ASSERT_OK(Book(kLogin, BalanceOperation::CREDIT_IN, "10.00"));
  const auto too_much = Book(kLogin, BalanceOperation::WITHDRAWAL, "-100.01");
  EXPECT_THAT(too_much, HasReason(type::v1::INSUFFICIENT_FREE_MARGIN));
  EXPECT_THAT(too_much, HasOutcome(type::v1::REJECTED));
  EXPECT_THAT(too_much, HasMetadata("free_margin", ::testing::_));
  const auto credit = Book(kLogin, BalanceOperation::CREDIT_OUT, "-10.01");
  EXPECT_THAT(credit, HasReason(type::v1::INSUFFICIENT_CREDIT));
  EXPECT_THAT(credit, HasMetadata("credit", "10.00"));
  EXPECT_THAT(Deposit(kLogin, "1000000000.01"), HasReason(type::v1::AMOUNT_TOO_LARGE));
  EXPECT_THAT(Deposit(kLogin, "1.001"), HasReason(type::v1::AMOUNT_TOO_PRECISE));
  EXPECT_THAT(Deposit(kLogin, "0"), HasReason(type::v1::AMOUNT_NOT_POSITIVE));
  EXPECT_THAT(Book(kLogin, BalanceOperation::DEPOSIT, "1", std::string(32, 'x')),
              HasReason(type::v1::COMMENT_TOO_LONG));
  const auto unknown = Deposit(999'999, "1.00");
  EXPECT_THAT(unknown, HasReason(type::v1::ACCOUNT_NOT_FOUND));
  EXPECT_THAT(unknown, HasOutcome(type::v1::REJECTED));
  EXPECT_EQ(Balance(), "100.00");
}

TEST_P(MoneyConformance, CommentsOfFullLengthAreKeptToTheLastCharacter) {
  const std::string comment = "äöü漢字 26 more characters..#A";
  ASSERT_OK(Book(kLogin, BalanceOperation::DEPOSIT, "1.00", comment));
  DealQuery query;
  query.login = kLogin;
  ASSERT_OK_AND_ASSIGN(const DealPage page, Deals(query));
  ASSERT_EQ(page.deals.size(), 1u);
  EXPECT_EQ(page.deals[0].comment(), comment);
}

TEST_P(MoneyConformance, OpenPositionsBindMoney) {
  ASSERT_OK(Deposit(kLogin, "10000.00"));
  ASSERT_OK_AND_ASSIGN(const auto before, TradeState(kLogin));
  EXPECT_EQ(before.currency_code(), "USD");
  EXPECT_EQ(before.balance(), "10000.00");
  EXPECT_EQ(before.equity(), "10000.00");
  EXPECT_EQ(before.free_margin(), "10000.00");
  EXPECT_EQ(before.margin(), "0.00");
  EXPECT_EQ(before.margin_level(), "");
  EXPECT_EQ(before.margin_state(), accounts::v1::TradeState::NORMAL);
  EXPECT_EQ(before.leverage(), 100);
  environment_->OpenPosition(kLogin);
  ASSERT_OK_AND_ASSIGN(const auto after, TradeState(kLogin));
  EXPECT_GT(Decimal::Parse(after.margin()).value(), Decimal::FromInteger(100));
  EXPECT_NE(after.margin_level(), "");
  EXPECT_EQ(Decimal::Parse(after.equity()).value(),
            Decimal::Parse(after.balance()).value() + Decimal::Parse(after.floating_profit()).value());
  EXPECT_THAT(Book(kLogin, BalanceOperation::WITHDRAWAL, "-10000.00"),
              HasReason(type::v1::INSUFFICIENT_FREE_MARGIN));
  EXPECT_THAT(TradeState(999'999), HasReason(type::v1::ACCOUNT_NOT_FOUND));
  DealQuery query;
  query.login = kLogin;
  ASSERT_OK_AND_ASSIGN(const DealPage page, Deals(query));
  ASSERT_EQ(page.deals.size(), 2u);
  EXPECT_EQ(page.deals[1].type(), Deal::BUY);
  EXPECT_EQ(page.deals[1].entry(), Deal::IN);
  EXPECT_EQ(page.deals[1].symbol(), "EURUSD");
  EXPECT_EQ(page.deals[1].volume(), "1.00");
  EXPECT_NE(page.deals[1].price(), "");
  EXPECT_GT(page.deals[1].position_ticket(), 0);
}

TEST_P(MoneyConformance, PagesOfDealsJoinWithoutGapOrOverlap) {
  std::vector<int64_t> booked;
  for (int i = 0; i < 230; ++i) booked.push_back(Deposit(kLogin, "1.00").value().ticket);
  for (const int32_t limit : {1000, 100, 99, 230}) {
    std::vector<int64_t> read;
    DealQuery query;
    query.login = kLogin;
    query.limit = limit;
    for (bool end = false; !end; query.offset = static_cast<int64_t>(read.size())) {
      ASSERT_OK_AND_ASSIGN(const DealPage page, Deals(query));
      ASSERT_LE(page.deals.size(), static_cast<size_t>(limit));
      for (const Deal& deal : page.deals) read.push_back(deal.ticket());
      end = page.end_reached;
      ASSERT_TRUE(end || !page.deals.empty());
    }
    EXPECT_EQ(read, booked) << limit;
  }
}

TEST_P(MoneyConformance, SpansIncludeTheirStartAndExcludeTheirEndToTheMillisecond) {
  for (int i = 0; i < 20; ++i) ASSERT_OK(Deposit(kLogin, "1.00"));
  DealQuery all;
  all.login = kLogin;
  ASSERT_OK_AND_ASSIGN(const DealPage page, Deals(all));
  ASSERT_EQ(page.deals.size(), 20u);
  const auto time_of = [](const Deal& deal) {
    return absl::FromUnixSeconds(deal.time().seconds()) + absl::Nanoseconds(deal.time().nanos());
  };
  for (const size_t first : {size_t{0}, size_t{7}, size_t{19}}) {
    for (const size_t last : {size_t{7}, size_t{13}, size_t{19}}) {
      DealQuery query;
      query.login = kLogin;
      query.start = time_of(page.deals[first]);
      query.end = time_of(page.deals[last]);
      std::vector<int64_t> expected;
      for (const Deal& deal : page.deals) {
        if (time_of(deal) >= query.start && time_of(deal) < query.end) expected.push_back(deal.ticket());
      }
      ASSERT_OK_AND_ASSIGN(const DealPage part, Deals(query));
      std::vector<int64_t> read;
      for (const Deal& deal : part.deals) read.push_back(deal.ticket());
      EXPECT_EQ(read, expected) << first << " to " << last;
      EXPECT_TRUE(part.end_reached);
    }
  }
  EXPECT_THAT(Deals({.login = 999'999}), HasReason(type::v1::ACCOUNT_NOT_FOUND));
}

TEST_P(MoneyConformance, DealsAreToldInOrderAndOnce) {
  std::vector<int64_t> booked;
  for (int i = 0; i < 50; ++i) booked.push_back(Deposit(kLogin, "1.00").value().ticket);
  for (const int64_t ticket : booked) ASSERT_TRUE(environment_->AwaitDeal(ticket));
  EXPECT_EQ(environment_->DealsTold(), booked);
}

}  // namespace
}  // namespace mtsuite::conformance
