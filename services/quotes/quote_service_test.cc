// Symbols, quotes, conversion and streams.
#include "services/quotes/quote_service_fixture.h"

namespace mtsuite::quotes {
namespace {

using mtsuite::testing::HasMetadata;
using mtsuite::testing::HasReason;
using ::testing::ElementsAre;

TEST_F(QuoteServiceTest, ListsSymbolsByNameAndMask) {
  v1::ListSymbolsRequest request;
  request.set_page_size(2);
  auto page = Call(&Stub::ListSymbols, request);
  ASSERT_OK(page);
  EXPECT_EQ(page->symbols(1).name(), "GBPUSD");
  request.set_page_token(page->next_page_token());
  page = Call(&Stub::ListSymbols, request);
  ASSERT_OK(page);
  EXPECT_EQ(page->symbols(1).name(), "XAUUSD");
  EXPECT_EQ(page->next_page_token(), "");
  v1::ListSymbolsRequest masked;
  masked.set_symbol_mask("*USD,!G*");
  masked.set_path_mask("forex\\*");
  page = Call(&Stub::ListSymbols, masked);
  ASSERT_OK(page);
  ASSERT_EQ(page->symbols_size(), 1);
  EXPECT_EQ(page->symbols(0).name(), "EURUSD");
}

TEST_F(QuoteServiceTest, NamesTheFieldsOfItsOwnRequests) {
  connector_.quotes.on_get_symbol =
      [](const connector::v1::GetSymbolRequest& request) -> absl::StatusOr<v1::Symbol> {
    // As the connector says it of orders and of accounts.
    if (request.group().empty()) {
      return MakeError(absl::StatusCode::kNotFound, type::v1::SYMBOL_NOT_FOUND, "no such symbol")
          .Field("order.symbol", "the name of a symbol");
    }
    return MakeError(absl::StatusCode::kFailedPrecondition, type::v1::GROUP_NOT_FOUND, "no such group")
        .Field("account.group", "the name of a group");
  };
  v1::GetSymbolRequest request;
  request.set_symbol("NOSUCH");
  const absl::Status symbol = Call(&Stub::GetSymbol, request).status();
  EXPECT_THAT(symbol, HasReason(type::v1::SYMBOL_NOT_FOUND));
  EXPECT_THAT(symbol, HasMetadata("symbol", "NOSUCH"));
  EXPECT_EQ(GetBadRequest(symbol).field_violations_size(), 0);
  request.set_group("no\\such");
  const absl::Status group = Call(&Stub::GetSymbol, request).status();
  EXPECT_THAT(group, HasReason(type::v1::GROUP_NOT_FOUND));
  EXPECT_THAT(group, HasMetadata("group", "no\\such"));
  ASSERT_EQ(GetBadRequest(group).field_violations_size(), 1);
  EXPECT_EQ(GetBadRequest(group).field_violations(0).field(), "group");
}

TEST_F(QuoteServiceTest, TellsLastQuotes) {
  Load();
  v1::GetQuoteRequest request;
  request.set_symbol("EURUSD");
  const auto quote = Call(&Stub::GetQuote, request);
  ASSERT_OK(quote);
  EXPECT_EQ(quote->bid(), "1.10001");
  EXPECT_EQ(quote->ask(), "1.10011");
  EXPECT_EQ(quote->time().nanos(), 123'000'000);
  request.set_symbol("GBPUSD");
  EXPECT_THAT(Call(&Stub::GetQuote, request), HasReason(type::v1::OFF_QUOTES));
  request.set_symbol("NOSUCH");
  EXPECT_THAT(Call(&Stub::GetQuote, request), HasReason(type::v1::SYMBOL_NOT_FOUND));

  v1::ListQuotesRequest all;
  all.set_page_size(1);
  auto page = Call(&Stub::ListQuotes, all);
  ASSERT_OK(page);
  EXPECT_EQ(page->quotes(0).symbol(), "EURUSD");
  EXPECT_TRUE(page->has_feed_age());
  all.set_page_token(page->next_page_token());
  page = Call(&Stub::ListQuotes, all);
  ASSERT_OK(page);
  EXPECT_EQ(page->quotes(0).symbol(), "USDJPY");
  EXPECT_EQ(page->next_page_token(), "");
  v1::ListQuotesRequest some;
  some.add_symbols("USDJPY");
  some.add_symbols("GBPUSD");
  page = Call(&Stub::ListQuotes, some);
  ASSERT_OK(page);
  EXPECT_EQ(page->quotes_size(), 1);
  some.add_symbols("NOSUCH");
  EXPECT_THAT(Call(&Stub::ListQuotes, some), HasMetadata("symbol", "NOSUCH"));
}

TEST_F(QuoteServiceTest, ConvertsWithTheChain) {
  Load();
  v1::GetConversionRateRequest request;
  request.set_from_currency_code("EUR");
  request.set_to_currency_code("JPY");
  const auto rate = Call(&Stub::GetConversionRate, request);
  ASSERT_OK(rate);
  EXPECT_EQ(rate->bid(), "165.00260001");  // 1.10001 * 150.001
  ASSERT_EQ(rate->chain_size(), 2);
  EXPECT_EQ(rate->chain(1).bid(), "150.001");
  request.set_to_currency_code("XAU");
  EXPECT_THAT(Call(&Stub::GetConversionRate, request), HasReason(type::v1::CONVERSION_RATE_NOT_FOUND));
  request.set_to_currency_code("GBP");
  EXPECT_THAT(Call(&Stub::GetConversionRate, request), HasReason(type::v1::OFF_QUOTES));
}

TEST_F(QuoteServiceTest, StreamsASnapshotThenWhatChanges) {
  Load();
  const auto reading = Open({"EURUSD"});
  const Message snapshot = reading->Next();
  ASSERT_EQ(snapshot.snapshot().quotes_size(), 1);
  EXPECT_EQ(snapshot.snapshot().quotes(0).bid(), "1.10001");
  const Message end = reading->Next();
  EXPECT_TRUE(end.has_snapshot_end());
  EXPECT_EQ(end.position().sequence(), 2);
  auto& upstream = connector_.quotes.ticks.Await(0);
  upstream.Push(Ticks(3, {{1, 2}}));
  upstream.Push(Ticks(7, {{0, 5}}));
  const Message news = reading->Next();
  ASSERT_EQ(news.quotes().quotes_size(), 1) << news.ShortDebugString();
  EXPECT_EQ(news.quotes().quotes(0).sequence(), 5);
  EXPECT_EQ(news.quotes().skipped(0).count(), 3);
  EXPECT_EQ(news.position().epoch(), "e1");
  Message heartbeat;
  do {
    ASSERT_TRUE(reading->reader->Read(&heartbeat));
  } while (!heartbeat.has_heartbeat());
  EXPECT_EQ(heartbeat.position().sequence(), 7);
  EXPECT_TRUE(heartbeat.heartbeat().has_feed_age());
}

TEST_F(QuoteServiceTest, ManyStreamsShareOneOfTheConnectorAndSurviveItsEnd) {
  Load();
  std::vector<std::unique_ptr<Reading>> readings;
  for (int i = 0; i < 20; ++i) {
    readings.push_back(Open({}));
    while (!readings.back()->Next().has_snapshot_end()) {
    }
  }
  connector_.quotes.ticks.Await(0).End(absl::UnavailableError("restarting"));
  connector_.quotes.ticks.Await(1).Push(Ticks(9, {{0, 4}, {1, 1}}, true));
  for (const auto& reading : readings) {
    const Message news = reading->Next();
    ASSERT_EQ(news.quotes().quotes_size(), 1) << "only what changed, and no reset in the same epoch";
    EXPECT_EQ(news.quotes().skipped(0).count(), 2);
  }
  connector_.quotes.ticks.Await(1).End(absl::OkStatus());
  connector_.quotes.ticks.Await(2).Push(Ticks(1, {{0, 1}}, true, "e2"));
  for (const auto& reading : readings) {
    EXPECT_EQ(reading->Next().reset().reason(), type::v1::StreamReset::SOURCE_RESET);
    EXPECT_EQ(reading->Next().snapshot().quotes_size(), 1);
    EXPECT_TRUE(reading->Next().has_snapshot_end());
  }
}

TEST_F(QuoteServiceTest, ResumesWhereItWas) {
  Load();
  auto reading = Open({"EURUSD"});
  Message end;
  while (!end.has_snapshot_end()) end = reading->Next();
  reading->context.TryCancel();
  connector_.quotes.ticks.Await(0).Push(Ticks(5, {{0, 4}}));
  const auto other = Open({"EURUSD"});
  while (other->Next().quotes().quotes_size() == 0) {
    // Until the tick is in the hub, whether it came in the snapshot or after it.
    v1::GetQuoteRequest request;
    request.set_symbol("EURUSD");
    if (Call(&Stub::GetQuote, request)->sequence() == 4) break;
  }
  const auto resumed = Open({"EURUSD"}, &end.position());
  const Message news = resumed->Next();
  EXPECT_EQ(news.quotes().quotes(0).sequence(), 4);
  EXPECT_EQ(news.quotes().skipped(0).count(), 2);
}

TEST_F(QuoteServiceTest, RefusesWhatItCannotServe) {
  EXPECT_THAT(Open({}, nullptr, "trader")->End(), HasReason(type::v1::SCOPE_MISSING));
  EXPECT_THAT(Open({}, nullptr, "elsewhere")->End(), HasReason(type::v1::SERVER_NOT_ALLOWED));
  EXPECT_THAT(Open({"NOSUCH"})->End(), HasReason(type::v1::SYMBOL_NOT_FOUND));
  EXPECT_THAT(Open(std::vector<std::string>(1001, "EURUSD"))->End(), HasReason(type::v1::BATCH_TOO_LARGE));
  std::thread refuse([this] {
    connector_.quotes.ticks.Await(0).End(
        MakeError(absl::StatusCode::kNotFound, type::v1::SERVER_NOT_FOUND, "no such server"));
  });
  EXPECT_THAT(Open({})->End(), HasReason(type::v1::SERVER_NOT_FOUND));
  refuse.join();
  // The connector says nothing.
  EXPECT_THAT(Open({})->End(), HasReason(type::v1::TRADE_SERVER_TIMEOUT));
}

}  // namespace
}  // namespace mtsuite::quotes
