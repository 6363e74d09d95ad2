package gateway

import (
	"context"
	"sync/atomic"
)

// call is what the gateway knows about one API request while it is being answered. One goroutine owns it, except for
// `sent`, which the gRPC transport sets.
type call struct {
	requestID   string
	traceparent string
	tracestate  string
	// The rpc behind the request; nil until routed, and for paths that do not exist.
	route *route
	// The caller's key, without "Bearer". A secret.
	apiKey string
	// The body, as it came.
	body []byte
	// Id of the mutation; empty for reads and while it is not known yet.
	operationID string
	// The operation id was in the header Idempotency-Key.
	operationIDFromHeader bool
	// The request asks only for checks.
	validateOnly bool
	// An earlier result was returned again.
	replayed bool
	// The request was complete and was handed to the backend's client.
	invoked bool
	// At least its headers may have reached the backend. Once false at the end, nothing was sent for certain.
	sent atomic.Bool
	// What was answered instead of a result; nil for success. For the log.
	problem *Problem
	// Cause of a failure that the caller is not told. For the log.
	cause string
}

// mutates tells whether the request may change something.
func (c *call) mutates() bool { return c.route != nil && c.route.mutation && !c.validateOnly }

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callFrom returns the call of a request; nil for contexts that belong to none.
func callFrom(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}
