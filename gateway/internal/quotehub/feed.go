package quotehub

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
	"mtsuite.dev/gateway/internal/frame"
)

// symbol is what a feed knows about one symbol.
type symbol struct {
	name string
	// Place among all symbols of the feed.
	index int
	// The newest quote and the count of its ticks; nil and 0 before the first.
	quote    *quotesv1.Quote
	sequence int64
	// What clients were told last: the tick's count, and the quote as JSON.
	flushed int64
	json    []byte
	// The newest is not told yet.
	dirty bool
}

// feed mirrors the quotes of one server.
type feed struct {
	hub    *Hub
	server string
	ctx    context.Context
	cancel context.CancelFunc
	// Closed when the first snapshot is complete.
	ready chan struct{}
	// Something is dirty.
	kick chan struct{}

	mutex   sync.Mutex
	symbols map[string]*symbol
	all     []*symbol
	dirty   []*symbol
	// Where the upstream stands, and what clients were told; the same epoch. None before the first snapshot.
	position, flushed frame.Position
	// The upstream can go on after `position`.
	resumable bool
	log       resumeLog
	// A snapshot that is not complete; nil when none is coming.
	building map[string]*quotesv1.Quote
	// Why the snapshot that is coming replaces the one before.
	resetReason typev1.StreamReset_Reason
	// When the server's last tick of any symbol came; zero when not known.
	lastTick time.Time

	groups  map[string]*group
	members map[*Subscriber]struct{}
	// Key of the newest client, for when there is none.
	lastKey string
	idle    *time.Timer
	// Why the upstream last failed.
	lastError error
}

// group are the clients that have the same symbols.
type group struct {
	key     string
	symbols []*symbol // nil for all
	members []*Subscriber
	// When its members were last told something.
	lastSent time.Time
	// The snapshot at a position, for all who need it there.
	snapshot   []*frame.Frame
	snapshotAt frame.Position
}

// allKey is the key of the group that has every symbol; names of symbols hold no commas.
const allKey = ","

func newFeed(h *Hub, server, key string) *feed {
	f := &feed{
		hub: h, server: server, ready: make(chan struct{}), kick: make(chan struct{}, 1),
		symbols: map[string]*symbol{}, groups: map[string]*group{}, members: map[*Subscriber]struct{}{}, lastKey: key,
		log: resumeLog{limit: h.options.LogLength},
	}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	return f
}

func (f *feed) start() {
	go f.follow()
	go f.tell()
}

func (f *feed) symbol(name string) *symbol {
	s, ok := f.symbols[name]
	if !ok {
		s = &symbol{name: name, index: len(f.all)}
		f.symbols[name] = s
		f.all = append(f.all, s)
	}
	return s
}

func (f *feed) symbolsOf(g *group) []*symbol {
	if g.symbols == nil {
		return f.all
	}
	return g.symbols
}

// apply takes one upstream message.
func (f *feed) apply(message *quotesv1.StreamQuotesResponse, now time.Time) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	position := frame.Position{Epoch: message.GetPosition().GetEpoch(), Sequence: message.GetPosition().GetSequence()}
	switch content := message.GetContent().(type) {
	case *quotesv1.StreamQuotesResponse_Reset_:
		f.building, f.resetReason = map[string]*quotesv1.Quote{}, content.Reset_.GetReason()
	case *quotesv1.StreamQuotesResponse_Snapshot:
		if f.building == nil {
			f.building = map[string]*quotesv1.Quote{}
		}
		for _, quote := range content.Snapshot.GetQuotes() {
			f.building[quote.GetSymbol()] = quote
		}
	case *quotesv1.StreamQuotesResponse_SnapshotEnd:
		f.install(position)
	case *quotesv1.StreamQuotesResponse_Quotes:
		if f.building != nil || position.Epoch != f.position.Epoch {
			return errProtocol
		}
		f.lastTick, f.position = now, position
		for _, quote := range content.Quotes.GetQuotes() {
			f.update(quote)
		}
		f.signal()
	case *quotesv1.StreamQuotesResponse_Heartbeat:
		if age := content.Heartbeat.GetFeedAge(); age != nil {
			f.lastTick = now.Add(-age.AsDuration())
		}
		if f.building == nil && position.Epoch == f.position.Epoch {
			f.position = position
			if len(f.dirty) == 0 {
				f.flushed = position
			}
		}
	}
	return nil
}

func (f *feed) update(quote *quotesv1.Quote) {
	s := f.symbol(quote.GetSymbol())
	if quote.GetSequence() <= s.sequence {
		return // Told before.
	}
	s.quote, s.sequence = quote, quote.GetSequence()
	if !s.dirty {
		s.dirty = true
		f.dirty = append(f.dirty, s)
	}
}

func (f *feed) signal() {
	if len(f.dirty) == 0 {
		f.flushed = f.position
		return
	}
	select {
	case f.kick <- struct{}{}:
	default:
	}
}

// install makes a complete snapshot the mirror. Whoever is there forgets what it knew.
func (f *feed) install(position frame.Position) {
	isFirst := f.position.Epoch == ""
	for _, s := range f.all {
		*s = symbol{name: s.name, index: s.index}
	}
	f.dirty = f.dirty[:0]
	for name, quote := range f.building {
		s := f.symbol(name)
		s.quote, s.sequence, s.flushed = quote, quote.GetSequence(), quote.GetSequence()
		s.json = appendQuote(s.json[:0], quote)
	}
	f.building = nil
	f.position, f.flushed, f.resumable = position, position, true
	f.log.clear(position.Sequence)
	if isFirst {
		close(f.ready)
		return
	}
	for _, g := range f.groups {
		g.snapshot = nil
		for _, s := range g.members {
			s.startOver(f.resetReason)
		}
	}
}

// busy tells whether many of the clients that keep up have not taken what they were told last. Then all gain from a larger
// batch a little later, which they share; otherwise each would fall behind and need one of its own.
func (f *feed) busy() bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	keepUp, waiting := 0, 0
	for s := range f.members {
		if s.group == nil || s.behind {
			continue
		}
		keepUp++
		waiting += len(s.slot)
	}
	return waiting*10 > keepUp
}

// flush tells all clients what is dirty.
func (f *feed) flush(now time.Time) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if len(f.dirty) == 0 {
		return
	}
	for _, s := range f.dirty {
		s.json = appendQuote(s.json[:0], s.quote)
	}
	for _, g := range f.groups {
		changed := f.dirty
		if g.symbols != nil {
			changed = changed[:0:0]
			for _, s := range g.symbols {
				if s.dirty {
					changed = append(changed, s)
				}
			}
		}
		if len(changed) == 0 {
			continue
		}
		message, skipped := quotesFrame(f.position, changed, func(s *symbol) int64 { return s.sequence - s.flushed - 1 })
		g.lastSent = now
		taken := int64(0)
		for _, s := range g.members {
			if s.offer(message) {
				taken++
			}
		}
		f.hub.Counters.QuotesSent.Add(int64(len(changed)) * taken)
		f.hub.Counters.QuotesSkipped.Add(skipped * taken)
	}
	f.log.add(f.position.Sequence, f.dirty)
	for _, s := range f.dirty {
		s.flushed, s.dirty = s.sequence, false
	}
	f.dirty, f.flushed = f.dirty[:0], f.position
}

// heartbeat tells the groups that heard nothing for long that nothing happened.
func (f *feed) heartbeat(now time.Time, silence time.Duration) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.flushed.Epoch == "" {
		return
	}
	var message *frame.Frame
	for _, g := range f.groups {
		if now.Sub(g.lastSent) < silence {
			continue
		}
		if message == nil {
			message = heartbeatFrame(f.flushed, now, f.lastTick)
		}
		g.lastSent = now
		for _, s := range g.members {
			s.offerHeartbeat(message)
		}
	}
}

// groupOf finds or makes the group of a set of symbols.
func (f *feed) groupOf(all bool, names []string) *group {
	key := allKey
	if !all {
		names = slices.Compact(slices.Sorted(slices.Values(names)))
		key = strings.Join(names, ",")
	}
	g, ok := f.groups[key]
	if !ok {
		g = &group{key: key, lastSent: time.Now()}
		if !all {
			g.symbols = make([]*symbol, len(names))
			for i, name := range names {
				g.symbols[i] = f.symbol(name)
			}
		}
		f.groups[key] = g
	}
	return g
}

// snapshotOf returns the snapshot of a group as of what was told last.
func (f *feed) snapshotOf(g *group) []*frame.Frame {
	if g.snapshot == nil || g.snapshotAt != f.flushed {
		g.snapshot, g.snapshotAt = snapshotFrames(f.flushed, f.symbolsOf(g)), f.flushed
	}
	return g.snapshot
}
