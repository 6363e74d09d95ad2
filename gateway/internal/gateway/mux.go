package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	accountsv1 "mtsuite.dev/gateway/gen/mtsuite/accounts/v1"
	operationsv1 "mtsuite.dev/gateway/gen/mtsuite/operations/v1"
	ordersv1 "mtsuite.dev/gateway/gen/mtsuite/orders/v1"
	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

// publicServices are those that the gateway exposes.
var publicServices = []string{
	"mtsuite.accounts.v1.AccountService",
	"mtsuite.operations.v1.OperationService",
	"mtsuite.operations.v1.ServerService",
	"mtsuite.orders.v1.OrderService",
	"mtsuite.quotes.v1.QuoteService",
}

// apiMux routes API requests to rpcs.
type apiMux struct {
	routes  *routeTable
	streams *streams
	limits  Limits
	slots   inFlight
	mux     *runtime.ServeMux
}

// newAPIMux makes the routes; `services` has a backend for each package.
func newAPIMux(limits Limits, services map[string]*backend, streams *streams) (*apiMux, error) {
	routes, err := newRouteTable(publicServices)
	if err != nil {
		return nil, err
	}
	api := &apiMux{routes: routes, streams: streams, limits: limits, slots: inFlight{max: limits.ConcurrentRequests}}
	api.mux = runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, newMarshaler()),
		// Decodes each path segment by itself, so an operation id may hold an encoded slash.
		runtime.WithUnescapingMode(runtime.UnescapingModeAllExceptReserved),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithDisableHTTPMethodOverride(),
		runtime.WithWriteContentLength(),
		runtime.WithIncomingHeaderMatcher(noHeader),
		runtime.WithOutgoingHeaderMatcher(noHeader),
		runtime.WithOutgoingTrailerMatcher(noHeader),
		runtime.WithMetadata(outgoingMetadata),
		runtime.WithForwardResponseOption(writeOperationHeaders),
		runtime.WithErrorHandler(handleError),
		runtime.WithRoutingErrorHandler(api.handleRoutingError),
		runtime.WithMiddlewares(api.admit),
	)
	ctx, operations := context.Background(), services["operations"]
	return api, errors.Join(
		accountsv1.RegisterAccountServiceHandlerClient(ctx, api.mux, accountsv1.NewAccountServiceClient(services["accounts"])),
		operationsv1.RegisterOperationServiceHandlerClient(ctx, api.mux, operationsv1.NewOperationServiceClient(operations)),
		operationsv1.RegisterServerServiceHandlerClient(ctx, api.mux, operationsv1.NewServerServiceClient(operations)),
		ordersv1.RegisterOrderServiceHandlerClient(ctx, api.mux, ordersv1.NewOrderServiceClient(services["orders"])),
		quotesv1.RegisterQuoteServiceHandlerClient(ctx, api.mux, quotesv1.NewQuoteServiceClient(services["quotes"])))
}

// ServeHTTP answers one API request within its time.
func (a *apiMux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	if rt := a.routes.streamOf(r.Method, r.URL.EscapedPath()); rt != nil {
		a.streams.serve(w, r, rt)
		return
	}
	if !a.slots.enter() {
		p := newProblem(http.StatusTooManyRequests, typev1.ErrorReason_RATE_LIMITED,
			"Too many requests are in progress. Try again.")
		p.RetryAfter = 1
		writeProblem(w, r, p)
		return
	}
	defer a.slots.leave()
	timeout, problem := requestTimeout(r.Header, a.limits.DefaultTimeout)
	if problem != nil {
		writeProblem(w, r, problem)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	// What grpc-gateway would act upon by itself.
	r.Header.Del("Grpc-Timeout")
	r.Header.Del("Te")
	a.mux.ServeHTTP(w, r.WithContext(ctx))
}

// admit wraps the handler of each route.
func (a *apiMux) admit(next runtime.HandlerFunc) runtime.HandlerFunc {
	var cached atomic.Pointer[route] // `next` serves one route only.
	return func(w http.ResponseWriter, r *http.Request, parameters map[string]string) {
		if cached.Load() == nil {
			pattern, _ := runtime.HTTPPattern(r.Context())
			cached.Store(a.routes.byPattern[r.Method+" "+pattern.String()])
		}
		c := callFrom(r.Context())
		c.route = cached.Load()
		if problem := a.prepare(w, r, parameters); problem != nil {
			writeProblem(w, r, problem)
			return
		}
		next(w, r, parameters)
	}
}

// prepare checks a routed request as far as that is possible without its service.
func (a *apiMux) prepare(w http.ResponseWriter, r *http.Request, parameters map[string]string) *Problem {
	c := callFrom(r.Context())
	var problem *Problem
	if c.apiKey, problem = apiKeyOf(r.Header); problem != nil {
		return problem
	}
	if problem = c.takeIdempotencyKey(r.Header); problem != nil {
		return problem
	}
	if problem = checkPath(c.route, parameters); problem != nil {
		return problem
	}
	if problem = checkQuery(r, c.route); problem != nil {
		return problem
	}
	if c.body, problem = readBody(w, r, c.route, a.limits.BodyBytes); problem != nil {
		return problem
	}
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	return checkPathAgrees(c, parameters)
}

// handleRoutingError answers requests that no rpc is for.
func (a *apiMux) handleRoutingError(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter,
	r *http.Request, httpStatus int) {
	switch httpStatus {
	case http.StatusMethodNotAllowed:
		allowed := strings.Join(a.routes.methodsOf(r.URL.EscapedPath()), ", ")
		w.Header().Set("Allow", allowed)
		writeProblem(w, r, newProblem(httpStatus, typev1.ErrorReason_NO_SUCH_METHOD,
			"This path has the methods "+allowed+".").with("allow", allowed))
	case http.StatusNotFound:
		writeProblem(w, r, newProblem(httpStatus, typev1.ErrorReason_NO_SUCH_METHOD,
			"This path does not exist; /docs shows those that do."))
	default:
		writeProblem(w, r, newProblem(http.StatusBadRequest, typev1.ErrorReason_MALFORMED_REQUEST,
			"The path is not valid."))
	}
}

func noHeader(string) (string, bool) { return "", false }

// outgoingMetadata is all that a service gets to see besides the message.
func outgoingMetadata(_ context.Context, r *http.Request) metadata.MD {
	return callFrom(r.Context()).metadata()
}

func (c *call) metadata() metadata.MD {
	md := metadata.MD{
		"authorization": {"Bearer " + c.apiKey},
		"x-request-id":  {c.requestID},
	}
	if c.traceparent != "" {
		md.Set("traceparent", c.traceparent)
		if c.tracestate != "" {
			md.Set("tracestate", c.tracestate)
		}
	}
	return md
}

// writeOperationHeaders tells the caller of a mutation under which id it is known.
func writeOperationHeaders(ctx context.Context, w http.ResponseWriter, _ proto.Message) error {
	c := callFrom(ctx)
	if c.operationID != "" {
		w.Header().Set("Operation-Id", c.operationID)
	}
	if c.replayed {
		w.Header().Set("Operation-Replayed", "true")
	}
	return nil
}
