package gateway

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

// problemTypeBase precedes the reason in the `type` of every problem.
const problemTypeBase = "https://mtsuite.dev/errors/"

// Problem is the body of every answer that is not a success: RFC 9457 with the members of mtsuite.
type Problem struct {
	Type        string            `json:"type"`
	Title       string            `json:"title"`
	Status      int               `json:"status"`
	Detail      string            `json:"detail"`
	Instance    string            `json:"instance"`
	Reason      string            `json:"reason"`
	Outcome     string            `json:"outcome,omitempty"`
	OperationID string            `json:"operationId,omitempty"`
	RequestID   string            `json:"requestId"`
	RetryAfter  int64             `json:"retryAfter,omitempty"`
	Violations  []Violation       `json:"violations,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`
}

// Violation says what is wrong with one field.
type Violation struct {
	// Path in the request's JSON, for example "account.leverage".
	Field       string `json:"field"`
	Description string `json:"description"`
}

// newProblem makes a problem of the gateway's own.
func newProblem(httpStatus int, reason typev1.ErrorReason, detail string) *Problem {
	return &Problem{Status: httpStatus, Reason: reason.String(), Detail: detail}
}

// with adds metadata: the machine-readable form of a value in the detail.
func (p *Problem) with(key, value string) *Problem {
	if p.Metadata == nil {
		p.Metadata = map[string]string{}
	}
	p.Metadata[key] = value
	return p
}

// violating adds a field that is wrong.
func (p *Problem) violating(field, description string) *Problem {
	p.Violations = append(p.Violations, Violation{Field: field, Description: description})
	return p
}

// Error makes a problem an error, so that it can travel through grpc-gateway.
func (p *Problem) Error() string { return p.Reason + ": " + p.Detail }

// GRPCStatus keeps grpc-gateway from calling a problem an unknown error.
func (p *Problem) GRPCStatus() *status.Status { return status.New(codes.Unknown, p.Error()) }

// titleOf turns a reason into words: "ACCOUNT_NOT_FOUND" into "Account not found".
func titleOf(reason string) string {
	words := strings.ToLower(strings.ReplaceAll(reason, "_", " "))
	words = strings.ReplaceAll(words, "api key", "API key")
	if words == "" {
		return words
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// complete fills in whatever all problems have in common; `c` is nil for requests that are no calls.
func (p *Problem) complete(c *call, instance string) {
	p.Type = problemTypeBase + p.Reason
	p.Title = titleOf(p.Reason)
	p.Instance = instance
	if c == nil {
		return
	}
	p.RequestID = c.requestID
	if p.OperationID == "" && c.mutates() {
		p.OperationID = c.operationID
	}
	if p.Outcome == "" && c.mutates() && !c.invoked {
		p.Outcome = typev1.Outcome_NOT_SENT.String()
	}
	c.problem = p
}

// writeProblem answers a request with a problem.
func writeProblem(w http.ResponseWriter, r *http.Request, p *Problem) {
	c := callFrom(r.Context())
	p.complete(c, r.URL.EscapedPath())
	header := w.Header()
	if p.Status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", `Bearer realm="mtsuite"`)
	}
	if p.RetryAfter > 0 {
		header.Set("Retry-After", strconv.FormatInt(p.RetryAfter, 10))
	}
	if p.OperationID != "" {
		header.Set("Operation-Id", p.OperationID)
	}
	if c != nil && c.replayed {
		header.Set("Operation-Replayed", "true")
	}
	header.Set("Content-Type", "application/problem+json")
	header.Del("Content-Length")
	body, err := json.Marshal(p)
	if err != nil { // Strings, numbers and maps of strings: this cannot happen.
		panic(err)
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n')) // The caller may be gone; the log line says what was answered.
}
