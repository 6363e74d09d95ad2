#include "services/quotes/quote_service.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/conversion/conversion.h"
#include "common/paging/page_token.h"
#include "common/requests/checks.h"
#include "common/requests/flow.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/strings/name_mask.h"
#include "services/quotes/candle_reader.h"
#include "services/quotes/request_checks.h"

namespace mtsuite::quotes {

using requests::AdmitServer;

namespace {

constexpr int kDefaultSymbolPage = 100;
constexpr int kMaxSymbolPage = 500;
constexpr int kDefaultQuotePage = 1000;
constexpr int kMaxQuotePage = 5000;
constexpr int kRatePlaces = 12;

Decimal Points(int64_t points, int digits) { return Decimal::FromScaled(points, digits); }

// A page of symbols by name, of those that match both masks.
void FillPage(const SymbolTable& table, const v1::ListSymbolsRequest& request, int32_t limit,
              const std::string& after, v1::ListSymbolsResponse* response) {
  const NameMask names(request.symbol_mask());
  const NameMask paths(request.path_mask());
  for (auto entry = table.symbols.upper_bound(after); entry != table.symbols.end(); ++entry) {
    if (!names.Matches(entry->first) || !paths.Matches(entry->second.path())) continue;
    if (response->symbols_size() == limit) {
      response->set_next_page_token(paging::MakePageToken(request, response->symbols(limit - 1).name()));
      return;
    }
    *response->add_symbols() = entry->second;
  }
}

// A page of quotes by name: of those asked for, or of all.
void FillPage(const Hub& hub, const v1::ListQuotesRequest& request, int32_t limit, const std::string& after,
              v1::ListQuotesResponse* response) {
  bool more = false;
  if (request.symbols().empty()) {
    for (v1::Quote& quote : hub.List(after, static_cast<size_t>(limit), &more)) {
      *response->add_quotes() = std::move(quote);
    }
  } else {
    const std::set<std::string> wanted(request.symbols().begin(), request.symbols().end());
    for (auto symbol = wanted.upper_bound(after); symbol != wanted.end(); ++symbol) {
      std::optional<v1::Quote> quote = hub.Last(*symbol);
      if (!quote.has_value()) continue;
      more = response->quotes_size() == limit;
      if (more) break;
      *response->add_quotes() = *std::move(quote);
    }
  }
  if (more) {
    response->set_next_page_token(paging::MakePageToken(request, response->quotes(limit - 1).symbol()));
  }
}

absl::Status NoRate(const v1::GetConversionRateRequest& request) {
  return MakeError(absl::StatusCode::kNotFound, type::v1::CONVERSION_RATE_NOT_FOUND,
                   absl::StrCat("no chain of at most ", conversion::kMaxSteps, " symbols converts ",
                                request.from_currency_code(), " to ", request.to_currency_code()))
      .With("from", request.from_currency_code())
      .With("to", request.to_currency_code());
}

std::string Text(Decimal price, int digits) { return price.ToString(std::max(digits, price.digits())); }

void FillRate(const conversion::Rate& rate, const SymbolTable& table, v1::ConversionRate* response) {
  response->set_bid(rate.bid.ToString());
  response->set_ask(rate.ask.ToString());
  response->set_rate(rate.mid.ToString());
  for (size_t i = 0; i < rate.chain.size(); ++i) {
    const int digits = table.symbols.at(rate.chain[i].symbol).digits();
    v1::ConversionRate::Step& step = *response->add_chain();
    step.set_symbol(rate.chain[i].symbol);
    step.set_inverted(rate.chain[i].inverted);
    step.set_bid(Text(rate.prices[i].bid, digits));
    step.set_ask(Text(rate.prices[i].ask, digits));
    *step.mutable_time() = ToProtoTime(rate.prices[i].time);
  }
  if (!rate.chain.empty()) *response->mutable_time() = ToProtoTime(rate.time);
}

}  // namespace

QuoteService::QuoteService(rpc::CallGate& gate, ConnectorClient& connector, Clock& clock,
                           const Options& options)
    : gate_(gate),
      connector_(connector),
      clock_(clock),
      symbols_(connector, clock, options.symbols),
      feeds_(connector, clock, options.feed) {}

grpc::ServerUnaryReactor* QuoteService::ListSymbols(grpc::CallbackServerContext* context,
                                                    const v1::ListSymbolsRequest* request,
                                                    v1::ListSymbolsResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.quotes.v1.QuoteService/ListSymbols", request, response,
      [this](const rpc::CallPtr& call, const v1::ListSymbolsRequest& request, auto* response) {
        const auto limit = paging::PageSize(request.page_size(), kDefaultSymbolPage, kMaxSymbolPage);
        const auto after = paging::ReadPageToken(request);
        absl::Status status = AdmitServer(*call, request.server());
        status.Update(ValidateMask(request.symbol_mask(), "symbol_mask"));
        status.Update(ValidateMask(request.path_mask(), "path_mask"));
        status.Update(limit.status());
        status.Update(after.status());
        if (!status.ok()) return (void)call->Finish(status);
        symbols_.Get(request.server(), [call, &request, response, limit = *limit,
                                        after = *after](const absl::StatusOr<SymbolTablePtr>& table) {
          if (table.ok()) FillPage(**table, request, limit, after, response);
          call->Finish(table.status());
        });
      });
}

grpc::ServerUnaryReactor* QuoteService::GetSymbol(grpc::CallbackServerContext* context,
                                                  const v1::GetSymbolRequest* request, v1::Symbol* response) {
  return gate_.Unary(context, "/mtsuite.quotes.v1.QuoteService/GetSymbol", request, response,
                     [this](const rpc::CallPtr& call, const v1::GetSymbolRequest& request, auto* response) {
                       absl::Status status = AdmitServer(*call, request.server());
                       status.Update(ValidateSymbol(request.symbol(), "symbol"));
                       status.Update(ValidateMask(request.group(), "group"));
                       if (!status.ok()) return (void)call->Finish(status);
                       connector::v1::GetSymbolRequest query;
                       query.set_server(request.server());
                       query.set_symbol(request.symbol());
                       query.set_group(request.group());
                       connector_.Read(
                           *call, &QuoteAsync::GetSymbol, std::move(query),
                           [call, &request, response](absl::StatusOr<v1::Symbol> symbol) {
                             if (symbol.ok()) *response = *std::move(symbol);
                             call->Finish(InOwnWords(symbol.status(), request.symbol(), request.group()));
                           });
                     });
}

grpc::ServerUnaryReactor* QuoteService::ListQuotes(grpc::CallbackServerContext* context,
                                                   const v1::ListQuotesRequest* request,
                                                   v1::ListQuotesResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.quotes.v1.QuoteService/ListQuotes", request, response,
      [this](const rpc::CallPtr& call, const v1::ListQuotesRequest& request, auto* response) {
        const auto limit = paging::PageSize(request.page_size(), kDefaultQuotePage, kMaxQuotePage);
        const auto after = paging::ReadPageToken(request);
        absl::Status status = AdmitServer(*call, request.server());
        status.Update(ValidateSymbols(request.symbols()));
        status.Update(limit.status());
        status.Update(after.status());
        if (!status.ok()) return (void)call->Finish(status);
        symbols_.Get(request.server(), [this, call, &request, response, limit = *limit,
                                        after = *after](const absl::StatusOr<SymbolTablePtr>& table) {
          absl::Status status = table.status();
          if (status.ok()) status = CheckKnown(**table, request.symbols());
          if (!status.ok()) return (void)call->Finish(status);
          feeds_.Get(request.server(), [call, &request, response, limit, after](
                                           const absl::Status& status, const std::shared_ptr<Feed>& feed) {
            if (status.ok()) {
              FillPage(feed->hub(), request, limit, after, response);
              if (const auto age = feed->feed_age()) {
                *response->mutable_feed_age() = ToProtoDuration(*age);
              }
            }
            call->Finish(status);
          });
        });
      });
}

grpc::ServerUnaryReactor* QuoteService::GetQuote(grpc::CallbackServerContext* context,
                                                 const v1::GetQuoteRequest* request, v1::Quote* response) {
  return gate_.Unary(
      context, "/mtsuite.quotes.v1.QuoteService/GetQuote", request, response,
      [this](const rpc::CallPtr& call, const v1::GetQuoteRequest& request, v1::Quote* response) {
        absl::Status status = AdmitServer(*call, request.server());
        status.Update(ValidateSymbol(request.symbol(), "symbol"));
        if (!status.ok()) return (void)call->Finish(status);
        symbols_.Get(
            request.server(), [this, call, &request, response](const absl::StatusOr<SymbolTablePtr>& table) {
              if (!table.ok()) return (void)call->Finish(table.status());
              if (!(*table)->Has(request.symbol()))
                return (void)call->Finish(SymbolNotFound(request.symbol()));
              feeds_.Get(request.server(), [call, &request, response](const absl::Status& status,
                                                                      const std::shared_ptr<Feed>& feed) {
                if (!status.ok()) return (void)call->Finish(status);
                std::optional<v1::Quote> quote = feed->hub().Last(request.symbol());
                if (!quote.has_value()) return (void)call->Finish(OffQuotes(request.symbol()));
                *response = *std::move(quote);
                call->Finish(absl::OkStatus());
              });
            });
      });
}

grpc::ServerUnaryReactor* QuoteService::GetConversionRate(grpc::CallbackServerContext* context,
                                                          const v1::GetConversionRateRequest* request,
                                                          v1::ConversionRate* response) {
  return gate_.Unary(
      context, "/mtsuite.quotes.v1.QuoteService/GetConversionRate", request, response,
      [this](const rpc::CallPtr& call, const v1::GetConversionRateRequest& request, auto* response) {
        absl::Status status = AdmitServer(*call, request.server());
        status.Update(ValidateCurrency(request.from_currency_code(), "from_currency_code"));
        status.Update(ValidateCurrency(request.to_currency_code(), "to_currency_code"));
        if (!status.ok()) return (void)call->Finish(status);
        response->set_from_currency_code(request.from_currency_code());
        response->set_to_currency_code(request.to_currency_code());
        symbols_.Get(request.server(), [this, call, &request,
                                        response](const absl::StatusOr<SymbolTablePtr>& table) {
          if (!table.ok()) return (void)call->Finish(table.status());
          const std::vector<conversion::Chain> chains =
              (*table)->currencies.ShortestChains(request.from_currency_code(), request.to_currency_code());
          if (chains.empty()) return (void)call->Finish(NoRate(request));
          feeds_.Get(request.server(), [call, response, chains, table = *table](
                                           const absl::Status& status, const std::shared_ptr<Feed>& feed) {
            if (!status.ok()) return (void)call->Finish(status);
            const auto rate = conversion::BestRate(
                chains,
                [&](const std::string& symbol) -> std::optional<conversion::Price> {
                  const std::optional<Price> price = feed->hub().LastPrice(symbol);
                  if (!price.has_value()) return std::nullopt;
                  return conversion::Price{Points(price->bid, price->digits),
                                           Points(price->ask, price->digits),
                                           absl::FromUnixMillis(price->time_milliseconds)};
                },
                kRatePlaces);
            if (!rate.has_value()) return (void)call->Finish(OffQuotes(chains.front().front().symbol));
            FillRate(*rate, *table, response);
            call->Finish(absl::OkStatus());
          });
        });
      });
}

grpc::ServerUnaryReactor* QuoteService::ListCandles(grpc::CallbackServerContext* context,
                                                    const v1::ListCandlesRequest* request,
                                                    v1::ListCandlesResponse* response) {
  return gate_.Unary(context, "/mtsuite.quotes.v1.QuoteService/ListCandles", request, response,
                     [this](const rpc::CallPtr& call, const auto& request, auto* response) {
                       ReadCandles(call, connector_, clock_, request, response);
                     });
}

}  // namespace mtsuite::quotes
