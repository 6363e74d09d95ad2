package gateway

import (
	"context"
	"net/http"
	"strings"
	"testing"

	accountsv1 "mtsuite.dev/gateway/gen/mtsuite/accounts/v1"
)

func TestStrictJSON(t *testing.T) {
	f := newFixture(t)
	const create = "/v1/servers/mt5-demo/accounts"
	const batch = "/v1/servers/mt5-demo/balanceOperations:batchCreate"
	for _, c := range []struct{ method, path, body, reason, field string }{
		{"POST", create, `{"acount": {}}`, "FIELD_INVALID", "acount"},
		{"POST", create, `{"account": {"name": "A", "leverge": 5}}`, "FIELD_INVALID", "account.leverge"},
		{"POST", create, `{"account": {"leverage": "abc"}}`, "FIELD_INVALID", "account.leverage"},
		{"POST", create, `{"account": {"leverage": 1.5}}`, "FIELD_INVALID", "account.leverage"},
		{"POST", create, `{"account": {"leverage": 3000000000}}`, "FIELD_INVALID", "account.leverage"},
		{"POST", create, `{"account": {"name": 5}}`, "FIELD_INVALID", "account.name"},
		{"POST", create, `{"validateOnly": "yes"}`, "FIELD_INVALID", "validateOnly"},
		{"POST", create, `{"account": {"name": "A", "name": "B"}}`, "FIELD_INVALID", "account.name"},
		{"POST", create, `{"operationId": "a", "operation_id": "a"}`, "FIELD_INVALID", "operation_id"},
		{"POST", create, `{"account": {"createTime": "yesterday"}}`, "FIELD_INVALID", "account.createTime"},
		{"POST", depositPath, `{"balanceOperation": {"type": "GIFT"}}`, "FIELD_INVALID", "balanceOperation.type"},
		{"POST", batch, `{"requests": [{}, {"balanceOperation": {"sum": 1}}]}`, "FIELD_INVALID", "requests[1].balanceOperation.sum"},
		{"PATCH", accountPath, `{"contact": {"emial": "x"}}`, "FIELD_INVALID", "contact.emial"},
		{"POST", create, `{"account": {`, "MALFORMED_REQUEST", ""},
		{"POST", create, `{"account": {}} {}`, "MALFORMED_REQUEST", ""},
		{"POST", create, `{} x`, "MALFORMED_REQUEST", ""},
		{"POST", create, `{"validateOnly": tru}`, "MALFORMED_REQUEST", ""},
		{"POST", create, `[]`, "MALFORMED_REQUEST", ""},
		{"POST", create, `"text"`, "MALFORMED_REQUEST", ""},
		{"POST", create, ` `, "MALFORMED_REQUEST", ""},
		{"POST", create, `{'account': {}}`, "MALFORMED_REQUEST", ""},
		{"POST", create, "{\"mainPassword\": \"a\xff\"}", "MALFORMED_REQUEST", ""},
		{"POST", create, strings.Repeat(`{"account":`, 20000), "FIELD_INVALID", "account.account"},
		{"POST", create, `{"server": "other"}`, "FIELD_INVALID", "server"},
		{"POST", create, `{"\u0073erver": "other"}`, "FIELD_INVALID", "server"},
		{"POST", depositPath, `{"login": 10002}`, "FIELD_INVALID", "login"},
		{"PATCH", accountPath, `{"login": "10002"}`, "FIELD_INVALID", "login"},
		{"GET", accountPath, `{}`, "MALFORMED_REQUEST", ""},
		{"DELETE", accountPath, `{"validateOnly": true}`, "MALFORMED_REQUEST", ""},
	} {
		problem := f.expectProblem(f.send(c.method, c.path, c.body), http.StatusBadRequest, c.reason)
		field := ""
		if len(problem.Violations) > 0 {
			field = problem.Violations[0].Field
		}
		if field != c.field {
			t.Errorf("%s: field = %q, want %q (%s)", c.body[:min(80, len(c.body))], field, c.field, problem.Detail)
		}
		if c.method != "GET" && problem.Outcome != "NOT_SENT" {
			t.Errorf("%s: outcome = %q", c.body[:min(80, len(c.body))], problem.Outcome)
		}
	}
	if f.backend.count() != 0 {
		t.Errorf("%d bad requests reached the backend", f.backend.count())
	}
	f.expectOK(f.send("POST", depositPath, `{"login": 10001, "server": "mt5-demo"}`))
	f.expectOK(f.send("POST", depositPath, `{"login": "10001"}`, "Content-Type: ", "Content-Type: application/json; charset=UTF-8"))
	f.expectOK(f.send("POST", depositPath, deposit, "Content-Type: "))
}

func TestPlaceOfAnErrorInTheBody(t *testing.T) {
	f := newFixture(t)
	problem := f.expectProblem(f.send("POST", depositPath, "{\n  \"balanceOperation\": {\n    \"ü\": 1, \"sum\": 2}}"), 400, "FIELD_INVALID")
	if problem.Metadata["line"] != "3" || problem.Metadata["column"] != "5" || problem.Violations[0].Field != "balanceOperation.ü" {
		t.Errorf("problem = %+v", problem)
	}
}

func TestValuesAreNotRepeatedInErrors(t *testing.T) {
	f := newFixture(t)
	for _, body := range []string{
		`{"type": "MAIN", "password": 31415926}`,
		`{"type": "MAIN", "password": "31415926}`,
		`{"type": "31415926"}`,
		`{"password": 31415926, "password": "31415926"}`,
		`{"password": {"31415926": 1}}`,
		"{\"password\": \"31415926\xff\"}",
	} {
		answer := f.send("POST", accountPath+":setPassword", body)
		if answer.Code != 400 || strings.Contains(answer.Body.String(), "31415926") {
			t.Errorf("%s: %d %s", body, answer.Code, answer.Body)
		}
	}
	f.send("GET", accountPath, "")
	for _, secret := range []string{"31415926", testKey} {
		if strings.Contains(f.log.text(), secret) {
			t.Errorf("%s is in the log", secret)
		}
	}
}

func TestQueryParameters(t *testing.T) {
	f := newFixture(t)
	const list = "/v1/servers/mt5-demo/accounts"
	for _, c := range []struct{ method, target, reason, field string }{
		{"GET", list + "?nmae=x", "FIELD_INVALID", "nmae"},
		{"GET", list + "?server=other", "FIELD_INVALID", "server"},
		{"GET", list + "?pageSize=ten", "FIELD_INVALID", "pageSize"},
		{"GET", list + "?pageSize=1&pageSize=2", "FIELD_INVALID", "pageSize"},
		{"GET", list + "?pageSize=1&page_size=1", "FIELD_INVALID", "pageSize"},
		{"GET", list + "?pageSize=", "FIELD_INVALID", "pageSize"},
		{"GET", list + "?enabled=maybe", "FIELD_INVALID", "enabled"},
		{"GET", list + "?name=%FF", "FIELD_INVALID", "name"},
		{"GET", list + "?name=%zz", "MALFORMED_REQUEST", ""},
		{"GET", list + "?name[a]=b", "FIELD_INVALID", "name[a]"},
		{"GET", accountPath + "/deals?startTime=now", "FIELD_INVALID", "startTime"},
		{"GET", "/v1/servers/s/operations?state=DONE", "FIELD_INVALID", "state"},
		{"POST", depositPath + "?validateOnly=true", "FIELD_INVALID", "validateOnly"},
		{"GET", "/v1/servers/mt5-demo/accounts/abc", "FIELD_INVALID", "login"},
		{"GET", "/v1/servers/mt5-demo/accounts/99999999999999999999", "FIELD_INVALID", "login"},
		{"PATCH", "/v1/servers/mt5-demo/accounts/abc", "FIELD_INVALID", "login"},
		{"GET", "/v1/servers/%FF/accounts/5", "FIELD_INVALID", "server"},
	} {
		problem := f.expectProblem(f.send(c.method, c.target, ""), http.StatusBadRequest, c.reason)
		field := ""
		if len(problem.Violations) > 0 {
			field = problem.Violations[0].Field
		}
		if field != c.field {
			t.Errorf("%s: field = %q, want %q (%s)", c.target, field, c.field, problem.Detail)
		}
	}
	if f.backend.count() != 0 {
		t.Errorf("%d bad requests reached the backend", f.backend.count())
	}
	f.expectOK(f.send("GET", list+"?pageSize=5&group_mask=demo%5C*&enabled=false&name=%C3%BC", ""))
	request := last[*accountsv1.ListAccountsRequest](t, f.backend)
	if request.GetPageSize() != 5 || request.GetGroupMask() != `demo\*` || request.Enabled == nil || request.GetName() != "ü" {
		t.Errorf("request = %v", request)
	}
}

func TestBodyLimit(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.Limits.BodyBytes = 2048 })
	fits := `{"operationId": "x"` + strings.Repeat(" ", 2048-20) + "}"
	f.expectOK(f.send("POST", depositPath, fits))
	problem := f.expectProblem(f.send("POST", depositPath, fits+" "), http.StatusRequestEntityTooLarge, "MESSAGE_TOO_LARGE")
	if problem.Metadata["max_bytes"] != "2048" || problem.Outcome != "NOT_SENT" {
		t.Errorf("problem = %+v", problem)
	}
	// Without a length, as chunks.
	server := f.serve()
	request, _ := http.NewRequest("POST", server+depositPath, &endlessBody{})
	request.Header.Set("Authorization", "Bearer "+testKey)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status = %d", answer.StatusCode)
	}
}

// endlessBody is a body of spaces that never ends by itself.
type endlessBody struct{}

func (*endlessBody) Read(data []byte) (int, error) {
	for i := range data {
		data[i] = ' '
	}
	return len(data), nil
}

func TestContentType(t *testing.T) {
	f := newFixture(t)
	for _, contentType := range []string{"text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "x/"} {
		f.expectProblem(f.send("POST", depositPath, deposit, "Content-Type: ", "Content-Type: "+contentType),
			http.StatusUnsupportedMediaType, "MALFORMED_REQUEST")
	}
}

func TestConcurrentRequests(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.Limits.ConcurrentRequests = 1 })
	entered, release := make(chan bool), make(chan bool)
	f.backend.answerWith(func(context.Context, any) (any, error) {
		entered <- true
		<-release
		return &accountsv1.Account{}, nil
	})
	done := make(chan int)
	go func() { done <- f.send("GET", accountPath, "").Code }()
	<-entered
	answer := f.send("GET", accountPath, "")
	f.expectProblem(answer, http.StatusTooManyRequests, "RATE_LIMITED")
	if answer.Header().Get("Retry-After") != "1" {
		t.Error("no Retry-After")
	}
	f.expectOK(f.send("GET", "/healthz", "")) // Probes need no place.
	close(release)
	if code := <-done; code != http.StatusOK {
		t.Errorf("status = %d", code)
	}
	go func() { <-entered }()
	f.expectOK(f.send("GET", accountPath, ""))
}
