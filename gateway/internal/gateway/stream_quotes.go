package gateway

import (
	"context"
	"net/http"
	"slices"

	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
	"mtsuite.dev/gateway/internal/frame"
	"mtsuite.dev/gateway/internal/quotehub"
)

// quotesSource is a client's subscription at the hub.
type quotesSource struct {
	streams    *streams
	subscriber *quotehub.Subscriber
	server     string
	call       *call
}

// openQuotes subscribes. Clients share one upstream stream, so the service is asked first whether this key may see these
// quotes, and whether the symbols exist.
func (s *streams) openQuotes(ctx context.Context, c *call, request *quotesv1.StreamQuotesRequest, all bool) (source, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	if err := s.checkSymbols(ctx, request.GetServer(), request.GetSymbols()); err != nil {
		return nil, err
	}
	subscriber, err := s.hub.Join(ctx, quotehub.Request{
		Server: request.GetServer(), Key: c.apiKey, Symbols: request.GetSymbols(), All: all,
		ResumeAfter: frame.Position{Epoch: request.GetResumeAfter().GetEpoch(), Sequence: request.GetResumeAfter().GetSequence()},
	})
	if err != nil {
		return nil, err
	}
	return &quotesSource{streams: s, subscriber: subscriber, server: request.GetServer(), call: c}, nil
}

func (s *streams) checkSymbols(ctx context.Context, server string, symbols []string) error {
	_, err := s.quotes.ListQuotes(ctx, &quotesv1.ListQuotesRequest{Server: server, Symbols: symbols, PageSize: 1})
	return err
}

func (q *quotesSource) next(ctx context.Context) ([]*frame.Frame, error) {
	return q.subscriber.Next(ctx)
}

func (q *quotesSource) close() { q.subscriber.Leave() }

// receive subscribes and unsubscribes. What a client asks for in vain is answered with an error that does not end the
// stream; what it got before goes on.
func (q *quotesSource) receive(ctx context.Context, message *clientMessage) *Problem {
	session := &session{streams: q.streams, call: q.newCall(), instance: "/v1/servers/" + q.server + "/quotes:stream"}
	refuse := func(p *Problem) *Problem {
		p.complete(session.call, session.instance)
		if !q.subscriber.Note(serverNote{ID: message.ID, Error: p}.encode()) {
			return tooManyMessages()
		}
		return nil
	}
	symbols, all := q.subscriber.Symbols()
	var add, remove []string
	switch {
	case message.Authenticate != nil:
		return newProblem(http.StatusBadRequest, typev1.ErrorReason_MALFORMED_REQUEST,
			"The connection has its API key already; it cannot change. Open another connection.")
	case all:
		return refuse(newProblem(http.StatusBadRequest, typev1.ErrorReason_FIELD_INVALID,
			"The stream has all symbols. Open it with symbols= to choose them.").violating("symbols", "are all of the server"))
	case message.Subscribe != nil:
		add = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(message.Subscribe.Symbols))),
			func(name string) bool { return slices.Contains(symbols, name) })
		if problem := checkSymbolCount(len(symbols) + len(add)); problem != nil {
			return refuse(problem)
		}
	default:
		remove = message.Unsubscribe.Symbols
	}
	if len(add) > 0 {
		ctx, cancel := context.WithTimeout(ctx, openTimeout)
		defer cancel()
		if err := q.streams.checkSymbols(outgoing(ctx, session.call), q.server, add); err != nil {
			problem := session.problem(err, session.call)
			if problem.Status == http.StatusUnauthorized || problem.Status == http.StatusForbidden {
				return problem
			}
			return refuse(problem)
		}
	}
	note := func(symbols []string) []byte {
		return serverNote{ID: message.ID, Subscription: &subscriptionNote{Symbols: symbols}}.encode()
	}
	if !q.subscriber.Change(add, remove, note) {
		return tooManyMessages()
	}
	return nil
}

// newCall is a call for something that a message asks for.
func (q *quotesSource) newCall() *call {
	return &call{requestID: q.call.requestID, traceparent: q.call.traceparent, tracestate: q.call.tracestate,
		route: q.call.route, apiKey: q.call.apiKey}
}

func tooManyMessages() *Problem {
	return newProblem(http.StatusTooManyRequests, typev1.ErrorReason_RATE_LIMITED,
		"The answers to too many messages are waiting. Read them before sending more.")
}
