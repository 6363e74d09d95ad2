package gateway

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	accountsv1 "mtsuite.dev/gateway/gen/mtsuite/accounts/v1"
	operationsv1 "mtsuite.dev/gateway/gen/mtsuite/operations/v1"
	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
)

const (
	accountPath = "/v1/servers/mt5-demo/accounts/10001"
	depositPath = accountPath + "/balanceOperations"
	deposit     = `{"balanceOperation": {"type": "DEPOSIT", "amount": "1000.00"}}`
)

func TestEveryPathOfTheContractReachesItsRPC(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct{ method, path, body, rpc string }{
		{"GET", "/v1/servers", "", "ListServersRequest"},
		{"GET", "/v1/servers/mt5-demo", "", "GetServerRequest"},
		{"POST", "/v1/servers/mt5-demo/accounts", "{}", "CreateAccountRequest"},
		{"GET", "/v1/servers/mt5-demo/accounts", "", "ListAccountsRequest"},
		{"GET", accountPath, "", "GetAccountRequest"},
		{"PATCH", accountPath, "{}", "UpdateAccountRequest"},
		{"DELETE", accountPath, "", "DeleteAccountRequest"},
		{"POST", accountPath + ":setPassword", "{}", "SetPasswordRequest"},
		{"POST", accountPath + ":checkPassword", "{}", "CheckPasswordRequest"},
		{"POST", accountPath + ":enable", "", "EnableAccountRequest"},
		{"POST", accountPath + ":disable", "{}", "DisableAccountRequest"},
		{"POST", accountPath + ":setReadOnly", "{}", "SetAccountReadOnlyRequest"},
		{"POST", depositPath, "{}", "CreateBalanceOperationRequest"},
		{"GET", depositPath, "", "ListBalanceOperationsRequest"},
		{"GET", accountPath + "/tradeState", "", "GetTradeStateRequest"},
		{"GET", accountPath + "/statistics", "", "GetStatisticsRequest"},
		{"GET", accountPath + "/deals", "", "ListDealsRequest"},
		{"POST", "/v1/servers/mt5-demo/accounts:batchCreate", "{}", "BatchCreateAccountsRequest"},
		{"GET", "/v1/servers/mt5-demo/accounts:batchGet?logins=1&logins=2", "", "BatchGetAccountsRequest"},
		{"POST", "/v1/servers/mt5-demo/balanceOperations:batchCreate", "{}", "BatchCreateBalanceOperationsRequest"},
		{"GET", "/v1/servers/mt5-demo/groups?groupMask=demo%5C*", "", "ListGroupsRequest"},
		{"GET", "/v1/servers/mt5-demo/operations/abc", "", "GetOperationRequest"},
		{"POST", accountPath + "/orders", "{}", "PlaceOrderRequest"},
		{"POST", accountPath + "/orders:preview", "{}", "PreviewOrderRequest"},
		{"GET", accountPath + "/orders", "", "ListOrdersRequest"},
		{"GET", accountPath + "/orders/7", "", "GetOrderRequest"},
		{"PATCH", accountPath + "/orders/7", "{}", "UpdateOrderRequest"},
		{"DELETE", accountPath + "/orders/7", "", "CancelOrderRequest"},
		{"GET", accountPath + "/orderHistory", "", "ListOrderHistoryRequest"},
		{"GET", accountPath + "/positions", "", "ListPositionsRequest"},
		{"GET", accountPath + "/positions/7", "", "GetPositionRequest"},
		{"PATCH", accountPath + "/positions/7", "{}", "UpdatePositionRequest"},
		{"POST", accountPath + "/positions/7:close", "{}", "ClosePositionRequest"},
		{"POST", accountPath + "/positions/7:closeBy", "{}", "ClosePositionByRequest"},
		{"POST", accountPath + "/positions:closeAll", "{}", "CloseAllPositionsRequest"},
		{"GET", accountPath + "/closedPositions", "", "ListClosedPositionsRequest"},
		{"GET", "/v1/servers/mt5-demo/orders?groupMask=real%5C*", "", "ListServerOrdersRequest"},
		{"GET", "/v1/servers/mt5-demo/positions?symbol=XAUUSD", "", "ListServerPositionsRequest"},
		{"GET", "/v1/servers/mt5-demo/symbols?pathMask=Forex%5C*", "", "ListSymbolsRequest"},
		{"GET", "/v1/servers/mt5-demo/symbols/EURUSD?group=demo", "", "GetSymbolRequest"},
		{"GET", "/v1/servers/mt5-demo/symbols/EURUSD/candles?timeframe=M1&pageSize=300", "", "ListCandlesRequest"},
		{"GET", "/v1/servers/mt5-demo/quotes?symbols=EURUSD&symbols=GBPUSD", "", "ListQuotesRequest"},
		{"GET", "/v1/servers/mt5-demo/quotes/EURUSD", "", "GetQuoteRequest"},
		{"GET", "/v1/servers/mt5-demo/conversionRate?fromCurrencyCode=EUR&toCurrencyCode=JPY", "", "GetConversionRateRequest"},
		{"GET", "/v1/servers/mt5-demo/operations?state=UNCONFIRMED&page_size=5", "", "ListOperationsRequest"},
	} {
		before := f.backend.count()
		f.send(c.method, c.path, c.body)
		if f.backend.count() != before+1 {
			t.Errorf("%s %s did not reach a backend", c.method, c.path)
			continue
		}
		request := f.backend.requests[before]
		if got := typeName(request); got != c.rpc {
			t.Errorf("%s %s became a %s, want %s", c.method, c.path, got, c.rpc)
		}
		if s, ok := request.(interface{ GetServer() string }); ok && s.GetServer() != "mt5-demo" {
			t.Errorf("%s %s went to the server %q", c.method, c.path, s.GetServer())
		}
	}
}

func TestServicesThatAreNotConfiguredAnswer503(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.Backends.Orders, c.Backends.Quotes = Backend{}, Backend{} })
	f.expectProblem(f.send("GET", "/v1/servers/mt5-demo/quotes", ""), 503, "SERVICE_UNAVAILABLE")
	problem := f.expectProblem(f.send("POST", accountPath+"/orders", "{}"), 503, "SERVICE_UNAVAILABLE")
	if problem.Outcome != "NOT_SENT" || problem.RetryAfter != 0 || !strings.Contains(problem.Detail, "backends.orders.target") {
		t.Errorf("problem = %+v", problem)
	}
	if answer := f.send("GET", "/readyz", ""); answer.Code != 200 || strings.Contains(answer.Body.String(), "orders") {
		t.Errorf("/readyz: %d %s", answer.Code, answer.Body)
	}
}

func TestSymbolsMayHoldWhatPathsMayNot(t *testing.T) {
	f := newFixture(t)
	f.backend.answerWith(func(context.Context, any) (any, error) { return &quotesv1.Symbol{}, nil })
	for escaped, symbol := range map[string]string{"%23US30": "#US30", "BRK%2FB": "BRK/B", "EURUSD.m": "EURUSD.m", "a%20b": "a b"} {
		f.expectOK(f.send("GET", "/v1/servers/mt5-demo/symbols/"+escaped, ""))
		if got := last[*quotesv1.GetSymbolRequest](t, f.backend).GetSymbol(); got != symbol {
			t.Errorf("%s became %q, want %q", escaped, got, symbol)
		}
	}
}

func TestAnswersAreProtoJSONWithAllFields(t *testing.T) {
	f := newFixture(t)
	enabled := false
	f.backend.answerWith(func(context.Context, any) (any, error) {
		return &accountsv1.Account{Login: 9007199254740993, Group: `demo\retail`,
			Rights: &accountsv1.Rights{Enabled: &enabled}}, nil
	})
	body := f.expectOK(f.send("GET", accountPath, ""))
	if body["login"] != "9007199254740993" || body["group"] != `demo\retail` || body["leadSource"] != "" || body["leverage"] != 0.0 {
		t.Errorf("body = %v", body)
	}
	if _, present := body["createTime"]; present {
		t.Errorf("an unset time is in the answer: %v", body)
	}
	if rights := body["rights"].(map[string]any); len(rights) != 1 || rights["enabled"] != false {
		t.Errorf("rights = %v", rights)
	}
}

func TestDeleteAnswersAnEmptyObject(t *testing.T) {
	f := newFixture(t)
	if body := f.expectOK(f.send("DELETE", accountPath+"?validateOnly=true", "")); len(body) != 0 {
		t.Errorf("body = %v", body)
	}
	if !last[*accountsv1.DeleteAccountRequest](t, f.backend).GetValidateOnly() {
		t.Error("validateOnly was lost")
	}
}

func TestOperationIdsMayHoldWhatPathsMayNot(t *testing.T) {
	f := newFixture(t)
	for escaped, id := range map[string]string{
		"plain-1.3":                 "plain-1.3",
		"a%2Fb%3fc%23d%25e":         "a/b?c#d%e",
		"a:b":                       "a:b",
		"a%3Aenable":                "a:enable",
		"%2e%2e":                    "..",
		"x%2F%2Fy":                  "x//y",
		"%7Bcurly%7D":               "{curly}",
		"mails@example.com+1=2&3,4": "mails@example.com+1=2&3,4",
	} {
		f.expectOK(f.send("GET", "/v1/servers/mt5-demo/operations/"+escaped, ""))
		if got := last[*operationsv1.GetOperationRequest](t, f.backend).GetOperationId(); got != id {
			t.Errorf("%s became %q, want %q", escaped, got, id)
		}
	}
}

func TestPatchTakesItsMaskFromTheBody(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct{ query, body, mask string }{
		{"", `{"leverage": 200, "contact": {"email": "a@b.c"}}`, "contact.email,leverage"},
		{"", `{"leadSource": ""}`, "lead_source"},
		{"", `{"login": "10001", "leverage": 200}`, "leverage"},
		{"", `{"login": 10001}`, ""},
		{"?updateMask=leverage,leadSource", `{"leverage": 200}`, "leverage,lead_source"},
	} {
		f.expectOK(f.send("PATCH", accountPath+c.query, c.body))
		request := last[*accountsv1.UpdateAccountRequest](t, f.backend)
		if got := strings.Join(request.GetUpdateMask().GetPaths(), ","); got != c.mask {
			t.Errorf("%s: mask = %q, want %q", c.body, got, c.mask)
		}
		if request.GetAccount().GetLogin() != 10001 {
			t.Errorf("%s: login = %d", c.body, request.GetAccount().GetLogin())
		}
	}
}

func TestPathsAndMethodsThatDoNotExist(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/", 404, ""},
		{"GET", "/v1", 404, ""},
		{"GET", "/v1/servers/", 400, ""},
		{"GET", "/v2/servers", 404, ""},
		{"GET", "/docs/nothing.js", 404, ""},
		{"POST", "/v1/servers", 405, "GET"},
		{"PUT", accountPath, 405, "DELETE, GET, PATCH"},
		{"OPTIONS", accountPath, 405, "DELETE, GET, PATCH"},
		{"GET", "/v1/servers/mt5-demo/accounts:batchCreate", 405, "POST"},
		{"BREW", "/v1/servers/mt5-demo/operations/a%2Fb", 405, "GET"},
		{"POST", "/docs/", 405, "GET, HEAD"},
		{"DELETE", "/openapi.json", 405, "GET, HEAD"},
	} {
		answer := f.send(c.method, c.path, "")
		if c.status == 400 {
			continue
		}
		f.expectProblem(answer, c.status, "NO_SUCH_METHOD")
		if got := answer.Header().Get("Allow"); got != c.allow {
			t.Errorf("%s %s: Allow = %q, want %q", c.method, c.path, got, c.allow)
		}
	}
	if f.backend.count() > 1 {
		t.Errorf("%d requests reached the backend", f.backend.count())
	}
}

func TestMethodOverrideIsIgnored(t *testing.T) {
	f := newFixture(t)
	f.send("POST", accountPath, "a=b", "X-HTTP-Method-Override: DELETE", "Content-Type: ",
		"Content-Type: application/x-www-form-urlencoded")
	if f.backend.count() != 0 {
		t.Error("a POST became another method")
	}
}

func TestMetadataOfCalls(t *testing.T) {
	f := newFixture(t)
	const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	answer := f.send("GET", accountPath, "", "X-Request-Id: req-1", "Traceparent: "+trace, "Tracestate: a=b",
		"Grpc-Metadata-Authorization: Bearer other", "Grpc-Timeout: 1x", "Cookie: a=b", "Te: trailers")
	f.expectOK(answer)
	md := f.backend.lastMetadata()
	for name, want := range map[string]string{
		"authorization": "Bearer " + testKey, "x-request-id": "req-1", "traceparent": trace, "tracestate": "a=b",
	} {
		if got := md.Get(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if md.Get("cookie") != nil || md.Get("grpcgateway-cookie") != nil {
		t.Errorf("metadata = %v", md)
	}
	if got := answer.Header().Get("X-Request-Id"); got != "req-1" {
		t.Errorf("X-Request-Id = %q", got)
	}
	for _, bad := range []string{"has space", strings.Repeat("x", 65), "a\tb", "ü"} {
		got := f.send("GET", accountPath, "", "X-Request-Id: "+bad, "Traceparent: 00-zz").Header().Get("X-Request-Id")
		if got == bad || len(got) != 36 || f.backend.lastMetadata().Get("traceparent") != nil {
			t.Errorf("%q became %q", bad, got)
		}
	}
}

func TestAPIKey(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		headers []string
		reason  string
	}{
		{[]string{"Authorization: "}, "API_KEY_MISSING"},
		{[]string{"Authorization: ", "Authorization: Basic dTpw"}, "API_KEY_MISSING"},
		{[]string{"Authorization: ", "Authorization: Bearer "}, "API_KEY_MISSING"},
		{[]string{"X-Api-Key: other"}, "API_KEY_INVALID"},
		{[]string{"Authorization: ", "X-Api-Key: kéy"}, "API_KEY_INVALID"},
		{[]string{"Authorization: ", "X-Api-Key: " + strings.Repeat("k", 600)}, "API_KEY_INVALID"},
	} {
		f.expectProblem(f.send("GET", accountPath, "", c.headers...), http.StatusUnauthorized, c.reason)
	}
	if f.backend.count() != 0 {
		t.Error("a request without a key reached the backend")
	}
	f.expectOK(f.send("GET", accountPath, "", "Authorization: ", "X-Api-Key: mts_other"))
	if got := f.backend.lastMetadata().Get("authorization"); got[0] != "Bearer mts_other" {
		t.Errorf("authorization = %q", got)
	}
	f.expectOK(f.send("GET", accountPath, "", "Authorization: ", "Authorization: bearer  "+testKey))
}

func typeName(message any) string {
	return string(message.(proto.Message).ProtoReflect().Descriptor().Name())
}
