package gateway

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	"mtsuite.dev/gateway/internal/fakemarket"
	"mtsuite.dev/gateway/internal/frame"
)

var (
	chaosSeed = flag.Uint64("chaos-seed", 0, "seed of the stream property tests; 0 takes a new one")
	chaosTime = flag.Duration("chaos-time", 3*time.Second, "how long the stream property tests make trouble")
)

func seeded(t *testing.T) uint64 {
	seed := *chaosSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("to repeat the choices: go test ./internal/gateway -run %s -chaos-seed %d", t.Name(), seed)
	return seed
}

// quoteConsumer follows a stream of quotes as docs/streaming.md tells clients to.
type quoteConsumer struct {
	symbols map[string]bool // nil for all
	// What the stream has told.
	quotes   map[string]*quotesv1.Quote
	position frame.Position
	// Messages that were not answered yet, and whether the snapshot of an added symbol has not ended: a break would lose it.
	unanswered int
	incomplete bool
	// What it saw, to make sure that the test tests.
	snapshots, resets, skipped, heartbeats int
}

func (c *quoteConsumer) forget() {
	c.quotes, c.position = map[string]*quotesv1.Quote{}, frame.Position{}
}

// take applies a message, and fails when something is missing without having been announced.
func (c *quoteConsumer) take(m message) error {
	switch content := m.quotes.GetContent().(type) {
	case *quotesv1.StreamQuotesResponse_Reset_:
		c.forget()
		c.resets++
	case *quotesv1.StreamQuotesResponse_Snapshot:
		for _, quote := range content.Snapshot.GetQuotes() {
			c.quotes[quote.GetSymbol()] = quote
		}
	case *quotesv1.StreamQuotesResponse_SnapshotEnd:
		c.snapshots++
		c.incomplete = false
	case *quotesv1.StreamQuotesResponse_Heartbeat:
		c.heartbeats++
	case *quotesv1.StreamQuotesResponse_Quotes:
		skipped := map[string]int64{}
		for _, one := range content.Quotes.GetSkipped() {
			skipped[one.GetSymbol()] = one.GetCount()
			c.skipped++
		}
		for _, quote := range content.Quotes.GetQuotes() {
			name := quote.GetSymbol()
			if c.symbols != nil && !c.symbols[name] && c.unanswered == 0 {
				return fmt.Errorf("a quote of %s, which is not subscribed", name)
			}
			if had := c.quotes[name]; had != nil && quote.GetSequence() != had.GetSequence()+skipped[name]+1 {
				return fmt.Errorf("%s went from tick %d to %d with %d skipped", name, had.GetSequence(), quote.GetSequence(), skipped[name])
			}
			c.quotes[name] = quote
		}
	}
	if at := m.quotes.GetPosition(); at != nil {
		position := frame.Position{Epoch: at.GetEpoch(), Sequence: at.GetSequence()}
		if position.Epoch == c.position.Epoch && position.Sequence < c.position.Sequence {
			return fmt.Errorf("the position went back from %v to %v", c.position, position)
		}
		c.position = position
	}
	return nil
}

// equals tells whether the consumer knows what the market has.
func (c *quoteConsumer) equals(market map[string]*quotesv1.Quote) bool {
	for name, quote := range market {
		if c.symbols != nil && !c.symbols[name] {
			continue
		}
		had := c.quotes[name]
		if had == nil || had.GetSequence() != quote.GetSequence() || had.GetBid() != quote.GetBid() || had.GetAsk() != quote.GetAsk() {
			return false
		}
	}
	return true
}

// connect opens a stream of a random kind, resuming where that is possible and mostly wanted.
func (c *quoteConsumer) connect(f *streamFixture, random *rand.Rand) (streamClient, error) {
	if c.unanswered > 0 || c.incomplete || random.IntN(5) == 0 {
		c.forget()
	}
	c.unanswered, c.incomplete = 0, false
	query := []string{positionQuery(c.position)}
	if c.symbols != nil {
		query = append(query, "symbols="+strings.Join(slices.Sorted(maps.Keys(c.symbols)), ","))
	}
	target := quotesPath + "?" + strings.Trim(strings.Join(query, "&"), "&")
	if random.IntN(3) == 0 {
		return f.events(target)
	}
	client, _, err := f.dial(target, random.IntN(2) == 0, withKey)
	return client, err
}

// change subscribes or unsubscribes something.
func (c *quoteConsumer) change(client webSocketClient, all []string, random *rand.Rand) error {
	name := all[random.IntN(len(all))]
	kind := "subscribe"
	if c.symbols[name] {
		kind = "unsubscribe"
		delete(c.symbols, name)
		delete(c.quotes, name)
	} else {
		c.symbols[name] = true
	}
	c.unanswered++ // Quotes of what was unsubscribed may be on their way.
	return client.Write(context.Background(), websocket.MessageText,
		fmt.Appendf(nil, `{"id": "%s", "%s": {"symbols": ["%s"]}}`, kind, kind, name))
}

// live goes through one connection until it ends, or until `done`.
func (c *quoteConsumer) live(f *streamFixture, all []string, random *rand.Rand, done func() bool) error {
	client, err := c.connect(f, random)
	if err != nil {
		return nil // The gateway could not reach the market in time; try again.
	}
	defer client.close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for left := 1 + random.IntN(60); ; {
		text, err := client.read(ctx)
		if err != nil {
			return ctx.Err()
		}
		m, err := parseMessage(text, false)
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		switch {
		case m.note.Error != nil:
			return nil
		case m.note.Subscription != nil:
			for name := range c.quotes {
				if !slices.Contains(m.note.Subscription.Symbols, name) {
					delete(c.quotes, name)
				}
			}
			c.unanswered--
			c.incomplete = c.incomplete || m.note.ID == "subscribe"
			continue
		}
		if err := c.take(m); err != nil {
			return fmt.Errorf("%w, in %s", err, m.raw)
		}
		if done() {
			if c.equals(f.market.Quotes()) {
				return nil
			}
			continue
		}
		if left--; left == 0 {
			return nil
		}
		socket, isSocket := client.(webSocketClient)
		switch choice := random.IntN(20); {
		case choice == 0:
			<-time.After(time.Duration(random.IntN(200)) * time.Millisecond) // Stalls: this is what is tested.
		case choice == 1 && isSocket && c.symbols != nil:
			if c.change(socket, all, random) != nil {
				return nil
			}
		}
	}
}

// Clients drop, stall, change their symbols and resume; the upstream breaks and starts over. Whatever happens, each gap is
// announced, and in the end each client knows what the market has.
func TestQuotesSurviveEverything(t *testing.T) {
	seed := seeded(t)
	var all []string
	for i := range 40 {
		all = append(all, fmt.Sprintf("SYM%02d", i))
	}
	f := newStreamFixture(t, fakemarket.Options{Symbols: all, History: 3000, Heartbeat: 100 * time.Millisecond})
	quiet := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		random := rand.New(rand.NewPCG(seed, 1000))
		defer close(quiet)
		end := time.Now().Add(*chaosTime)
		for restarted := false; time.Now().Before(end); {
			switch choice := random.IntN(400); {
			case choice == 0 || !restarted && time.Until(end) < *chaosTime/2:
				f.market.Restart()
				restarted = true
			case choice < 4:
				f.market.Cut()
			case choice < 8:
				<-time.After(150 * time.Millisecond) // Long enough for heartbeats.
			default:
				f.market.TickRandom(1 + random.IntN(60))
				<-time.After(time.Duration(random.IntN(4000)) * time.Microsecond)
			}
		}
	})
	consumers := make([]*quoteConsumer, 12)
	for i := range consumers {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		c := &quoteConsumer{}
		if i%3 > 0 {
			c.symbols = map[string]bool{}
			for range 1 + random.IntN(20) {
				c.symbols[all[random.IntN(len(all))]] = true
			}
		}
		c.forget()
		consumers[i] = c
		isQuiet := func() bool {
			select {
			case <-quiet:
				return true
			default:
				return false
			}
		}
		group.Go(func() {
			for finish := time.Now().Add(*chaosTime + 20*time.Second); ; {
				if err := c.live(f, all, random, isQuiet); err != nil {
					t.Errorf("client %d: %v", i, err)
					return
				}
				if isQuiet() && c.equals(f.market.Quotes()) {
					return
				}
				if time.Now().After(finish) {
					t.Errorf("client %d never got to know what the market has", i)
					return
				}
			}
		})
	}
	group.Wait()
	var sum quoteConsumer
	for _, c := range consumers {
		sum.snapshots += c.snapshots
		sum.resets += c.resets
		sum.skipped += c.skipped
		sum.heartbeats += c.heartbeats
	}
	t.Logf("%d snapshots, %d resets, %d counts of skipped ticks, %d heartbeats", sum.snapshots, sum.resets, sum.skipped, sum.heartbeats)
	if sum.snapshots == 0 || sum.resets == 0 || sum.skipped == 0 || sum.heartbeats == 0 {
		t.Error("the test did not get to everything")
	}
}
