#include "services/connector/service/quote_service.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/connector/base/proto_time.h"
#include "services/connector/service/request_errors.h"
#include "services/connector/service/tick_streamer.h"

namespace mtsuite::connector {

using quotes::v1::Symbol;
using RuntimePtr = std::shared_ptr<ServerRuntime>;

namespace {

constexpr int32_t kMaxCandles = 10'000;
constexpr int kMaxSymbols = 5'000;
// Batches that wait; the streamer keeps fewer.
constexpr size_t kStreamBuffer = 16;

void ReadSymbol(const RuntimePtr& runtime, const rpc::CallPtr& call, const v1::GetSymbolRequest& request,
                Symbol* response) {
  runtime->symbols().Find(request.symbol(), request.group(), call->deadline(),
                          [runtime, call, response](absl::StatusOr<Symbol> symbol) {
                            if (symbol.ok()) *response = *std::move(symbol);
                            call->Finish(symbol.status());
                          });
}

absl::Status CheckCandles(const v1::ListCandlesRequest& request) {
  if (request.symbol().empty()) return request_errors::Required("symbol");
  if (request.timeframe() == quotes::v1::Candle::TIMEFRAME_UNSPECIFIED) {
    return request_errors::Required("timeframe");
  }
  if (request.timeframe() != quotes::v1::Candle::M1) {
    return MakeError(absl::StatusCode::kFailedPrecondition, type::v1::NOT_SUPPORTED_BY_PLATFORM,
                     "the trading server keeps no candles of this timeframe; make them of M1");
  }
  if (request.limit() < 1 || request.limit() > kMaxCandles) {
    return request_errors::Invalid(type::v1::FIELD_INVALID, "the limit must be 1 to 10000")
        .Field("limit", "1 to 10000");
  }
  if (request.has_start_time() && request.has_end_time() &&
      FromProto(request.start_time()) >= FromProto(request.end_time())) {
    return request_errors::Invalid(type::v1::TIME_RANGE_INVALID, "start_time must be before end_time")
        .Field("end_time", "later than start_time");
  }
  return absl::OkStatus();
}

void FillCandles(ServerRuntime& runtime, absl::Time now, const v1::ListCandlesRequest& request,
                 v1::ListCandlesResponse* response) {
  const bool newest = !request.has_start_time();
  const absl::Time start = newest ? absl::InfinitePast() : FromProto(request.start_time());
  const absl::Time end = request.has_end_time() ? FromProto(request.end_time()) : absl::InfiniteFuture();
  const auto limit = static_cast<size_t>(request.limit());
  // One more than is told says whether others follow.
  const TickHub::Candles read =
      runtime.ticks().ReadCandles(request.symbol(), start, end, newest ? limit : limit + 1, newest);
  response->set_digits(read.digits);
  response->set_time_zone(runtime.trade_server().Describe().time_zone());
  for (const CandleStore::Candle& candle : read.candles) {
    if (response->candles_size() == request.limit()) {
      response->mutable_next_start_time()->set_seconds(candle.open_seconds);
      break;
    }
    v1::CandleRecord* record = response->add_candles();
    record->set_open_time_seconds(candle.open_seconds);
    record->set_open(candle.open);
    record->set_high(candle.high);
    record->set_low(candle.low);
    record->set_close(candle.close);
    record->set_tick_count(candle.tick_count);
    record->set_volume(candle.volume);
    record->set_complete(absl::FromUnixSeconds(candle.open_seconds) + absl::Minutes(1) <= now);
  }
}

// Makes sure that the symbols from `index` on exist, then `then`.
void CheckSymbols(const RuntimePtr& runtime, std::shared_ptr<const std::vector<std::string>> symbols,
                  size_t index, absl::Time deadline, DoneStatus then) {
  while (index < symbols->size() && runtime->ticks().Knows((*symbols)[index])) ++index;
  if (index == symbols->size()) return then(absl::OkStatus());
  runtime->symbols().Find((*symbols)[index], "", deadline,
                          [runtime, symbols, index, deadline,
                           then = std::move(then)](const absl::StatusOr<Symbol>& symbol) mutable {
                            if (!symbol.ok()) return then(symbol.status());
                            CheckSymbols(runtime, symbols, index + 1, deadline, std::move(then));
                          });
}

}  // namespace

grpc::ServerUnaryReactor* ConnectorQuoteServiceImpl::GetSymbol(grpc::CallbackServerContext* context,
                                                               const v1::GetSymbolRequest* request,
                                                               Symbol* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorQuoteService/GetSymbol", request, response,
                     [this](rpc::CallPtr call, const v1::GetSymbolRequest& request, Symbol* response) {
                       const auto runtime = [&]() -> absl::StatusOr<RuntimePtr> {
                         RETURN_IF_ERROR(call->CheckServerAllowed(request.server()));
                         if (request.symbol().empty()) return request_errors::Required("symbol");
                         return servers_.Find(request.server());
                       }();
                       if (!runtime.ok()) return (void)call->Finish(runtime.status());
                       if (request.group().empty()) return ReadSymbol(*runtime, call, request, response);
                       (*runtime)->groups().Find(request.group(), call->deadline(),
                                                 [runtime = *runtime, call, &request, response](
                                                     const absl::StatusOr<accounts::v1::Group>& group) {
                                                   if (!group.ok()) return (void)call->Finish(group.status());
                                                   ReadSymbol(runtime, call, request, response);
                                                 });
                     });
}

grpc::ServerUnaryReactor* ConnectorQuoteServiceImpl::ListCandles(grpc::CallbackServerContext* context,
                                                                 const v1::ListCandlesRequest* request,
                                                                 v1::ListCandlesResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorQuoteService/ListCandles", request, response,
      [this](rpc::CallPtr call, const v1::ListCandlesRequest& request, v1::ListCandlesResponse* response) {
        const auto runtime = [&]() -> absl::StatusOr<RuntimePtr> {
          RETURN_IF_ERROR(call->CheckServerAllowed(request.server()));
          RETURN_IF_ERROR(CheckCandles(request));
          return servers_.Find(request.server());
        }();
        if (!runtime.ok()) return (void)call->Finish(runtime.status());
        auto symbols = std::make_shared<const std::vector<std::string>>(1, request.symbol());
        CheckSymbols(*runtime, std::move(symbols), 0, call->deadline(),
                     [runtime = *runtime, call, &request, response](const absl::Status& status) {
                       if (status.ok()) FillCandles(*runtime, RealClock().TimeNow(), request, response);
                       call->Finish(status);
                     });
      });
}

grpc::ServerWriteReactor<v1::TickBatch>* ConnectorQuoteServiceImpl::StreamTicks(
    grpc::CallbackServerContext* context, const v1::StreamTicksRequest* request) {
  return gate_.Stream<v1::TickBatch>(
      context, "/mtsuite.connector.v1.ConnectorQuoteService/StreamTicks", request, kStreamBuffer,
      [this](const std::shared_ptr<TickStreamer::Stream>& stream, const v1::StreamTicksRequest& request) {
        const auto runtime = [&]() -> absl::StatusOr<RuntimePtr> {
          RETURN_IF_ERROR(stream->CheckServerAllowed(request.server()));
          if (request.symbols_size() > kMaxSymbols) {
            return request_errors::Invalid(type::v1::BATCH_TOO_LARGE, "too many symbols")
                .With("max_items", kMaxSymbols);
          }
          return servers_.Find(request.server());
        }();
        if (!runtime.ok()) return stream->Finish(runtime.status());
        TickHub::Wish wish;
        wish.symbols = {request.symbols().begin(), request.symbols().end()};
        wish.every_tick = request.every_tick();
        auto symbols =
            std::make_shared<const std::vector<std::string>>(wish.symbols.begin(), wish.symbols.end());
        CheckSymbols(
            *runtime, std::move(symbols), 0, stream->deadline(),
            [this, runtime = *runtime, stream, wish = std::move(wish)](const absl::Status& status) mutable {
              if (!status.ok()) return stream->Finish(status);
              TickStreamer::Start(runtime, scheduler_, stream, std::move(wish));
            });
      });
}

}  // namespace mtsuite::connector
