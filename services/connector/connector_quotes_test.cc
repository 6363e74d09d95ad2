// Prices over real gRPC, with a trading server in memory behind the connector.
#include "services/connector/connector_process_fixture.h"

namespace mtsuite::connector {
namespace {

using quotes::v1::Symbol;
using testing::HasReason;
using Stub = v1::ConnectorQuoteService::Stub;

class ConnectorQuotesTest : public ConnectorTest {
 protected:
  ConnectorQuotesTest() : stub_(v1::ConnectorQuoteService::NewStub(run_->rpc->Channel())) {}

  void SetPrice(int64_t bid_points) {
    {
      absl::MutexLock lock(&factory_.world_mutex);
      factory_.world->trading().SetPrice(Decimal::FromScaled(bid_points, 5),
                                         Decimal::FromScaled(bid_points + 10, 5));
    }
    Poll();
  }

  std::unique_ptr<Stub> stub_;
};

TEST_F(ConnectorQuotesTest, StreamsASnapshotThenTicks) {
  SetPrice(110000);
  v1::StreamTicksRequest request;
  request.set_server(kServer);
  request.add_symbols("EURUSD");
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(RealClock().TimeNow() + absl::Seconds(20)));
  const auto reader = stub_->StreamTicks(&context, request);
  v1::TickBatch batch;
  ASSERT_TRUE(reader->Read(&batch));
  ASSERT_EQ(batch.symbols_size(), 1);
  EXPECT_EQ(batch.symbols(0).symbol(), "EURUSD");
  EXPECT_EQ(batch.symbols(0).digits(), 5);
  ASSERT_EQ(batch.ticks_size(), 1);
  EXPECT_EQ(batch.ticks(0).bid(), 110000);
  EXPECT_EQ(batch.ticks(0).ask(), 110010);
  EXPECT_TRUE(batch.snapshot_end());
  EXPECT_TRUE(batch.has_feed_age());
  const int64_t sequence = batch.position().sequence();
  SetPrice(110020);
  ASSERT_TRUE(reader->Read(&batch));
  ASSERT_EQ(batch.ticks_size(), 1);
  EXPECT_EQ(batch.ticks(0).bid(), 110020);
  EXPECT_EQ(batch.ticks(0).skipped_count(), 0);
  EXPECT_EQ(batch.position().sequence(), sequence + 1);
  context.TryCancel();
}

TEST_F(ConnectorQuotesTest, CandlesAreMadeOfTicks) {
  SetPrice(110000);
  SetPrice(110050);
  v1::ListCandlesRequest request;
  request.set_server(kServer);
  request.set_symbol("EURUSD");
  request.set_timeframe(quotes::v1::Candle::M1);
  request.set_limit(10);
  const auto list = [&]() -> absl::StatusOr<v1::ListCandlesResponse> {
    grpc::ClientContext context;
    v1::ListCandlesResponse response;
    const grpc::Status status = stub_->ListCandles(&context, request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response;
  };
  ASSERT_OK_AND_ASSIGN(const v1::ListCandlesResponse listed, list());
  ASSERT_GE(listed.candles_size(), 1);
  EXPECT_EQ(listed.digits(), 5);
  EXPECT_EQ(listed.candles(listed.candles_size() - 1).close(), 110050);
  request.set_timeframe(quotes::v1::Candle::H1);
  EXPECT_THAT(list(), HasReason(type::v1::NOT_SUPPORTED_BY_PLATFORM));
  request.set_timeframe(quotes::v1::Candle::M1);
  request.set_symbol("NOTHING");
  EXPECT_THAT(list(), HasReason(type::v1::SYMBOL_NOT_FOUND));
}

TEST_F(ConnectorQuotesTest, SymbolsAndTheAgeOfTheFeed) {
  v1::GetSymbolRequest request;
  request.set_server(kServer);
  request.set_symbol("EURUSD");
  request.set_group("demo\\usd");
  grpc::ClientContext context;
  Symbol symbol;
  ASSERT_OK(FromGrpc(stub_->GetSymbol(&context, request, &symbol)));
  EXPECT_EQ(symbol.min_volume(), "0.01");
  request.set_group("none");
  grpc::ClientContext other;
  EXPECT_THAT(FromGrpc(stub_->GetSymbol(&other, request, &symbol)), HasReason(type::v1::GROUP_NOT_FOUND));
  SetPrice(110000);
  EXPECT_TRUE(run_->process->servers().Describe(kServer)->has_feed_age());
}

}  // namespace
}  // namespace mtsuite::connector
