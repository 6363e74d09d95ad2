package gateway

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	accountsv1 "mtsuite.dev/gateway/gen/mtsuite/accounts/v1"
)

// FuzzRequests sends any body and query to the routes that take them. Whatever comes in, the answer is a success or a
// problem below 500, and what reaches the backend is well formed.
func FuzzRequests(f *testing.F) {
	for _, body := range []string{
		"", "{}", "null", "[]", deposit, `{"balanceOperation": null}`, `{"account": {"rights": {"enabled": true}}}`,
		`{"login": 10001, "operationId": "a"}`, `{"login": 1e4}`, `{"a": [[[[{"b": "\ud800"}]]]]}`,
		`{"balanceOperation": {"type": 2, "amount": "1", "createTime": "2026-11-22T18:30:00.123456789Z"}}`,
		`{"requests": [{"login": "1"}, {}]}`, "\xef\xbb\xbf{}", "{\"comment\": \"\xff\"}", `{"\u006cogin": "7"}`,
	} {
		f.Add(body, "validateOnly=true", "key-1")
		f.Add(body, "updateMask=leverage%2Ccontact.email", "")
	}
	f.Add(deposit, "a=%zz;b", "k k")
	f.Add(deposit, "updateMask=account.login&update_mask=name&operationId=%00", `"`)
	backend := startBackend(f)
	g, err := New(testConfig(backend.address), discardLogger())
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(g.Close)
	f.Fuzz(func(t *testing.T, body, query, key string) {
		for _, route := range []string{
			"POST " + depositPath, "PATCH " + accountPath, "GET " + accountPath + "/deals", "DELETE " + accountPath,
			"POST /v1/servers/mt5-demo/balanceOperations:batchCreate", "GET /v1/servers/mt5-demo/operations/" + url.PathEscape(key),
		} {
			method, target, _ := strings.Cut(route, " ")
			request := httptest.NewRequest(method, target, strings.NewReader(body))
			request.URL.RawQuery = query
			request.Header.Set("Authorization", "Bearer "+testKey)
			request.Header.Set("Idempotency-Key", key)
			recorder := httptest.NewRecorder()
			g.Handler().ServeHTTP(recorder, request)
			checkFuzzAnswer(t, route, recorder)
		}
		backend.mutex.Lock()
		defer backend.mutex.Unlock()
		for _, request := range backend.requests {
			if deposit, ok := request.(*accountsv1.CreateBalanceOperationRequest); ok &&
				(deposit.GetLogin() != 10001 || deposit.GetServer() != "mt5-demo" || !isOperationID(deposit.GetOperationId())) {
				t.Errorf("the backend got %v", deposit)
			}
		}
		backend.requests = nil
	})
}

func checkFuzzAnswer(t *testing.T, route string, recorder *httptest.ResponseRecorder) {
	t.Helper()
	var answer struct{ Reason, Detail string }
	text := recorder.Body.Bytes()
	if err := json.Unmarshal(text, &answer); err != nil || !utf8.Valid(text) {
		t.Fatalf("%s: not JSON: %q", route, text)
	}
	if recorder.Code >= 500 || recorder.Code != 200 && (answer.Reason == "" || answer.Detail == "") {
		t.Fatalf("%s: %d %s", route, recorder.Code, text)
	}
}
