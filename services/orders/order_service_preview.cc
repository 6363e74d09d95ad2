// PreviewOrder: the trading server's word on the margin, and profits reckoned from the symbol and a
// conversion rate.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/proto_time.h"
#include "common/conversion/conversion.h"
#include "common/requests/checks.h"
#include "common/requests/flow.h"
#include "common/rpc/outgoing.h"
#include "common/rpc/stream_reader.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/orders/order_service.h"
#include "services/orders/preview.h"
#include "services/orders/validation.h"

namespace mtsuite::orders {
namespace {

using connector::v1::TickBatch;

absl::Status NoRate(const std::string& from, const std::string& to) {
  return MakeError(absl::StatusCode::kFailedPrecondition, type::v1::CONVERSION_RATE_NOT_FOUND,
                   absl::StrCat("no chain of symbols converts ", from, " to ", to))
      .With("from", from)
      .With("to", to);
}

absl::Status NoQuote(const std::string& symbol) {
  return MakeError(absl::StatusCode::kFailedPrecondition, type::v1::OFF_QUOTES,
                   absl::StrCat("there is no current price of ", symbol))
      .With("symbol", symbol);
}

// One preview on its way: margin, symbol, and for another currency the symbols and their prices.
class Preview : public std::enable_shared_from_this<Preview> {
 public:
  Preview(rpc::CallPtr call, ConnectorClient& connector, Clock& clock, const v1::PreviewOrderRequest& request,
          v1::OrderPreview* response)
      : call_(std::move(call)),
        connector_(connector),
        clock_(clock),
        request_(request),
        response_(response) {}

  absl::Status Prepare() {
    RETURN_IF_ERROR(requests::AdmitServer(*call_, request_.server()));
    RETURN_IF_ERROR(requests::ValidateLogin(request_.login(), "login"));
    RETURN_IF_ERROR(ValidateNewOrder(request_.order()));
    if (request_.close_price().empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Decimal close, requests::ParseDecimal(request_.close_price(), "close_price"));
    return close.sign() > 0 ? absl::OkStatus() : requests::InvalidField("close_price", "above zero");
  }

  void Start() {
    connector::v1::CheckMarginRequest query;
    query.set_server(request_.server());
    query.set_login(request_.login());
    *query.mutable_order() = request_.order();
    connector_.Read(*call_, &TradingAsync::CheckMargin, std::move(query),
                    [self = shared_from_this()](absl::StatusOr<connector::v1::CheckMarginResponse> margin) {
                      if (!margin.ok()) return self->Finish(margin.status());
                      self->margin_ = *std::move(margin);
                      self->ReadSymbol();
                    });
  }

 private:
  void ReadSymbol() {
    response_->set_login(request_.login());
    *response_->mutable_read_time() = ToProtoTime(clock_.TimeNow());
    if (const absl::Status status = FillMargin(margin_, *response_); !status.ok()) return Finish(status);
    connector::v1::GetSymbolRequest query;
    query.set_server(request_.server());
    query.set_symbol(request_.order().symbol());
    connector_.Read(*call_, &QuoteAsync::GetSymbol, std::move(query),
                    [self = shared_from_this()](absl::StatusOr<quotes::v1::Symbol> symbol) {
                      if (!symbol.ok()) return self->Finish(symbol.status());
                      self->symbol_ = *std::move(symbol);
                      self->FindRate();
                    });
  }

  void FindRate() {
    if (!HasLinearProfit(symbol_)) return Finish(absl::OkStatus());
    if (symbol_.profit_currency_code() == response_->currency_code()) {
      chains_ = {conversion::Chain()};
      return Reckon();
    }
    connector::v1::ListSymbolsRequest query;
    query.set_server(request_.server());
    connector_.Read(
        *call_, &ConnectorAsync::ListSymbols, std::move(query),
        [self = shared_from_this()](const absl::StatusOr<connector::v1::ListSymbolsResponse>& all) {
          if (!all.ok()) return self->Finish(all.status());
          self->FindChains(*all);
        });
  }

  void FindChains(const connector::v1::ListSymbolsResponse& all) {
    conversion::CurrencyGraph graph;
    for (const quotes::v1::Symbol& symbol : all.symbols()) graph.Add(symbol);
    chains_ = graph.ShortestChains(symbol_.profit_currency_code(), response_->currency_code());
    if (chains_.empty()) {
      return Finish(NoRate(symbol_.profit_currency_code(), response_->currency_code()));
    }
    ReadPrices();
  }

  // The prices of the chains are the beginning of a stream of ticks, which is left at once.
  void ReadPrices() {
    connector::v1::StreamTicksRequest query;
    query.set_server(request_.server());
    std::set<std::string> names;
    for (const conversion::Chain& chain : chains_) {
      for (const conversion::Step& step : chain) names.insert(step.symbol);
    }
    for (const std::string& name : names) query.add_symbols(name);
    rpc::StreamReader<TickBatch>::Handlers handlers;
    handlers.on_message = [self = shared_from_this()](const TickBatch& batch) { self->OnTicks(batch); };
    handlers.on_done = [self = shared_from_this()](const absl::Status& status) {
      {
        absl::MutexLock lock(&self->mutex_);
        self->reader_.reset();
      }
      if (self->prices_complete_) return self->Reckon();
      self->Finish(status.ok() ? absl::UnavailableError("the stream of ticks ended") : status);
    };
    // The first message may come before Start returns, so it waits for the lock.
    absl::MutexLock lock(&mutex_);
    reader_ = rpc::StreamReader<TickBatch>::Start(connector_.StubOf<QuoteAsync>(), &QuoteAsync::StreamTicks,
                                                  rpc::ReadContext(*call_), query, std::move(handlers));
  }

  void OnTicks(const TickBatch& batch) {
    std::shared_ptr<rpc::StreamReader<TickBatch>> reader;
    {
      absl::MutexLock lock(&mutex_);
      reader = reader_;
    }
    for (const connector::v1::TickSymbol& symbol : batch.symbols()) {
      symbols_[symbol.symbol_number()] = {symbol.symbol(), symbol.digits()};
    }
    for (const connector::v1::Tick& tick : batch.ticks()) {
      const auto symbol = symbols_.find(tick.symbol_number());
      if (symbol == symbols_.end()) continue;
      const int digits = symbol->second.second;
      prices_[symbol->second.first] = {Decimal::FromScaled(tick.bid(), digits),
                                       Decimal::FromScaled(tick.ask(), digits),
                                       absl::FromUnixMillis(tick.time_milliseconds())};
    }
    if (batch.snapshot_end()) {
      prices_complete_ = true;
      reader->Cancel();
    } else {
      reader->Next();
    }
  }

  void Reckon() {
    std::optional<conversion::Rate> rate = conversion::BestRate(chains_, [this](const std::string& symbol) {
      const auto found = prices_.find(symbol);
      return found == prices_.end() ? std::nullopt : std::optional(found->second);
    });
    if (!rate.has_value()) return Finish(NoQuote(chains_.front().front().symbol));
    const absl::StatusOr<Decimal> price = Decimal::ParseWire(margin_.price());
    if (!price.ok()) return Finish(absl::InternalError(absl::StrCat("price \"", margin_.price(), "\"")));
    const ProfitTerms terms{.symbol = symbol_,
                            .order = request_.order(),
                            .price = *price,
                            .rate = *std::move(rate),
                            .currency_digits = margin_.currency_digits()};
    Finish(FillProfits(terms, request_.close_price(), *response_));
  }

  void Finish(const absl::Status& status) {
    call_->Finish(GetErrorReason(status).has_value() ? status
                                                     : connector_.peer().WithTransportReason(status));
  }

  const rpc::CallPtr call_;
  ConnectorClient& connector_;
  Clock& clock_;
  const v1::PreviewOrderRequest& request_;
  v1::OrderPreview* const response_;
  connector::v1::CheckMarginResponse margin_;
  quotes::v1::Symbol symbol_;
  std::vector<conversion::Chain> chains_;
  std::map<int32_t, std::pair<std::string, int>> symbols_;
  std::map<std::string, conversion::Price> prices_;
  bool prices_complete_ = false;
  absl::Mutex mutex_;
  std::shared_ptr<rpc::StreamReader<TickBatch>> reader_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

grpc::ServerUnaryReactor* OrderService::PreviewOrder(grpc::CallbackServerContext* context,
                                                     const v1::PreviewOrderRequest* request,
                                                     v1::OrderPreview* response) {
  return gate_.Unary(context, "/mtsuite.orders.v1.OrderService/PreviewOrder", request, response,
                     [this](const rpc::CallPtr& call, const auto& request, auto* response) {
                       const auto preview =
                           std::make_shared<Preview>(call, connector_, clock_, request, response);
                       if (const absl::Status status = preview->Prepare(); !status.ok()) {
                         call->Finish(status);
                         return;
                       }
                       preview->Start();
                     });
}

}  // namespace mtsuite::orders
