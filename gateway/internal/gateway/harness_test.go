package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/emptypb"

	accountsv1 "mtsuite.dev/gateway/gen/mtsuite/accounts/v1"
	operationsv1 "mtsuite.dev/gateway/gen/mtsuite/operations/v1"
	ordersv1 "mtsuite.dev/gateway/gen/mtsuite/orders/v1"
	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
)

const testKey = "mts_test_secretsecretsecret"

// fakeBackend is a real gRPC server whose answers a test sets.
type fakeBackend struct {
	accountsv1.UnimplementedAccountServiceServer
	operationsv1.UnimplementedOperationServiceServer
	operationsv1.UnimplementedServerServiceServer
	ordersv1.UnimplementedOrderServiceServer
	quotesv1.UnimplementedQuoteServiceServer

	server  *grpc.Server
	address string
	health  *health.Server

	mutex    sync.Mutex
	requests []any
	metadata metadata.MD
	// Answers one call; nil answers with an empty message.
	answer func(ctx context.Context, request any) (any, error)
}

func startBackend(t testing.TB) *fakeBackend {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeBackend{address: listener.Addr().String(), health: health.NewServer()}
	f.server = grpc.NewServer(grpc.UnaryInterceptor(f.intercept))
	accountsv1.RegisterAccountServiceServer(f.server, f)
	operationsv1.RegisterOperationServiceServer(f.server, f)
	operationsv1.RegisterServerServiceServer(f.server, f)
	ordersv1.RegisterOrderServiceServer(f.server, f)
	quotesv1.RegisterQuoteServiceServer(f.server, f)
	grpc_health_v1.RegisterHealthServer(f.server, f.health)
	go func() { _ = f.server.Serve(listener) }()
	t.Cleanup(f.server.Stop)
	return f
}

// intercept records the request and answers it, before any method of the server would.
func (f *fakeBackend) intercept(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if strings.HasPrefix(info.FullMethod, "/grpc.health.") {
		return next(ctx, request)
	}
	f.mutex.Lock()
	f.requests = append(f.requests, request)
	f.metadata, _ = metadata.FromIncomingContext(ctx)
	answer := f.answer
	f.mutex.Unlock()
	if answer == nil {
		return emptyAnswer(info.FullMethod), nil
	}
	return answer(ctx, request)
}

// emptyAnswer is what a method answers by default.
func emptyAnswer(method string) any {
	switch method[strings.LastIndexByte(method, '/')+1:] {
	case "DeleteAccount", "SetPassword":
		return &emptypb.Empty{}
	case "CreateBalanceOperation":
		return &accountsv1.BalanceOperation{}
	case "ListAccounts":
		return &accountsv1.ListAccountsResponse{}
	case "GetOperation":
		return &operationsv1.Operation{}
	case "ListOperations":
		return &operationsv1.ListOperationsResponse{}
	case "ListServers":
		return &operationsv1.ListServersResponse{}
	case "CheckPassword":
		return &accountsv1.CheckPasswordResponse{}
	case "BatchCreateBalanceOperations":
		return &accountsv1.BatchCreateBalanceOperationsResponse{}
	}
	return &accountsv1.Account{Login: 10001, Name: "Ada"}
}

func (f *fakeBackend) answerWith(answer func(ctx context.Context, request any) (any, error)) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.answer = answer
}

// fail makes every call fail with an error of the suite.
func (f *fakeBackend) fail(code codes.Code, message string, details ...protoadapt.MessageV1) {
	st, err := status.New(code, message).WithDetails(details...)
	if err != nil {
		panic(err)
	}
	f.answerWith(func(context.Context, any) (any, error) { return nil, st.Err() })
}

func (f *fakeBackend) count() int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return len(f.requests)
}

// last returns the newest request, which must be of type T.
func last[T any](t *testing.T, f *fakeBackend) T {
	t.Helper()
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if len(f.requests) == 0 {
		t.Fatal("the backend got no request")
	}
	request, ok := f.requests[len(f.requests)-1].(T)
	if !ok {
		t.Fatalf("the backend got a %T", f.requests[len(f.requests)-1])
	}
	return request
}

func (f *fakeBackend) lastMetadata() metadata.MD {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.metadata
}

func reason(name string, metadata ...string) *errdetails.ErrorInfo {
	info := &errdetails.ErrorInfo{Reason: name, Domain: errorDomain, Metadata: map[string]string{}}
	for i := 0; i+1 < len(metadata); i += 2 {
		info.Metadata[metadata[i]] = metadata[i+1]
	}
	return info
}

// fixture is a gateway over fake backends.
type fixture struct {
	*testing.T
	backend *fakeBackend
	gateway *Gateway
	log     *syncBuffer
}

type syncBuffer struct {
	mutex sync.Mutex
	bytes.Buffer
}

func (b *syncBuffer) Write(data []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.Buffer.Write(data)
}

func (b *syncBuffer) text() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.Buffer.String()
}

func newFixture(t *testing.T, adjust ...func(*Config)) *fixture {
	t.Helper()
	f := &fixture{T: t, backend: startBackend(t), log: &syncBuffer{}}
	config := testConfig(f.backend.address)
	for _, change := range adjust {
		change(&config)
	}
	var err error
	if f.gateway, err = New(config, NewLogger(f.log, "debug")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.gateway.Close)
	return f
}

func testConfig(address string) Config {
	config := defaultConfig()
	config.Listen = "127.0.0.1:0"
	config.Backends.Accounts = Backend{Target: address, Connections: 1}
	config.Backends.Operations = Backend{Target: address, Connections: 1}
	config.Backends.Orders = Backend{Target: address, Connections: 1}
	config.Backends.Quotes = Backend{Target: address, Connections: 1}
	return config
}

func discardLogger() *slog.Logger { return NewLogger(io.Discard, "error") }

// send makes a request with an API key; headers are "Name: value".
func (f *fixture) send(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	f.Helper()
	request := httptest.NewRequest(method, target, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+testKey)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		if value == "" {
			request.Header.Del(name)
			continue
		}
		request.Header.Add(name, value)
	}
	recorder := httptest.NewRecorder()
	f.gateway.Handler().ServeHTTP(recorder, request)
	return recorder
}

// expectProblem checks what all problems have in common and returns the body.
func (f *fixture) expectProblem(answer *httptest.ResponseRecorder, httpStatus int, reason string) Problem {
	f.Helper()
	var problem Problem
	if err := json.Unmarshal(answer.Body.Bytes(), &problem); err != nil {
		f.Fatalf("not a problem: %v: %s", err, answer.Body)
	}
	if answer.Code != httpStatus || problem.Status != httpStatus || problem.Reason != reason {
		f.Fatalf("got %d %+v, want %d %s", answer.Code, problem, httpStatus, reason)
	}
	if got := answer.Header().Get("Content-Type"); got != "application/problem+json" {
		f.Errorf("Content-Type = %q", got)
	}
	if problem.Type != problemTypeBase+reason || problem.Title == "" || problem.Detail == "" || problem.Instance == "" {
		f.Errorf("incomplete problem %+v", problem)
	}
	if problem.RequestID == "" || answer.Header().Get("X-Request-Id") != problem.RequestID {
		f.Errorf("request id %q in the body, %q in the header", problem.RequestID, answer.Header().Get("X-Request-Id"))
	}
	if (answer.Code == http.StatusUnauthorized) != (answer.Header().Get("WWW-Authenticate") != "") {
		f.Errorf("WWW-Authenticate = %q with status %d", answer.Header().Get("WWW-Authenticate"), answer.Code)
	}
	return problem
}

// expectOK returns the body of a success.
func (f *fixture) expectOK(answer *httptest.ResponseRecorder) map[string]any {
	f.Helper()
	var body map[string]any
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || answer.Code != http.StatusOK {
		f.Fatalf("got %d %s (%v)", answer.Code, answer.Body, err)
	}
	return body
}
