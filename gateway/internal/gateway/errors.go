package gateway

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

// errorDomain is that of every ErrorInfo of the suite.
const errorDomain = "mtsuite.dev"

// handleError answers a request whose rpc failed, or that did not become an rpc.
func handleError(ctx context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request,
	err error) {
	writeProblem(w, r, problemOf(r, err))
}

// problemOf finds out what to tell the caller about `err`.
func problemOf(r *http.Request, err error) *Problem {
	var own *Problem
	if errors.As(err, &own) {
		return own
	}
	c := callFrom(r.Context())
	if c == nil || !c.invoked {
		return explainBadRequest(c, err)
	}
	st := status.Convert(err)
	info, details := detailsOf(st)
	if info == nil {
		c.cause = st.Code().String() + ": " + st.Message()
		return transportProblem(r, c, st.Code())
	}
	return backendProblem(r, c, st, info, details)
}

// detailsOf returns the ErrorInfo of the suite, or nil, and all details.
func detailsOf(st *status.Status) (*errdetails.ErrorInfo, []any) {
	details := st.Details()
	for _, detail := range details {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.GetDomain() == errorDomain {
			return info, details
		}
	}
	return nil, details
}

// backendProblem renders an error of the suite.
func backendProblem(r *http.Request, c *call, st *status.Status, info *errdetails.ErrorInfo, details []any) *Problem {
	p := &Problem{
		Status: httpStatus(r, st.Code(), info.GetReason()),
		Reason: info.GetReason(),
		Detail: st.Message(),
	}
	for key, value := range info.GetMetadata() {
		switch key {
		case "outcome":
			// A read has none, but shares checks with mutations, which say theirs.
			if c.route.mutation {
				p.Outcome = value
			}
		case "operation_id":
			p.OperationID = value
		case "request_id": // The gateway's own, or one that the caller never saw.
		default:
			p.with(key, value)
		}
	}
	if p.Outcome == "" && c.mutates() {
		p.Outcome = outcomeOf(st.Code())
		// A service that still has words for it says these two before it starts anything.
		if st.Code() == codes.Unavailable || st.Code() == codes.ResourceExhausted {
			p.Outcome = typev1.Outcome_NOT_SENT.String()
		}
	}
	for _, detail := range details {
		switch detail := detail.(type) {
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				p.violating(c.route.jsonPath(violation.GetField()), violation.GetDescription())
			}
		case *errdetails.RetryInfo:
			p.RetryAfter = int64(math.Ceil(detail.GetRetryDelay().AsDuration().Seconds()))
		}
	}
	return p
}

// transportProblem is for failures that no service of the suite explained: its process is gone, the link broke, the
// time was up. Only when not even the headers of the call left this process, nothing was sent for certain.
func transportProblem(r *http.Request, c *call, code codes.Code) *Problem {
	service := c.route.service()
	if !c.sent.Load() && code != codes.Canceled {
		p := newProblem(http.StatusServiceUnavailable, typev1.ErrorReason_SERVICE_UNAVAILABLE,
			"The service "+service+" cannot be reached; nothing was sent to it. Try again.")
		p.RetryAfter = 1
		if c.mutates() {
			p.Outcome = typev1.Outcome_NOT_SENT.String()
		}
		return p
	}
	if c.mutates() && outcomeOf(code) == typev1.Outcome_UNCONFIRMED.String() {
		p := newProblem(http.StatusGatewayTimeout, typev1.ErrorReason_OPERATION_UNCONFIRMED,
			"The answer of the service "+service+" was lost, so the operation may or may not have been carried out. "+
				"Ask for the operation "+c.operationID+", or repeat the request with this Idempotency-Key.")
		p.Outcome = typev1.Outcome_UNCONFIRMED.String()
		p.RetryAfter = 1
		return p
	}
	reason, detail := typev1.ErrorReason_INTERNAL,
		"The service "+service+" failed. The log has the cause under this request id."
	switch code {
	case codes.DeadlineExceeded:
		reason, detail = typev1.ErrorReason_DEADLINE_EXCEEDED, "The service "+service+" did not answer in time."
	case codes.Unavailable, codes.Canceled:
		reason, detail = typev1.ErrorReason_SERVICE_UNAVAILABLE, "The connection to the service "+service+" broke."
	case codes.Unimplemented:
		reason, detail = typev1.ErrorReason_NO_SUCH_METHOD, "The service "+service+" is too old for this request."
	case codes.InvalidArgument:
		reason, detail = typev1.ErrorReason_FIELD_INVALID, "The service "+service+" refused the request as invalid."
	case codes.Unauthenticated:
		reason, detail = typev1.ErrorReason_API_KEY_INVALID, "The API key was refused."
	case codes.PermissionDenied:
		reason, detail = typev1.ErrorReason_SCOPE_MISSING, "The API key does not allow this request."
	case codes.ResourceExhausted:
		reason, detail = typev1.ErrorReason_RATE_LIMITED, "The service "+service+" has too much to do. Try again."
	}
	p := newProblem(httpStatus(r, code, reason.String()), reason, detail)
	if reason == typev1.ErrorReason_INTERNAL {
		p.Status = http.StatusInternalServerError
	}
	if c.mutates() {
		p.Outcome = outcomeOf(code)
	}
	if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests {
		p.RetryAfter = 1
	}
	return p
}

// outcomeOf is what can be said about a mutation that failed without an outcome of its own. The codes that only a
// check before the work gives mean that nothing changed; all others leave it open.
func outcomeOf(code codes.Code) string {
	switch code {
	case codes.Unauthenticated, codes.PermissionDenied, codes.InvalidArgument, codes.NotFound, codes.AlreadyExists,
		codes.FailedPrecondition, codes.OutOfRange, codes.Unimplemented:
		return typev1.Outcome_REJECTED.String()
	}
	return typev1.Outcome_UNCONFIRMED.String()
}

// httpStatus is grpc-gateway's table with four exceptions.
func httpStatus(r *http.Request, code codes.Code, reason string) int {
	switch reason {
	case typev1.ErrorReason_MESSAGE_TOO_LARGE.String():
		return http.StatusRequestEntityTooLarge
	case typev1.ErrorReason_NO_SUCH_METHOD.String():
		return http.StatusNotFound
	case typev1.ErrorReason_OPERATION_UNCONFIRMED.String():
		return http.StatusGatewayTimeout
	}
	if code == codes.Canceled && r.Context().Err() == nil {
		return http.StatusServiceUnavailable // It was not the caller who hung up.
	}
	return runtime.HTTPStatusFromCode(code)
}

// jsonPath turns a field path of the proto into that of the caller's JSON: "account.lead_source" into
// "account.leadSource", and into "leadSource" where the body is the account.
func (r *route) jsonPath(path string) string {
	if r.body != "" && r.body != "*" {
		path = strings.TrimPrefix(path, r.body+".")
	}
	var out strings.Builder
	upper := false
	for _, c := range path {
		switch {
		case c == '_':
			upper = true
			continue
		case upper && 'a' <= c && c <= 'z':
			c += 'A' - 'a'
		}
		upper = false
		out.WriteRune(c)
	}
	return out.String()
}

// protoPath is the reverse for names alone: "leadSource" into "lead_source". Proto names stay as they are.
func protoPath(path string) string {
	var out strings.Builder
	for _, c := range path {
		if 'A' <= c && c <= 'Z' {
			out.WriteByte('_')
			c += 'a' - 'A'
		}
		out.WriteRune(c)
	}
	return out.String()
}
