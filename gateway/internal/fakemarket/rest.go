package fakemarket

import (
	"context"
	"slices"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
)

// ListQuotes implements QuoteService; there is one page.
func (m *Market) ListQuotes(ctx context.Context, request *quotesv1.ListQuotesRequest) (*quotesv1.ListQuotesResponse, error) {
	if err := m.admit(ctx, request.GetServer(), request.GetSymbols()); err != nil {
		return nil, err
	}
	answer := &quotesv1.ListQuotesResponse{}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	answer.FeedAge = durationpb.New(time.Since(m.lastAt))
	for _, name := range m.options.Symbols {
		if len(request.GetSymbols()) == 0 || slices.Contains(request.GetSymbols(), name) {
			answer.Quotes = append(answer.Quotes, m.quotes[name])
		}
	}
	return answer, nil
}

// ListSymbols implements QuoteService; there is one page.
func (m *Market) ListSymbols(ctx context.Context, request *quotesv1.ListSymbolsRequest) (*quotesv1.ListSymbolsResponse, error) {
	if err := m.admit(ctx, request.GetServer(), nil); err != nil {
		return nil, err
	}
	answer := &quotesv1.ListSymbolsResponse{}
	for _, name := range m.options.Symbols {
		answer.Symbols = append(answer.Symbols, &quotesv1.Symbol{Name: name, Path: `Forex\` + name, Digits: 5, TickSize: "0.00001"})
	}
	return answer, nil
}

// ListCandles implements QuoteService with a random walk that ends at the current bid, the same each time.
func (m *Market) ListCandles(ctx context.Context, request *quotesv1.ListCandlesRequest) (*quotesv1.ListCandlesResponse, error) {
	if err := m.admit(ctx, request.GetServer(), []string{request.GetSymbol()}); err != nil {
		return nil, err
	}
	if request.GetTimeframe() != quotesv1.Candle_M1 {
		return nil, Failure(codes.InvalidArgument, "FIELD_INVALID", "This market has candles of one minute only.")
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	candles := m.candles[request.GetSymbol()]
	if candles == nil {
		candles = m.walk(request.GetSymbol(), 500)
		m.candles[request.GetSymbol()] = candles
	}
	count := min(int(request.GetPageSize()), len(candles))
	if count == 0 {
		count = len(candles)
	}
	return &quotesv1.ListCandlesResponse{Candles: candles[len(candles)-count:], TimeZone: "Europe/Athens"}, nil
}

// walk makes candles backwards from the current price. It needs the mutex.
func (m *Market) walk(symbol string, count int) []*quotesv1.Candle {
	candles := make([]*quotesv1.Candle, count)
	begin := time.Now().Truncate(time.Minute)
	price := m.points[symbol]
	for i := count - 1; i >= 0; i-- {
		opening := price + m.random.Int64N(81) - 40
		candles[i] = &quotesv1.Candle{
			OpenTime: timestamppb.New(begin), Open: decimal(opening), Close: decimal(price),
			High: decimal(max(opening, price) + m.random.Int64N(25)), Low: decimal(min(opening, price) - m.random.Int64N(25)),
			TickCount: 60 + m.random.Int64N(200), Volume: "0", Complete: i < count-1,
		}
		price, begin = opening, begin.Add(-time.Minute)
	}
	return candles
}
