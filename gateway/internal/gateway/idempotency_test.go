package gateway

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	accountsv1 "mtsuite.dev/gateway/gen/mtsuite/accounts/v1"
)

func TestIdempotencyKeyBecomesTheOperationID(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct{ header, body, want string }{
		{"Idempotency-Key: key-1", deposit, "key-1"},
		{`Idempotency-Key: "key-2"`, deposit, "key-2"},
		{"Idempotency-Key: key-3", `{"operationId": "key-3"}`, "key-3"},
		{"X-Nothing: x", `{"operationId": "key-4"}`, "key-4"},
		{"X-Nothing: x", `{"operation_id": "key-5"}`, "key-5"},
	} {
		answer := f.send("POST", depositPath, c.body, c.header)
		f.expectOK(answer)
		got := last[*accountsv1.CreateBalanceOperationRequest](t, f.backend).GetOperationId()
		if got != c.want || answer.Header().Get("Operation-Id") != c.want {
			t.Errorf("%s %s: the backend got %q, the caller %q", c.header, c.body, got, answer.Header().Get("Operation-Id"))
		}
	}
}

func TestOperationIDIsMadeWhenAbsent(t *testing.T) {
	f := newFixture(t)
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for _, c := range []struct{ method, path, body string }{
		{"POST", depositPath, deposit},
		{"DELETE", accountPath, ""},
		{"PATCH", accountPath, `{"leverage": 100}`},
		{"POST", accountPath + ":enable", ""},
		{"POST", "/v1/servers/mt5-demo/balanceOperations:batchCreate", "{}"},
	} {
		answer := f.send(c.method, c.path, c.body)
		id := answer.Header().Get("Operation-Id")
		request := last[interface{ GetOperationId() string }](t, f.backend)
		if !uuid.MatchString(id) || request.GetOperationId() != id || seen[id] {
			t.Errorf("%s %s: id %q, the backend got %q", c.method, c.path, id, request.GetOperationId())
		}
		seen[id] = true
	}
}

func TestReadsHaveNoOperationID(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct{ method, path, body string }{
		{"GET", accountPath, ""},
		{"GET", "/v1/servers/mt5-demo/operations/abc", ""},
		{"POST", accountPath + ":checkPassword", `{"type": "MAIN", "password": "x"}`},
	} {
		answer := f.send(c.method, c.path, c.body, "Idempotency-Key: k k")
		f.expectOK(answer)
		if got := answer.Header().Get("Operation-Id"); got != "" {
			t.Errorf("%s %s: Operation-Id = %q", c.method, c.path, got)
		}
	}
}

func TestBadOperationIDs(t *testing.T) {
	f := newFixture(t)
	long := strings.Repeat("k", 65)
	for _, c := range []struct {
		body    string
		headers []string
		field   string
	}{
		{deposit, []string{"Idempotency-Key: has space"}, "Idempotency-Key"},
		{deposit, []string{"Idempotency-Key: " + long}, "Idempotency-Key"},
		{deposit, []string{`Idempotency-Key: ""`}, "Idempotency-Key"},
		{deposit, []string{"Idempotency-Key: kéy"}, "Idempotency-Key"},
		{deposit, []string{"Idempotency-Key: a", "Idempotency-Key: b"}, "Idempotency-Key"},
		{`{"operationId": "a"}`, []string{"Idempotency-Key: b"}, "operationId"},
		{`{"operationId": "a b"}`, nil, "operationId"},
		{`{"operationId": "a\r\nX-Evil: 1"}`, nil, "operationId"},
		{fmt.Sprintf(`{"operationId": %q}`, long), nil, "operationId"},
	} {
		problem := f.expectProblem(f.send("POST", depositPath, c.body, c.headers...), 400, "OPERATION_ID_INVALID")
		if problem.Outcome != "NOT_SENT" || problem.Violations[0].Field != c.field {
			t.Errorf("%v %s: %+v", c.headers, c.body, problem)
		}
	}
	if f.backend.count() != 0 {
		t.Error("a bad id reached the backend")
	}
}

func TestReplayIsFlagged(t *testing.T) {
	f := newFixture(t)
	f.backend.answerWith(func(ctx context.Context, _ any) (any, error) {
		_ = grpc.SetHeader(ctx, metadata.Pairs("operation-id", "key-1", "operation-replayed", "true", "secret", "x"))
		return &accountsv1.BalanceOperation{Ticket: 7}, nil
	})
	answer := f.send("POST", depositPath, deposit, "Idempotency-Key: key-1")
	f.expectOK(answer)
	if answer.Header().Get("Operation-Replayed") != "true" || answer.Header().Get("Operation-Id") != "key-1" {
		t.Errorf("headers = %v", answer.Header())
	}
	for name := range answer.Header() {
		if strings.Contains(strings.ToLower(name), "secret") || strings.HasPrefix(name, "Grpc-") {
			t.Errorf("the header %s leaked", name)
		}
	}
	f.backend.answerWith(nil)
	if got := f.send("POST", depositPath, deposit).Header().Values("Operation-Replayed"); len(got) != 0 {
		t.Errorf("a first answer is flagged: %v", got)
	}
}
