package gateway

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	ordersv1 "mtsuite.dev/gateway/gen/mtsuite/orders/v1"
	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

// maxSymbols is how many symbols one stream names at most.
const maxSymbols = 1000

// Parameters whose values may be separated by commas. Masks are not among them: a comma is part of a mask.
var listParameters = []string{"symbols", "logins", "topics"}

// parse reads the path and the query of a request for a stream.
func (s *streams) parse(r *http.Request, rt *route, isWebSocket bool) (opener, *Problem) {
	if problem := checkQuery(r, rt); problem != nil {
		return nil, problem
	}
	// The path has the form of the template, whose only parameter is its fourth segment.
	server, err := url.PathUnescape(strings.Split(r.URL.EscapedPath(), "/")[3])
	if err != nil {
		return nil, newProblem(http.StatusBadRequest, typev1.ErrorReason_MALFORMED_REQUEST, "The path is not valid.")
	}
	if problem := checkPath(rt, map[string]string{"server": server}); problem != nil {
		return nil, problem
	}
	values := splitLists(r.Form)
	if strings.HasSuffix(rt.rpc, "/StreamQuotes") {
		request := &quotesv1.StreamQuotesRequest{Server: server}
		if problem := fill(r, request, values, isWebSocket); problem != nil {
			return nil, problem
		}
		if problem := checkSymbolCount(len(request.GetSymbols())); problem != nil {
			return nil, problem
		}
		// Without the parameter all symbols; with an empty one none, to begin with.
		all := len(request.GetSymbols()) == 0 && !r.Form.Has("symbols")
		return func(ctx context.Context, c *call) (source, error) { return s.openQuotes(ctx, c, request, all) }, nil
	}
	request := &ordersv1.StreamTradeEventsRequest{Server: server}
	if problem := fill(r, request, values, isWebSocket); problem != nil {
		return nil, problem
	}
	return func(ctx context.Context, c *call) (source, error) { return s.openTradeEvents(ctx, request) }, nil
}

// splitLists returns the parameters with their lists taken apart.
func splitLists(form url.Values) url.Values {
	values := url.Values{}
	for name, list := range form {
		values[name] = list
	}
	for _, name := range listParameters {
		var parts []string
		for _, part := range strings.Split(strings.Join(form[name], ","), ",") {
			if part != "" {
				parts = append(parts, part)
			}
		}
		delete(values, name)
		if len(parts) > 0 {
			values[name] = parts
		}
	}
	return values
}

// resumable is a request that can go on after a position.
type resumable interface {
	proto.Message
	GetResumeAfter() *typev1.StreamPosition
}

// fill sets the fields of a request from the query, and where to resume from the header of server-sent events.
func fill(r *http.Request, request resumable, values url.Values, isWebSocket bool) *Problem {
	if err := runtime.PopulateQueryParameters(request, values, utilities.NewDoubleArray(nil)); err != nil {
		return explainBadRequest(callFrom(r.Context()), err)
	}
	position := request.GetResumeAfter()
	if id := r.Header.Get("Last-Event-ID"); id != "" && !isWebSocket {
		cut := strings.LastIndexByte(id, ':')
		sequence, err := strconv.ParseInt(id[cut+1:], 10, 64)
		if cut <= 0 || err != nil || len(id) > 128 {
			const description = "must be the id of an event of this stream"
			return newProblem(http.StatusBadRequest, typev1.ErrorReason_FIELD_INVALID,
				"The header Last-Event-ID "+description+".").violating("Last-Event-ID", description)
		}
		position = &typev1.StreamPosition{Epoch: id[:cut], Sequence: sequence}
		fields := request.ProtoReflect()
		fields.Set(fields.Descriptor().Fields().ByName("resume_after"), protoreflect.ValueOfMessage(position.ProtoReflect()))
	}
	if position != nil && (position.GetEpoch() == "" || position.GetSequence() < 0) {
		const description = "needs the epoch and the sequence of a position that the stream told"
		return newProblem(http.StatusBadRequest, typev1.ErrorReason_FIELD_INVALID,
			`The parameter "resumeAfter" `+description+".").violating("resumeAfter", description)
	}
	return nil
}

func checkSymbolCount(count int) *Problem {
	if count <= maxSymbols {
		return nil
	}
	return newProblem(http.StatusBadRequest, typev1.ErrorReason_BATCH_TOO_LARGE,
		fmt.Sprintf("A stream has at most %d symbols, not %d; leave them out to be told of all.", maxSymbols, count)).
		with("max_items", strconv.Itoa(maxSymbols)).violating("symbols", "at most "+strconv.Itoa(maxSymbols))
}

// checkKey asks the service whether a key may see the quotes of a server.
func (s *streams) checkKey(ctx context.Context, server, key string) error {
	request := &quotesv1.ListQuotesRequest{Server: server, PageSize: 1}
	c := newCall(http.Header{})
	c.apiKey, c.route = key, &route{rpc: quotehubRPC}
	_, err := s.quotes.ListQuotes(outgoing(ctx, c), request)
	return err
}

// quotehubRPC names the service of the hub's own calls in messages.
const quotehubRPC = "/mtsuite.quotes.v1.QuoteService/ListQuotes"
