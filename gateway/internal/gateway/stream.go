package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/metadata"

	ordersv1 "mtsuite.dev/gateway/gen/mtsuite/orders/v1"
	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
	"mtsuite.dev/gateway/internal/frame"
	"mtsuite.dev/gateway/internal/quotehub"
)

// streams serves the rpcs that stream, as WebSocket and as server-sent events.
type streams struct {
	config  Streams
	origins []string
	slots   inFlight
	metrics *metrics
	quotes  quotesv1.QuoteServiceClient
	orders  ordersv1.OrderServiceClient
	hub     *quotehub.Hub

	// Done when the gateway stops; its cause is the problem that clients are told.
	stopping context.Context
	stopWith context.CancelCauseFunc
	open     sync.WaitGroup
}

// hubLinger is how long the quotes of a server are followed after its last client left.
const hubLinger = 30 * time.Second

// resumeLength is how many quotes a server's feed remembers for clients that resume: at 5,000 quotes a second some 13
// seconds, in about 3 MB.
const resumeLength = 1 << 16

// openTimeout is how long opening a stream may take.
const openTimeout = 10 * time.Second

func newStreams(config Config, services map[string]*backend, metrics *metrics, logger *slog.Logger) *streams {
	s := &streams{
		config: config.Streams, origins: config.CORS.AllowedOrigins, slots: inFlight{max: config.Streams.Max},
		metrics: metrics,
		quotes:  quotesv1.NewQuoteServiceClient(services["quotes"]),
		orders:  ordersv1.NewOrderServiceClient(services["orders"]),
	}
	s.stopping, s.stopWith = context.WithCancelCause(context.Background())
	s.hub = quotehub.New(quotehub.Options{
		Client:        s.quotes,
		Authorize:     authorizedContext,
		Check:         s.checkKey,
		CheckInterval: config.Streams.KeyCheckInterval,
		BatchInterval: config.Streams.BatchInterval,
		Heartbeat:     config.Streams.Heartbeat,
		Linger:        hubLinger,
		JoinTimeout:   openTimeout,
		LogLength:     resumeLength,
		Logger:        logger,
	})
	metrics.observeHub(&s.hub.Counters)
	return s
}

// stop ends all streams and takes no more.
func (s *streams) stop() {
	problem := newProblem(http.StatusServiceUnavailable, typev1.ErrorReason_SHUTTING_DOWN,
		"The gateway is being stopped. Connect again; the stream resumes where it ended.")
	problem.RetryAfter = 1
	s.stopWith(problem)
	s.hub.Close(problem)
}

// wait returns when all streams have ended.
func (s *streams) wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		s.open.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// source is where the messages of one client come from.
type source interface {
	// next waits for what to send next; an error ends the stream.
	next(ctx context.Context) ([]*frame.Frame, error)
	// receive takes a message of the client; a problem ends the stream.
	receive(ctx context.Context, message *clientMessage) *Problem
	close()
}

// opener opens a source with a key, or says why not.
type opener func(ctx context.Context, c *call) (source, error)

// serve answers a request for a stream. It returns when the stream has ended.
func (s *streams) serve(w http.ResponseWriter, r *http.Request, rt *route) {
	c := callFrom(r.Context())
	c.route = rt
	if !s.slots.enter() {
		p := newProblem(http.StatusTooManyRequests, typev1.ErrorReason_TOO_MANY_STREAMS,
			"As many streams are open as this gateway serves. Try again later.").
			with("max_streams", strconv.FormatInt(s.slots.max, 10))
		p.RetryAfter = 5
		writeProblem(w, r, p)
		return
	}
	defer s.slots.leave()
	s.open.Add(1)
	defer s.open.Done()
	isWebSocket, problem := s.negotiate(r)
	var opens opener
	if problem == nil {
		opens, problem = s.parse(r, rt, isWebSocket)
	}
	if problem == nil && (!isWebSocket || hasKey(r.Header)) {
		c.apiKey, problem = apiKeyOf(r.Header)
	}
	if problem != nil {
		writeProblem(w, r, problem)
		return
	}
	name := "quotes"
	if strings.HasSuffix(rt.rpc, "StreamTradeEvents") {
		name = "events"
	}
	if isWebSocket {
		s.serveWebSocket(w, r, &session{streams: s, name: name, call: c, instance: r.URL.EscapedPath(), open: opens})
		return
	}
	s.serveEvents(w, r, &session{streams: s, name: name, call: c, instance: r.URL.EscapedPath(), open: opens})
}

// negotiate tells in which of the two forms the stream is wanted.
func (s *streams) negotiate(r *http.Request) (isWebSocket bool, problem *Problem) {
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return true, s.checkOrigin(r)
	}
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if accept == "" {
		return false, nil
	}
	for _, part := range strings.Split(accept, ",") {
		mediaType, _, _ := strings.Cut(part, ";")
		switch strings.ToLower(strings.TrimSpace(mediaType)) {
		case "text/event-stream", "text/*", "*/*":
			return false, nil
		}
	}
	return false, newProblem(http.StatusNotAcceptable, typev1.ErrorReason_FIELD_INVALID,
		"This path is a stream: connect with a WebSocket, or send Accept: text/event-stream.").
		violating("Accept", "must allow text/event-stream")
}

// checkOrigin refuses pages of foreign origins: browsers let any page open a WebSocket to anywhere, and say only whose it
// is. Clients that are no browsers send no origin.
func (s *streams) checkOrigin(r *http.Request) *Problem {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(s.origins, origin) {
		return nil
	}
	if parsed, err := url.Parse(origin); err == nil && parsed.Host != "" && strings.EqualFold(parsed.Host, r.Host) {
		return nil
	}
	return newProblem(http.StatusForbidden, typev1.ErrorReason_FIELD_INVALID,
		"Pages of this origin may not open streams; the gateway's configuration lists those that may in cors.allowed_origins.").
		violating("Origin", "must be the gateway's own or an allowed one")
}

func hasKey(header http.Header) bool {
	return header.Get("Authorization") != "" || header.Get("X-Api-Key") != ""
}

// session is one stream while it is served.
type session struct {
	streams *streams
	// "quotes" or "events".
	name     string
	call     *call
	instance string
	open     opener
}

// upstreamCall is a call of its own for something that the stream asks a service: the stream's lasts as long as it.
func (s *session) upstreamCall() *call {
	return &call{requestID: s.call.requestID, traceparent: s.call.traceparent, tracestate: s.call.tracestate,
		route: s.call.route, apiKey: s.call.apiKey}
}

// openSource opens the stream's source.
func (s *session) openSource(ctx context.Context) (source, *Problem) {
	c := s.upstreamCall()
	opened, err := s.open(outgoing(ctx, c), c)
	if err != nil {
		problem := s.problem(err, c)
		s.call.cause = c.cause
		return nil, problem
	}
	return opened, nil
}

// problem finds out what to tell the client about `err`, which came from the call `c` or from the hub.
func (s *session) problem(err error, c *call) *Problem {
	var own, p *Problem
	switch {
	case errors.As(err, &own):
		copied := *own // The hub tells all clients the same one.
		p = &copied
	case errors.Is(err, quotehub.ErrNotReady), errors.Is(err, context.DeadlineExceeded):
		p = newProblem(http.StatusServiceUnavailable, typev1.ErrorReason_SERVICE_UNAVAILABLE,
			"The service "+s.call.route.service()+" did not send anything in time. Try again.")
		p.RetryAfter = 1
	case errors.Is(err, context.Canceled):
		p = newProblem(http.StatusServiceUnavailable, typev1.ErrorReason_CANCELLED, "The client hung up.")
	default:
		c.invoked = true
		request := (&http.Request{URL: &url.URL{Path: s.instance}}).WithContext(withCall(context.Background(), c))
		p = problemOf(request, err)
	}
	p.complete(c, s.instance)
	return p
}

// outgoing is the context of what a call asks a service.
func outgoing(ctx context.Context, c *call) context.Context {
	return metadata.NewOutgoingContext(withCall(ctx, c), c.metadata())
}

// authorizedContext makes the context of a call of the hub with a client's key.
func authorizedContext(ctx context.Context, key string) context.Context {
	c := newCall(http.Header{})
	c.apiKey = key
	return outgoing(ctx, c)
}

// transport is a connection to a client.
type transport interface {
	write(frames []*frame.Frame) error
	// finish tells why the stream ends, and ends it.
	finish(p *Problem)
}

// pump passes messages on until the stream ends: then it says why, unless the client is gone.
func (s *session) pump(ctx context.Context, from source, to transport) {
	for {
		frames, err := from.next(ctx)
		if err == nil {
			if err = to.write(frames); err == nil {
				s.streams.metrics.streamFrames.WithLabelValues(s.name).Add(float64(len(frames)))
				continue
			}
			s.ended("CLIENT_GONE")
			to.finish(nil)
			return
		}
		var problem *Problem
		if cause := context.Cause(ctx); cause != nil && !errors.As(cause, &problem) {
			s.ended("CLIENT_GONE")
			to.finish(nil)
			return
		}
		if problem != nil {
			err = problem
		}
		c := s.upstreamCall()
		c.sent.Store(true)
		problem = s.problem(err, c)
		s.call.problem, s.call.cause = problem, c.cause
		s.ended(problem.Reason)
		to.finish(problem)
		return
	}
}

func (s *session) ended(reason string) {
	s.streams.metrics.streamsEnded.WithLabelValues(s.name, reason).Inc()
}
