// Package quotehub tells many clients about the quotes of trading servers from one upstream stream per server.
//
// A feed mirrors the quotes of one server. Clients with the same symbols form a group; what has changed is encoded once
// per symbol and joined once per group, and all members are handed the same frame. A client that is still busy with the
// frame before falls out of that: it gets what changed meanwhile when it is ready, the newest quote of each symbol with
// the count of skipped ones. Its memory is bounded by its symbols, whatever its speed.
package quotehub

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	"mtsuite.dev/gateway/internal/frame"
)

// Options of a hub. All are required but Check.
type Options struct {
	// The service that quotes come from.
	Client quotesv1.QuoteServiceClient
	// Makes the context of an upstream call with a client's key.
	Authorize func(ctx context.Context, key string) context.Context
	// Asks whether a key may still see a server; an error of the codes UNAUTHENTICATED and PERMISSION_DENIED ends the key's
	// subscriptions. Asked once a CheckInterval for each key; never when nil.
	Check         func(ctx context.Context, server, key string) error
	CheckInterval time.Duration
	// Shortest time between two batches to a client.
	BatchInterval time.Duration
	// Longest silence towards a client.
	Heartbeat time.Duration
	// How long a feed without clients is kept, so that they can resume.
	Linger time.Duration
	// How long a client waits for a feed's first snapshot.
	JoinTimeout time.Duration
	// How many quotes a feed remembers to resume from.
	LogLength int
	Logger    *slog.Logger
}

// snapshotPart is how many quotes one message of a snapshot holds at most.
const snapshotPart = 500

// ErrNotReady is what Join fails with when the upstream said nothing in time.
var ErrNotReady = errors.New("the quotes of the server did not come in time")

// Counters count since the start of the process.
type Counters struct {
	// Upstream streams that were opened.
	UpstreamStreams atomic.Int64
	// Quotes handed to clients, and those skipped because newer ones came.
	QuotesSent, QuotesSkipped atomic.Int64
	// Resets told to clients.
	Resets atomic.Int64
}

// Hub has a feed for each server that has clients.
type Hub struct {
	Counters Counters
	options  Options

	mutex sync.Mutex
	feeds map[string]*feed
	// Why the hub takes nobody any more; nil while it does.
	closed error
}

// New makes a hub, which connects when the first client comes.
func New(options Options) *Hub { return &Hub{options: options, feeds: map[string]*feed{}} }

// Request is what a client wants.
type Request struct {
	Server string
	// The client's key, which must have been checked.
	Key string
	// Symbols, which must exist; without All they may be none.
	Symbols []string
	// All symbols of the server.
	All bool
	// Where to go on; the zero value starts with a snapshot.
	ResumeAfter frame.Position
}

// Join subscribes. It waits for the server's quotes if need be. Leave when done.
func (h *Hub) Join(ctx context.Context, request Request) (*Subscriber, error) {
	s := &Subscriber{key: request.Key, slot: make(chan *frame.Frame, 1), wake: make(chan struct{}, 1)}
	h.mutex.Lock()
	if h.closed != nil {
		h.mutex.Unlock()
		return nil, h.closed
	}
	f, ok := h.feeds[request.Server]
	if !ok {
		f = newFeed(h, request.Server, request.Key)
		h.feeds[request.Server] = f
		f.start()
	}
	s.feed = f
	f.mutex.Lock()
	f.addMember(s)
	f.mutex.Unlock()
	h.mutex.Unlock()

	timeout := time.NewTimer(h.options.JoinTimeout)
	defer timeout.Stop()
	err := ctx.Err()
	select {
	case <-f.ready:
	case <-s.wake: // It ended.
	case <-timeout.C:
		err = f.notReady()
	case <-ctx.Done():
		err = ctx.Err()
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if err == nil {
		err = s.err
	}
	if err != nil {
		f.removeMember(s)
		return nil, err
	}
	f.admit(s, request)
	return s, nil
}

// Close ends all subscriptions with `err`.
func (h *Hub) Close(err error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.closed = err
	for server, f := range h.feeds {
		f.mutex.Lock()
		f.endAll(err)
		f.mutex.Unlock()
		f.cancel()
		delete(h.feeds, server)
	}
}

// drop forgets a feed; with onlyIdle, only when nobody is there.
func (h *Hub) drop(f *feed, onlyIdle bool) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if onlyIdle && len(f.members) > 0 || h.feeds[f.server] != f {
		return
	}
	delete(h.feeds, f.server)
	f.cancel()
}
