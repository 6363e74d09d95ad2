// The quotes service over real gRPC, with a connector whose answers and ticks each test decides.
#include "services/quotes/quote_service.h"

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/clock.h"
#include "common/rpc/testing/fake_peer.h"
#include "common/rpc/testing/test_server.h"
#include "common/status/grpc_convert.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"

namespace mtsuite::quotes {
namespace {

using connector::v1::TickBatch;
using mtsuite::testing::HasMetadata;
using mtsuite::testing::HasReason;
using ::testing::ElementsAre;
using Message = v1::StreamQuotesResponse;
using Stub = v1::QuoteService::StubInterface;

class FakeSymbols final : public connector::v1::ConnectorService::CallbackService {
 public:
  MTSUITE_FAKE_RPC(ListSymbols, connector::v1::ListSymbolsRequest, connector::v1::ListSymbolsResponse,
                   on_list_symbols);
};

class FakeQuotes final : public connector::v1::ConnectorQuoteService::CallbackService {
 public:
  MTSUITE_FAKE_RPC(GetSymbol, connector::v1::GetSymbolRequest, v1::Symbol, on_get_symbol);
  MTSUITE_FAKE_RPC(ListCandles, connector::v1::ListCandlesRequest, connector::v1::ListCandlesResponse,
                   on_candles);
  grpc::ServerWriteReactor<TickBatch>* StreamTicks(
      grpc::CallbackServerContext*, const connector::v1::StreamTicksRequest* request) override {
    return ticks.Open(*request);
  }
  rpc::FakeStreams<connector::v1::StreamTicksRequest, TickBatch> ticks;
};

class FakeConnector {
 public:
  FakeConnector() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&symbols);
    builder.RegisterService(&quotes);
    server_ = builder.BuildAndStart();
    symbols.on_list_symbols = [](const auto&) {
      connector::v1::ListSymbolsResponse all;
      for (const char* name : {"EURUSD", "GBPUSD", "USDJPY", "XAUUSD"}) {
        v1::Symbol& symbol = *all.add_symbols();
        symbol.set_name(name);
        symbol.set_path(absl::StrCat(name[0] == 'X' ? "Metals\\" : "Forex\\", name));
        symbol.set_base_currency_code(std::string(name, 3));
        symbol.set_profit_currency_code(std::string(name + 3, 3));
        symbol.set_digits(5);
        symbol.set_calculation_mode(name[0] == 'X' ? v1::Symbol::CFD : v1::Symbol::FOREX);
      }
      return all;
    };
  }
  ~FakeConnector() { server_->Shutdown(std::chrono::system_clock::now()); }

  std::shared_ptr<grpc::Channel> Channel() const {
    return grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_), grpc::InsecureChannelCredentials());
  }

  FakeSymbols symbols;
  FakeQuotes quotes;

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

class QuoteServiceTest : public ::testing::Test {
 protected:
  QuoteServiceTest()
      : server_({}, {{.id = "trader", .scopes = {"trading.read"}},
                     {.id = "elsewhere", .scopes = {"quotes.read"}, .servers = {"other"}}}),
        client_(connector_.Channel(), "own-key"),
        service_(server_.gate(), client_, RealClock(),
                 {.feed = {.heartbeat_interval = absl::Milliseconds(60),
                           .load_timeout = absl::Seconds(2),
                           .reconnect_delay_min = absl::Milliseconds(10)},
                  .symbols = {}}) {
    server_.Start(v1::QuoteService::service_full_name(), service_);
  }
  ~QuoteServiceTest() override { service_.Stop(); }

  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                Request request, const std::string& key = rpc::TestServer::kAdmin) {
    if (request.server().empty()) request.set_server("mt5-demo");
    const std::unique_ptr<Stub> stub = v1::QuoteService::NewStub(server_.Channel(key));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    Response response;
    const absl::Status status = FromGrpc(((*stub).*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  // Ticks of symbols, numbered 0 EURUSD, 1 USDJPY; `sequences` counts each symbol's.
  static TickBatch Ticks(int64_t position, const std::map<int, int64_t>& sequences, bool snapshot_end = false,
                         const std::string& epoch = "e1") {
    TickBatch batch;
    batch.mutable_position()->set_epoch(epoch);
    batch.mutable_position()->set_sequence(position);
    for (const auto& [number, sequence] : sequences) {
      auto& symbol = *batch.add_symbols();
      symbol.set_symbol_number(number);
      symbol.set_symbol(number == 0 ? "EURUSD" : "USDJPY");
      symbol.set_digits(number == 0 ? 5 : 3);
      auto& tick = *batch.add_ticks();
      tick.set_symbol_number(number);
      tick.set_bid(number == 0 ? 110'000 + sequence : 150'000 + sequence);
      tick.set_ask(tick.bid() + 10);
      tick.set_time_milliseconds(1'772'366'400'123);
      tick.set_sequence(sequence);
    }
    batch.set_snapshot_end(snapshot_end);
    return batch;
  }

  // Sends the first quotes as soon as the service asks for them.
  void Load(size_t stream = 0, const TickBatch& batch = Ticks(2, {{0, 1}, {1, 1}}, true)) {
    loader_ = std::thread([this, stream, batch] { connector_.quotes.ticks.Await(stream).Push(batch); });
  }
  void TearDown() override {
    if (loader_.joinable()) loader_.join();
  }

  struct Reading {
    grpc::ClientContext context;
    std::unique_ptr<v1::QuoteService::Stub> stub;
    std::unique_ptr<grpc::ClientReader<Message>> reader;

    // The next message that is no heartbeat.
    Message Next() {
      Message message;
      do {
        EXPECT_TRUE(reader->Read(&message)) << "the stream ended";
      } while (message.has_heartbeat());
      return message;
    }
    absl::Status End() {
      Message message;
      while (reader->Read(&message)) {
      }
      return FromGrpc(reader->Finish());
    }
  };

  std::unique_ptr<Reading> Open(const std::vector<std::string>& symbols,
                                const type::v1::StreamPosition* resume = nullptr,
                                const std::string& key = rpc::TestServer::kAdmin) {
    v1::StreamQuotesRequest request;
    request.set_server("mt5-demo");
    for (const std::string& symbol : symbols) request.add_symbols(symbol);
    if (resume != nullptr) *request.mutable_resume_after() = *resume;
    auto reading = std::make_unique<Reading>();
    reading->stub = v1::QuoteService::NewStub(server_.Channel(key));
    reading->reader = reading->stub->StreamQuotes(&reading->context, request);
    return reading;
  }

  FakeConnector connector_;
  rpc::TestServer server_;
  ConnectorClient client_;
  QuoteService service_;
  std::thread loader_;
};

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

// Minutes of 2026-01-12T00:00Z on, every one of 4000; open price counts the minutes.
class CandlesTest : public QuoteServiceTest {
 protected:
  static constexpr int64_t kFirst = 1'768'176'000;
  static constexpr int64_t kCount = 4000;

  CandlesTest() {
    connector_.quotes.on_candles = [this](const connector::v1::ListCandlesRequest& request) {
      EXPECT_EQ(request.timeframe(), v1::Candle::M1);
      connector::v1::ListCandlesResponse page;
      page.set_digits(5);
      page.set_time_zone("Europe/Athens");
      const int64_t end = request.has_end_time() ? (request.end_time().seconds() - kFirst + 59) / 60 : kCount;
      const int64_t last = std::min(kCount, end);
      const int64_t limit = std::min<int64_t>(request.limit(), limit_);
      int64_t first = std::max<int64_t>(0, last - limit);
      if (request.has_start_time()) {
        first = std::max<int64_t>(0, (request.start_time().seconds() - kFirst + 59) / 60);
        if (first + limit < last) page.mutable_next_start_time()->set_seconds(kFirst + 60 * (first + limit));
      }
      for (int64_t i = first; i < std::min(last, first + limit); ++i) {
        auto& minute = *page.add_candles();
        minute.set_open_time_seconds(kFirst + 60 * i);
        minute.set_open(i);
        minute.set_high(i + 2);
        minute.set_low(i - 2);
        minute.set_close(i + 1);
        minute.set_tick_count(1);
      }
      return page;
    };
  }

  static v1::ListCandlesRequest Ask(Timeframe timeframe) {
    v1::ListCandlesRequest request;
    request.set_symbol("EURUSD");
    request.set_timeframe(timeframe);
    return request;
  }

  int64_t limit_ = 10'000;
};

TEST_F(CandlesTest, TheNewestOnesAreWhole) {
  auto request = Ask(v1::Candle::H1);
  request.set_page_size(3);
  const auto page = Call(&Stub::ListCandles, request);
  ASSERT_OK(page);
  EXPECT_EQ(page->time_zone(), "Europe/Athens");
  EXPECT_EQ(page->next_page_token(), "");
  ASSERT_EQ(page->candles_size(), 3);
  EXPECT_EQ(page->candles(0).open_time().seconds(), kFirst + 64 * 3600);
  EXPECT_EQ(page->candles(0).open(), "0.03840");
  EXPECT_EQ(page->candles(0).high(), "0.03901");
  EXPECT_EQ(page->candles(0).tick_count(), 60);
  EXPECT_EQ(page->candles(2).tick_count(), 40) << "the last hour is not over";
}

TEST_F(CandlesTest, PagesOfASpanGoOnWithoutGaps) {
  limit_ = 700;  // Reads end in the middle of candles.
  auto request = Ask(v1::Candle::M15);
  request.mutable_start_time()->set_seconds(kFirst + 1);  // The first candle began before.
  request.mutable_end_time()->set_seconds(kFirst + 60 * 2000 + 60);
  request.set_page_size(50);
  std::vector<int64_t> begins;
  int64_t ticks = 0;
  int pages = 0;
  do {
    const auto page = Call(&Stub::ListCandles, request);
    ASSERT_OK(page);
    for (const v1::Candle& candle : page->candles()) {
      begins.push_back(candle.open_time().seconds());
      ticks += candle.tick_count();
    }
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  ASSERT_EQ(begins.size(), 133u);  // 1 to 133: the one that minute 2000 falls in is the last.
  for (size_t i = 0; i < begins.size(); ++i) ASSERT_EQ(begins[i], kFirst + 900 * static_cast<int64_t>(i + 1));
  EXPECT_EQ(ticks, 133 * 15);
  EXPECT_EQ(pages, 3);
}

TEST_F(CandlesTest, DaysAreTheServers) {
  const auto page = Call(&Stub::ListCandles, Ask(v1::Candle::D1));
  ASSERT_OK(page);
  ASSERT_EQ(page->candles_size(), 3);
  EXPECT_EQ(page->candles(1).open_time().seconds(), kFirst + 22 * 3600);
  EXPECT_EQ(page->candles(1).tick_count(), 1440);
}

TEST_F(CandlesTest, RefusesWhatMakesNoSense) {
  EXPECT_THAT(Call(&Stub::ListCandles, Ask(v1::Candle::TIMEFRAME_UNSPECIFIED)),
              HasReason(type::v1::FIELD_REQUIRED));
  auto request = Ask(v1::Candle::H1);
  request.mutable_start_time()->set_seconds(100);
  request.mutable_end_time()->set_seconds(100);
  EXPECT_THAT(Call(&Stub::ListCandles, request), HasReason(type::v1::TIME_RANGE_INVALID));
}

}  // namespace
}  // namespace mtsuite::quotes
