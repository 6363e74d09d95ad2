package quotehub

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

const (
	firstBackoff = 100 * time.Millisecond
	lastBackoff  = time.Second
	// A stream that says nothing for so many heartbeats is taken for dead.
	deadAfterHeartbeats = 3
)

var (
	errProtocol = errors.New("quotes came without a snapshot before them, or of another epoch")
	errSilent   = errors.New("the stream went silent")
)

// follow keeps the mirror up to date until the feed is dropped: it resumes where it was after every failure.
func (f *feed) follow() {
	backoff := firstBackoff
	for f.ctx.Err() == nil {
		key := f.anyKey()
		began := time.Now()
		err := f.consume(key)
		if f.ctx.Err() != nil {
			return
		}
		if f.judge(key, err) {
			return
		}
		if time.Since(began) > lastBackoff {
			backoff = firstBackoff
		}
		f.hub.options.Logger.Warn("quotes_upstream_lost", "server", f.server, "cause", err.Error())
		wait := time.NewTimer(backoff/2 + rand.N(backoff/2))
		select {
		case <-wait.C:
		case <-f.ctx.Done():
			wait.Stop()
		}
		backoff = min(backoff*2, lastBackoff)
	}
}

// anyKey returns the key of a client that is there.
func (f *feed) anyKey() string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for s := range f.members {
		return s.key
	}
	return f.lastKey
}

// consume follows one upstream stream until it ends.
func (f *feed) consume(key string) error {
	ctx, cancel := context.WithCancelCause(f.ctx)
	defer cancel(nil)
	silence := deadAfterHeartbeats * max(f.hub.options.Heartbeat, time.Second)
	watchdog := time.AfterFunc(silence, func() { cancel(errSilent) })
	defer watchdog.Stop()

	request := &quotesv1.StreamQuotesRequest{Server: f.server}
	f.mutex.Lock()
	f.building, f.resetReason = nil, typev1.StreamReset_SOURCE_RESET
	if f.resumable {
		request.ResumeAfter = &typev1.StreamPosition{Epoch: f.position.Epoch, Sequence: f.position.Sequence}
	}
	f.mutex.Unlock()
	f.hub.Counters.UpstreamStreams.Add(1)
	stream, err := f.hub.options.Client.StreamQuotes(f.hub.options.Authorize(ctx, key), request)
	if err != nil {
		return err
	}
	for {
		message, err := stream.Recv()
		if err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return err
		}
		watchdog.Reset(silence)
		if err := f.apply(message, time.Now()); err != nil {
			f.mutex.Lock()
			f.resumable = false // The next stream starts with a snapshot.
			f.mutex.Unlock()
			return err
		}
	}
}

// judge ends those whom a failure of the upstream is for. True when the feed is over.
func (f *feed) judge(key string, err error) bool {
	f.mutex.Lock()
	f.lastError = err
	switch status.Code(err) {
	case codes.Unauthenticated, codes.PermissionDenied:
		f.evict(key, err)
	case codes.NotFound, codes.InvalidArgument, codes.FailedPrecondition, codes.Unimplemented:
		f.endAll(err)
		f.mutex.Unlock()
		f.hub.drop(f, false)
		return true
	}
	alone := len(f.members) == 0
	f.mutex.Unlock()
	if alone {
		f.hub.drop(f, true)
	}
	return false
}

// evict ends all clients of a key.
func (f *feed) evict(key string, err error) {
	for s := range f.members {
		if s.key == key {
			s.end(err)
		}
	}
}

// notReady is why there is no snapshot yet.
func (f *feed) notReady() error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.lastError != nil {
		return f.lastError
	}
	return ErrNotReady
}

// maxDelay is how many intervals a batch waits at most for clients that are busy.
const maxDelay = 5

// tell flushes what has changed, at most once an interval, and sends heartbeats.
func (f *feed) tell() {
	options := &f.hub.options
	pulse := time.NewTicker(options.Heartbeat / 10)
	defer pulse.Stop()
	check := time.NewTicker(max(options.CheckInterval, time.Second))
	defer check.Stop()
	next := time.NewTimer(0)
	defer next.Stop()
	var last time.Time
	for {
		select {
		case <-f.ctx.Done():
			return
		case <-f.kick:
			next.Reset(max(options.BatchInterval-time.Since(last), 0))
		case <-next.C:
			if time.Since(last) < maxDelay*options.BatchInterval && f.busy() {
				next.Reset(options.BatchInterval / 4)
				continue
			}
			last = time.Now()
			f.flush(last)
		case now := <-pulse.C:
			f.heartbeat(now, options.Heartbeat*8/10)
		case <-check.C:
			if options.Check != nil && options.CheckInterval > 0 {
				go f.checkKeys()
			}
		}
	}
}

// checkKeys ends the clients whose key is no longer good.
func (f *feed) checkKeys() {
	f.mutex.Lock()
	keys := map[string]bool{}
	for s := range f.members {
		keys[s.key] = true
	}
	f.mutex.Unlock()
	for key := range keys {
		ctx, cancel := context.WithTimeout(f.ctx, f.hub.options.JoinTimeout)
		err := f.hub.options.Check(ctx, f.server, key)
		cancel()
		if code := status.Code(err); code == codes.Unauthenticated || code == codes.PermissionDenied {
			f.mutex.Lock()
			f.evict(key, err)
			f.mutex.Unlock()
		}
	}
}
