package gateway

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	accountsv1 "mtsuite.dev/gateway/gen/mtsuite/accounts/v1"
)

func TestErrorsOfServicesKeepReasonOutcomeAndDetails(t *testing.T) {
	f := newFixture(t)
	f.backend.fail(codes.InvalidArgument, "1.005 has 3 decimals, USD has 2",
		reason("AMOUNT_TOO_PRECISE", "digits", "2", "outcome", "REJECTED", "request_id", "inner"),
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
			{Field: "balance_operation.amount", Description: "at most 2 decimals"},
		}})
	answer := f.send("POST", depositPath, deposit, "Idempotency-Key: key-1")
	problem := f.expectProblem(answer, 400, "AMOUNT_TOO_PRECISE")
	if problem.Outcome != "REJECTED" || problem.OperationID != "key-1" || answer.Header().Get("Operation-Id") != "key-1" {
		t.Errorf("problem = %+v, headers %v", problem, answer.Header())
	}
	if problem.Detail != "1.005 has 3 decimals, USD has 2" || problem.Title != "Amount too precise" || problem.Instance != depositPath {
		t.Errorf("problem = %+v", problem)
	}
	if len(problem.Metadata) != 1 || problem.Metadata["digits"] != "2" {
		t.Errorf("metadata = %v", problem.Metadata)
	}
	if len(problem.Violations) != 1 || problem.Violations[0] != (Violation{"balanceOperation.amount", "at most 2 decimals"}) {
		t.Errorf("violations = %v", problem.Violations)
	}
}

func TestHTTPStatusOfEveryCode(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		code   codes.Code
		reason string
		status int
	}{
		{codes.InvalidArgument, "FIELD_INVALID", 400},
		{codes.OutOfRange, "PAGE_TOKEN_INVALID", 400},
		{codes.FailedPrecondition, "INSUFFICIENT_FREE_MARGIN", 400},
		{codes.Unauthenticated, "API_KEY_INVALID", 401},
		{codes.PermissionDenied, "SCOPE_MISSING", 403},
		{codes.NotFound, "ACCOUNT_NOT_FOUND", 404},
		{codes.Unimplemented, "NO_SUCH_METHOD", 404},
		{codes.AlreadyExists, "OPERATION_ID_REUSED", 409},
		{codes.Aborted, "LOGIN_TAKEN", 409},
		{codes.ResourceExhausted, "MESSAGE_TOO_LARGE", 413},
		{codes.ResourceExhausted, "RATE_LIMITED", 429},
		{codes.Internal, "INTERNAL", 500},
		{codes.Canceled, "CANCELLED", 503},
		{codes.Unavailable, "TRADE_SERVER_UNAVAILABLE", 503},
		{codes.DeadlineExceeded, "DEADLINE_EXCEEDED", 504},
		{codes.Unavailable, "OPERATION_UNCONFIRMED", 504},
	} {
		f.backend.fail(c.code, "why", reason(c.reason, "outcome", "REJECTED"))
		problem := f.expectProblem(f.send("GET", accountPath, ""), c.status, c.reason)
		if problem.Outcome != "" || problem.OperationID != "" {
			t.Errorf("%s: a read has an outcome: %+v", c.reason, problem)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	f := newFixture(t)
	f.backend.fail(codes.Unavailable, "down", reason("TRADE_SERVER_UNAVAILABLE"),
		&errdetails.RetryInfo{RetryDelay: durationpb.New(1200 * time.Millisecond)})
	answer := f.send("GET", accountPath, "")
	problem := f.expectProblem(answer, 503, "TRADE_SERVER_UNAVAILABLE")
	if problem.RetryAfter != 2 || answer.Header().Get("Retry-After") != "2" {
		t.Errorf("retryAfter = %d, header %q", problem.RetryAfter, answer.Header().Get("Retry-After"))
	}
}

func TestViolationsOfAnUpdateAreNamedAsInItsBody(t *testing.T) {
	f := newFixture(t)
	f.backend.fail(codes.InvalidArgument, "no", reason("FIELD_INVALID"), &errdetails.BadRequest{
		FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: "account.contact.zip_code", Description: "x"}}})
	problem := f.expectProblem(f.send("PATCH", accountPath, `{"leverage": 1}`), 400, "FIELD_INVALID")
	if problem.Violations[0].Field != "contact.zipCode" {
		t.Errorf("field = %q", problem.Violations[0].Field)
	}
	problem = f.expectProblem(f.send("POST", "/v1/servers/s/accounts", `{}`), 400, "FIELD_INVALID")
	if problem.Violations[0].Field != "account.contact.zipCode" {
		t.Errorf("field = %q", problem.Violations[0].Field)
	}
}

// Errors without ErrorInfo come from the transport, or from a service that broke its contract.
func TestErrorsWithoutAReason(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		code           codes.Code
		readStatus     int
		readReason     string
		mutationStatus int
		mutationReason string
		outcome        string
	}{
		{codes.Unknown, 500, "INTERNAL", 504, "OPERATION_UNCONFIRMED", "UNCONFIRMED"},
		{codes.Internal, 500, "INTERNAL", 504, "OPERATION_UNCONFIRMED", "UNCONFIRMED"},
		{codes.Unavailable, 503, "SERVICE_UNAVAILABLE", 504, "OPERATION_UNCONFIRMED", "UNCONFIRMED"},
		{codes.DeadlineExceeded, 504, "DEADLINE_EXCEEDED", 504, "OPERATION_UNCONFIRMED", "UNCONFIRMED"},
		{codes.Aborted, 500, "INTERNAL", 504, "OPERATION_UNCONFIRMED", "UNCONFIRMED"},
		{codes.ResourceExhausted, 429, "RATE_LIMITED", 504, "OPERATION_UNCONFIRMED", "UNCONFIRMED"},
		{codes.Canceled, 503, "SERVICE_UNAVAILABLE", 504, "OPERATION_UNCONFIRMED", "UNCONFIRMED"},
		{codes.Unimplemented, 404, "NO_SUCH_METHOD", 404, "NO_SUCH_METHOD", "REJECTED"},
		{codes.Unauthenticated, 401, "API_KEY_INVALID", 401, "API_KEY_INVALID", "REJECTED"},
		{codes.PermissionDenied, 403, "SCOPE_MISSING", 403, "SCOPE_MISSING", "REJECTED"},
		{codes.InvalidArgument, 400, "FIELD_INVALID", 400, "FIELD_INVALID", "REJECTED"},
	} {
		f.backend.answerWith(func(context.Context, any) (any, error) {
			return nil, status.Error(c.code, "a secret of the inside")
		})
		read := f.expectProblem(f.send("GET", accountPath, ""), c.readStatus, c.readReason)
		answer := f.send("POST", depositPath, deposit, "Idempotency-Key: key-1")
		mutation := f.expectProblem(answer, c.mutationStatus, c.mutationReason)
		if read.Outcome != "" || mutation.Outcome != c.outcome || answer.Header().Get("Operation-Id") != "key-1" {
			t.Errorf("%v: read %+v, mutation %+v", c.code, read, mutation)
		}
		if strings.Contains(read.Detail+mutation.Detail, "secret") {
			t.Errorf("%v: the inner message went out", c.code)
		}
		// A check changes nothing, so it has no outcome to wonder about.
		checked := f.send("POST", depositPath, `{"validateOnly": true}`)
		if strings.Contains(checked.Body.String(), "UNCONFIRMED") {
			t.Errorf("%v: a check is unconfirmed: %s", c.code, checked.Body)
		}
	}
	if !strings.Contains(f.log.text(), "a secret of the inside") {
		t.Error("the cause is not in the log")
	}
}

func TestMutationWithReasonButWithoutOutcome(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		code    codes.Code
		reason  string
		status  int
		outcome string
	}{
		{codes.Internal, "INTERNAL", 500, "UNCONFIRMED"},
		{codes.DeadlineExceeded, "DEADLINE_EXCEEDED", 504, "UNCONFIRMED"},
		{codes.NotFound, "ACCOUNT_NOT_FOUND", 404, "REJECTED"},
		{codes.ResourceExhausted, "RATE_LIMITED", 429, "NOT_SENT"},
		{codes.Unavailable, "SERVICE_UNAVAILABLE", 503, "NOT_SENT"},
	} {
		f.backend.fail(c.code, "x", reason(c.reason))
		problem := f.expectProblem(f.send("POST", depositPath, deposit), c.status, c.reason)
		if problem.Outcome != c.outcome {
			t.Errorf("%s: outcome = %q, want %q", c.reason, problem.Outcome, c.outcome)
		}
	}
}

func TestBackendThatWasNeverThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	f := newFixture(t, func(c *Config) { c.Backends.Accounts.Target = address })
	answer := f.send("POST", depositPath, deposit)
	problem := f.expectProblem(answer, 503, "SERVICE_UNAVAILABLE")
	if problem.Outcome != "NOT_SENT" || problem.OperationID == "" || answer.Header().Get("Retry-After") != "1" {
		t.Errorf("problem = %+v", problem)
	}
	if p := f.expectProblem(f.send("GET", accountPath, ""), 503, "SERVICE_UNAVAILABLE"); p.Outcome != "" {
		t.Errorf("problem = %+v", p)
	}
	f.expectOK(f.send("GET", "/v1/servers", "")) // The other backend is there.
}

// The server takes the connection and never speaks: no headers of the call can have been processed, but only what never
// left this process is certain.
func TestBackendThatNeverSpeaks(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	f := newFixture(t, func(c *Config) { c.Backends.Accounts.Target = listener.Addr().String() })
	problem := f.expectProblem(f.send("POST", depositPath, deposit, "Request-Timeout: 1"), 503, "SERVICE_UNAVAILABLE")
	if problem.Outcome != "NOT_SENT" {
		t.Errorf("problem = %+v", problem)
	}
}

func TestBackendThatDiesDuringTheCall(t *testing.T) {
	f := newFixture(t)
	f.backend.answerWith(func(context.Context, any) (any, error) {
		go f.backend.server.Stop()
		select {} // The process is gone; it never answers.
	})
	answer := f.send("POST", depositPath, deposit)
	problem := f.expectProblem(answer, 504, "OPERATION_UNCONFIRMED")
	if problem.Outcome != "UNCONFIRMED" || problem.OperationID == "" || answer.Header().Get("Operation-Id") != problem.OperationID {
		t.Errorf("problem = %+v", problem)
	}
	if !strings.Contains(problem.Detail, problem.OperationID) {
		t.Errorf("detail = %q", problem.Detail)
	}
}

func TestDeadlineReachesTheBackend(t *testing.T) {
	f := newFixture(t)
	var remaining time.Duration
	f.backend.answerWith(func(ctx context.Context, _ any) (any, error) {
		deadline, _ := ctx.Deadline()
		remaining = time.Until(deadline)
		return &accountsv1.Account{}, nil
	})
	f.expectOK(f.send("GET", accountPath, ""))
	if remaining < 25*time.Second || remaining > 30*time.Second {
		t.Errorf("default: %v", remaining)
	}
	f.expectOK(f.send("GET", accountPath, "", "Request-Timeout: 5"))
	if remaining < 3*time.Second || remaining > 5*time.Second {
		t.Errorf("Request-Timeout 5: %v", remaining)
	}
	for _, bad := range []string{"0", "61", "-1", "1.5", "five", "99999999999999999999"} {
		problem := f.expectProblem(f.send("GET", accountPath, "", "Request-Timeout: "+bad), 400, "FIELD_INVALID")
		if problem.Violations[0].Field != "Request-Timeout" {
			t.Errorf("%s: %+v", bad, problem)
		}
	}
}

func TestDeadlinePasses(t *testing.T) {
	f := newFixture(t)
	f.backend.answerWith(func(ctx context.Context, _ any) (any, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	f.expectProblem(f.send("GET", accountPath, "", "Request-Timeout: 1"), 504, "DEADLINE_EXCEEDED")
	problem := f.expectProblem(f.send("POST", depositPath, deposit, "Request-Timeout: 1"), 504, "OPERATION_UNCONFIRMED")
	if problem.Outcome != "UNCONFIRMED" {
		t.Errorf("problem = %+v", problem)
	}
}

func TestErrorMetadataComesInTrailersToo(t *testing.T) {
	f := newFixture(t)
	f.backend.answerWith(func(ctx context.Context, _ any) (any, error) {
		_ = grpc.SetTrailer(ctx, metadata.Pairs("operation-id", "made-by-service", "operation-replayed", "true"))
		st, _ := status.New(codes.FailedPrecondition, "no").WithDetails(reason("INSUFFICIENT_FREE_MARGIN", "outcome", "REJECTED"))
		return nil, st.Err()
	})
	answer := f.send("POST", depositPath, deposit)
	f.expectProblem(answer, http.StatusBadRequest, "INSUFFICIENT_FREE_MARGIN")
	if answer.Header().Get("Operation-Id") != "made-by-service" || answer.Header().Get("Operation-Replayed") != "true" {
		t.Errorf("headers = %v", answer.Header())
	}
}

func TestPanicIsAnAnswer(t *testing.T) {
	f := newFixture(t)
	f.gateway.handler.(*observer).next = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oops") })
	problem := f.expectProblem(f.send("GET", accountPath, ""), 500, "INTERNAL")
	if strings.Contains(problem.Detail, "oops") || !strings.Contains(f.log.text(), `"cause":"panic: oops"`) {
		t.Errorf("problem = %+v, log %s", problem, f.log.text())
	}
}
