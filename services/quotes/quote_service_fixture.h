#ifndef SERVICES_QUOTES_QUOTE_SERVICE_FIXTURE_H_
#define SERVICES_QUOTES_QUOTE_SERVICE_FIXTURE_H_

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
#include "services/quotes/quote_service.h"

// The quotes service over real gRPC, with a connector whose answers and ticks each test decides.
namespace mtsuite::quotes {

using connector::v1::TickBatch;
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
        symbol.set_digits(name == std::string_view("USDJPY") ? 3 : 5);
        symbol.set_calculation_mode(name[0] == 'X' ? v1::Symbol::CFD : v1::Symbol::FOREX);
      }
      return all;
    };
  }
  ~FakeConnector() { server_->Shutdown(absl::ToChronoTime(RealClock().TimeNow())); }

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
                           .reconnect_delay_min = absl::Milliseconds(10),
                           .hub = {}},
                  .symbols = {}}) {
    server_.Start(v1::QuoteService::service_full_name(), service_);
  }
  ~QuoteServiceTest() override {
    server_.server().Stop();
    service_.Stop();
  }

  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                Request request, const std::string& key = rpc::TestServer::kAdmin) {
    if (request.server().empty()) request.set_server("mt5-demo");
    const std::unique_ptr<Stub> stub = v1::QuoteService::NewStub(server_.Channel(key));
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(RealClock().TimeNow() + absl::Seconds(20)));
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

}  // namespace mtsuite::quotes

#endif  // SERVICES_QUOTES_QUOTE_SERVICE_FIXTURE_H_
