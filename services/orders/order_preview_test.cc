// What an order would do, before it is placed.
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "services/orders/order_service_fixture.h"

namespace mtsuite::orders {
namespace {

using mtsuite::testing::HasMetadata;
using mtsuite::testing::HasOutcome;
using mtsuite::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::MatchesRegex;
using Stub = v1::OrderService::StubInterface;

class PreviewTest : public OrderServiceTest {
 protected:
  PreviewTest() {
    connector_.trading.on_check_margin = [](const auto&) {
      connector::v1::CheckMarginResponse margin;
      margin.mutable_current()->set_currency_code("EUR");
      margin.mutable_current()->set_margin("0.00");
      margin.mutable_current()->set_free_margin("1000.00");
      margin.mutable_after()->set_margin("100.00");
      margin.mutable_after()->set_free_margin("900.00");
      margin.mutable_after()->set_margin_level("1000.00");
      margin.set_price("1.10000");
      margin.set_currency_digits(2);
      return margin;
    };
    connector_.quotes.on_get_symbol = [](const auto&) { return Eurusd(); };
    connector_.accounts.on_list_symbols = [](const auto&) {
      connector::v1::ListSymbolsResponse all;
      *all.add_symbols() = Eurusd();
      return all;
    };
  }

  static quotes::v1::Symbol Eurusd() {
    quotes::v1::Symbol symbol;
    symbol.set_name("EURUSD");
    symbol.set_base_currency_code("EUR");
    symbol.set_profit_currency_code("USD");
    symbol.set_contract_size("100000");
    symbol.set_tick_size("0.00001");
    symbol.set_calculation_mode(quotes::v1::Symbol::FOREX);
    return symbol;
  }

  static v1::PreviewOrderRequest Question() {
    auto request = About<v1::PreviewOrderRequest>();
    *request.mutable_order() = Buy().order();
    request.mutable_order()->set_stop_loss("1.09000");
    request.set_close_price("1.12000");
    return request;
  }
};

TEST_F(PreviewTest, ReckonsInTheAccountsCurrency) {
  std::thread prices([this] {
    auto& stream = connector_.quotes.ticks.Await(0);
    connector::v1::TickBatch batch;
    auto& symbol = *batch.add_symbols();
    symbol.set_symbol("EURUSD");
    symbol.set_digits(5);
    auto& tick = *batch.add_ticks();
    tick.set_bid(110000);
    tick.set_ask(110010);
    batch.set_snapshot_end(true);
    stream.Push(batch);
  });
  const auto outcome = Call(&Stub::PreviewOrder, Question(), "reader");
  prices.join();
  ASSERT_OK(outcome.status);
  const v1::OrderPreview& preview = outcome.response;
  EXPECT_EQ(preview.margin(), "100.00");
  EXPECT_TRUE(preview.margin_sufficient());
  EXPECT_EQ(preview.profit_at_close_price(), "181.80");  // 200 USD at 1 / 1.1001
  EXPECT_EQ(preview.profit_at_stop_loss(), "-90.91");    // -100 USD at 1 / 1.1000
  EXPECT_EQ(preview.profit_at_take_profit(), "");
  EXPECT_EQ(preview.tick_value(), "0.09090496");
}

TEST_F(PreviewTest, SaysWhenThereIsNoRate) {
  connector_.accounts.on_list_symbols = [](const auto&) { return connector::v1::ListSymbolsResponse(); };
  const auto outcome = Call(&Stub::PreviewOrder, Question());
  EXPECT_THAT(outcome.status, HasReason(type::v1::CONVERSION_RATE_NOT_FOUND));
  EXPECT_THAT(outcome.status, HasMetadata("from", "USD"));
}

TEST_F(PreviewTest, SaysWhenThereIsNoQuote) {
  std::thread prices([this] {
    connector::v1::TickBatch batch;
    batch.set_snapshot_end(true);
    connector_.quotes.ticks.Await(0).Push(batch);
  });
  EXPECT_THAT(Call(&Stub::PreviewOrder, Question()).status, HasReason(type::v1::OFF_QUOTES));
  prices.join();
}

TEST_F(PreviewTest, TooLittleMarginIsAnAnswer) {
  auto answer = connector_.trading.on_check_margin;
  connector_.trading.on_check_margin = [answer](const auto& request) {
    auto margin = *answer(request);
    margin.mutable_current()->set_currency_code("USD");
    margin.mutable_after()->set_free_margin("-20.00");
    return margin;
  };
  const auto outcome = Call(&Stub::PreviewOrder, Question());
  ASSERT_OK(outcome.status);
  EXPECT_FALSE(outcome.response.margin_sufficient());
  EXPECT_EQ(outcome.response.profit_at_close_price(), "200.00");
}

}  // namespace
}  // namespace mtsuite::orders
