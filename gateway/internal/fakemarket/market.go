// Package fakemarket plays the quotes and orders services for tests of the gateway: real gRPC servers over a market and a
// book in memory, which tests move, break and restart. Nothing but tests uses it.
package fakemarket

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

// Server is the only trading server of a market.
const Server = "mt5-demo"

// Options of a market.
type Options struct {
	Symbols []string
	// How many ticks it remembers to resume from.
	History int
	// Longest silence of a stream.
	Heartbeat time.Duration
	// Shortest time between two batches of a stream.
	Batch time.Duration
	// Keys that may do anything; any key when empty.
	Keys []string
}

// Market is a QuoteService.
type Market struct {
	quotesv1.UnimplementedQuoteServiceServer
	options Options

	mutex    sync.Mutex
	random   *rand.Rand
	epoch    int
	sequence int64
	quotes   map[string]*quotesv1.Quote
	points   map[string]int64
	// Symbols of the last ticks, of which the last is that of `sequence`.
	history []string
	revoked map[string]bool
	lastAt  time.Time
	// Closed and replaced when something changes, and when streams are to be cut.
	changed, cut chan struct{}
	// Streams that were opened.
	streams int
	candles map[string][]*quotesv1.Candle
}

// New makes a market with a first quote of every symbol.
func New(seed uint64, options Options) *Market {
	m := &Market{
		options: options, random: rand.New(rand.NewPCG(seed, 1)), quotes: map[string]*quotesv1.Quote{},
		points: map[string]int64{}, revoked: map[string]bool{}, changed: make(chan struct{}), cut: make(chan struct{}),
		candles: map[string][]*quotesv1.Candle{},
	}
	for i, name := range options.Symbols {
		m.points[name] = 100_000 + int64(i)*777
	}
	m.Tick(options.Symbols...)
	return m
}

// Tick moves the given symbols by a few points.
func (m *Market) Tick(symbols ...string) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.lastAt = time.Now()
	for _, name := range symbols {
		m.points[name] = max(1, m.points[name]+m.random.Int64N(21)-10)
		bid := m.points[name]
		count := int64(0)
		if before := m.quotes[name]; before != nil {
			count = before.GetSequence()
		}
		m.quotes[name] = &quotesv1.Quote{
			Symbol: name, Bid: decimal(bid), Ask: decimal(bid + 1 + m.random.Int64N(3)),
			Time: timestamppb.New(m.lastAt.Truncate(time.Millisecond)), Sequence: count + 1,
		}
		m.sequence++
		m.history = append(m.history, name)
	}
	if drop := len(m.history) - m.options.History; drop > 0 {
		m.history = slices.Delete(m.history, 0, drop)
	}
	close(m.changed)
	m.changed = make(chan struct{})
}

// TickRandom moves `count` symbols, chosen with repetition.
func (m *Market) TickRandom(count int) {
	symbols := make([]string, count)
	m.mutex.Lock()
	for i := range symbols {
		symbols[i] = m.options.Symbols[m.random.IntN(len(m.options.Symbols))]
	}
	m.mutex.Unlock()
	m.Tick(symbols...)
}

// Cut breaks all streams.
func (m *Market) Cut() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	close(m.cut)
	m.cut = make(chan struct{})
}

// Restart breaks all streams and begins a new epoch, in which ticks are counted anew.
func (m *Market) Restart() {
	m.mutex.Lock()
	m.epoch++
	m.sequence, m.history = 0, nil
	for _, quote := range m.quotes {
		m.sequence++
		m.history = append(m.history, quote.GetSymbol())
		quote = &quotesv1.Quote{Symbol: quote.GetSymbol(), Bid: quote.GetBid(), Ask: quote.GetAsk(), Time: quote.GetTime(), Sequence: 1}
		m.quotes[quote.GetSymbol()] = quote
	}
	m.mutex.Unlock()
	m.Cut()
}

// Revoke makes a key invalid.
func (m *Market) Revoke(key string) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.revoked[key] = true
}

// Quotes returns the last quote of every symbol.
func (m *Market) Quotes() map[string]*quotesv1.Quote {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	copied := map[string]*quotesv1.Quote{}
	for name, quote := range m.quotes {
		copied[name] = quote // Quotes are replaced, not changed.
	}
	return copied
}

// Streams tells how many streams were opened.
func (m *Market) Streams() int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.streams
}

// position needs the mutex.
func (m *Market) position() *typev1.StreamPosition {
	return &typev1.StreamPosition{Epoch: fmt.Sprintf("e%d", m.epoch), Sequence: m.sequence}
}

// StreamQuotes implements the stream as its contract has it, conflating what comes while a message is being sent.
func (m *Market) StreamQuotes(request *quotesv1.StreamQuotesRequest, stream grpc.ServerStreamingServer[quotesv1.StreamQuotesResponse]) error {
	if err := m.admit(stream.Context(), request.GetServer(), request.GetSymbols()); err != nil {
		return err
	}
	m.mutex.Lock()
	m.streams++
	cut := m.cut
	m.mutex.Unlock()
	wanted := map[string]bool{}
	for _, name := range request.GetSymbols() {
		wanted[name] = true
	}
	told := map[string]int64{}
	var messages []*quotesv1.StreamQuotesResponse
	m.mutex.Lock()
	after, now := request.GetResumeAfter(), m.position()
	switch {
	case after == nil:
		messages = m.snapshot(wanted, told)
	case after.GetEpoch() != now.GetEpoch() || after.GetSequence() > now.GetSequence():
		messages = append(resetMessage(typev1.StreamReset_POSITION_UNKNOWN), m.snapshot(wanted, told)...)
	case now.GetSequence()-after.GetSequence() > int64(len(m.history)):
		messages = append(resetMessage(typev1.StreamReset_POSITION_EXPIRED), m.snapshot(wanted, told)...)
	default:
		for name, quote := range m.quotes {
			told[name] = quote.GetSequence()
		}
		for _, name := range m.history[len(m.history)-int(now.GetSequence()-after.GetSequence()):] {
			told[name]--
		}
	}
	m.mutex.Unlock()
	for {
		for _, message := range messages {
			if err := stream.Send(message); err != nil {
				return err
			}
		}
		var changed chan struct{}
		messages, changed = m.news(wanted, told)
		if messages != nil {
			continue
		}
		select {
		case <-cut:
			return status.Error(codes.Unavailable, "cut")
		case <-stream.Context().Done():
			return stream.Context().Err()
		case <-changed:
			<-time.After(m.options.Batch)
		case <-time.After(m.options.Heartbeat):
			m.mutex.Lock()
			messages = []*quotesv1.StreamQuotesResponse{{Position: m.position(), Content: &quotesv1.StreamQuotesResponse_Heartbeat{
				Heartbeat: &typev1.StreamHeartbeat{Time: timestamppb.Now(), FeedAge: durationpb.New(time.Since(m.lastAt))}}}}
			m.mutex.Unlock()
		}
	}
}

func resetMessage(reason typev1.StreamReset_Reason) []*quotesv1.StreamQuotesResponse {
	return []*quotesv1.StreamQuotesResponse{{Content: &quotesv1.StreamQuotesResponse_Reset_{Reset_: &typev1.StreamReset{Reason: reason}}}}
}

// snapshot needs the mutex.
func (m *Market) snapshot(wanted map[string]bool, told map[string]int64) []*quotesv1.StreamQuotesResponse {
	batch := &quotesv1.QuoteBatch{}
	for name, quote := range m.quotes {
		if len(wanted) == 0 || wanted[name] {
			batch.Quotes = append(batch.Quotes, quote)
		}
		told[name] = quote.GetSequence()
	}
	return []*quotesv1.StreamQuotesResponse{
		{Content: &quotesv1.StreamQuotesResponse_Snapshot{Snapshot: batch}},
		{Position: m.position(), Content: &quotesv1.StreamQuotesResponse_SnapshotEnd{SnapshotEnd: &emptypb.Empty{}}},
	}
}

// news returns what was not told yet, or how to wait for it.
func (m *Market) news(wanted map[string]bool, told map[string]int64) ([]*quotesv1.StreamQuotesResponse, chan struct{}) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	batch := &quotesv1.QuoteBatch{}
	for name, quote := range m.quotes {
		if len(wanted) > 0 && !wanted[name] || quote.GetSequence() <= told[name] {
			continue
		}
		batch.Quotes = append(batch.Quotes, quote)
		if skipped := quote.GetSequence() - told[name] - 1; skipped > 0 {
			batch.Skipped = append(batch.Skipped, &quotesv1.SkippedQuotes{Symbol: name, Count: skipped})
		}
		told[name] = quote.GetSequence()
	}
	if len(batch.Quotes) == 0 {
		return nil, m.changed
	}
	return []*quotesv1.StreamQuotesResponse{
		{Position: m.position(), Content: &quotesv1.StreamQuotesResponse_Quotes{Quotes: batch}}}, nil
}

// decimal writes points as a price with five places.
func decimal(points int64) string {
	text := strconv.FormatInt(points, 10)
	text = strings.Repeat("0", max(0, 6-len(text))) + text
	return text[:len(text)-5] + "." + text[len(text)-5:]
}
