// mtsuite.quotes.v1.QuoteService: symbols, quotes and candles from the connector, streams from the hubs.
#ifndef SERVICES_QUOTES_QUOTE_SERVICE_H_
#define SERVICES_QUOTES_QUOTE_SERVICE_H_

#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"
#include "common/rpc/call_gate.h"
#include "common/rpc/unary_call.h"
#include "grpcpp/support/byte_buffer.h"
#include "mtsuite/quotes/v1/quote_service.grpc.pb.h"
#include "services/quotes/connector_client.h"
#include "services/quotes/feed.h"
#include "services/quotes/symbol_cache.h"

namespace mtsuite::quotes {

// StreamQuotes is served raw: its messages come encoded from the hub.
class QuoteService final
    : public v1::QuoteService::WithRawCallbackMethod_StreamQuotes<v1::QuoteService::CallbackService> {
 public:
  struct Options {
    Feed::Options feed;
    SymbolCache::Options symbols;
  };

  // All must outlive the service.
  QuoteService(rpc::CallGate& gate, ConnectorClient& connector, Clock& clock, const Options& options);

  // Ends what is read from the connector.
  void Stop() { feeds_.Stop(); }

  // Symbols, quotes and rates: quote_service.cc.
  grpc::ServerUnaryReactor* ListSymbols(grpc::CallbackServerContext* context,
                                        const v1::ListSymbolsRequest* request,
                                        v1::ListSymbolsResponse* response) override;
  grpc::ServerUnaryReactor* GetSymbol(grpc::CallbackServerContext* context,
                                      const v1::GetSymbolRequest* request, v1::Symbol* response) override;
  grpc::ServerUnaryReactor* ListQuotes(grpc::CallbackServerContext* context,
                                       const v1::ListQuotesRequest* request,
                                       v1::ListQuotesResponse* response) override;
  grpc::ServerUnaryReactor* GetQuote(grpc::CallbackServerContext* context, const v1::GetQuoteRequest* request,
                                     v1::Quote* response) override;
  grpc::ServerUnaryReactor* GetConversionRate(grpc::CallbackServerContext* context,
                                              const v1::GetConversionRateRequest* request,
                                              v1::ConversionRate* response) override;

  // candle_reader.cc does the work.
  grpc::ServerUnaryReactor* ListCandles(grpc::CallbackServerContext* context,
                                        const v1::ListCandlesRequest* request,
                                        v1::ListCandlesResponse* response) override;

  // quote_service_stream.cc.
  grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamQuotes(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request) override;

 private:
  rpc::CallGate& gate_;
  ConnectorClient& connector_;
  Clock& clock_;
  SymbolCache symbols_;
  Feeds feeds_;
};

}  // namespace mtsuite::quotes

#endif  // SERVICES_QUOTES_QUOTE_SERVICE_H_
