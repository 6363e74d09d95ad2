package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/health/grpc_health_v1"

	accountsv1 "mtsuite.dev/gateway/gen/mtsuite/accounts/v1"
)

// running is a gateway with its listeners.
type running struct {
	url     string
	metrics string
	stop    context.CancelFunc
	done    chan error
}

func (f *fixture) run() *running {
	f.Helper()
	f.gateway.config.PortFile = filepath.Join(f.TempDir(), "gateway.json")
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{stop: cancel, done: make(chan error, 1)}
	go func() { r.done <- f.gateway.Run(ctx) }()
	f.Cleanup(cancel)
	var ports portFile
	for deadline := time.Now().Add(10 * time.Second); ; {
		text, err := os.ReadFile(f.gateway.config.PortFile)
		if err == nil {
			if err := json.Unmarshal(text, &ports); err != nil {
				f.Fatal(err)
			}
			break
		}
		select {
		case err := <-r.done:
			f.Fatal(err)
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			f.Fatal("no port file")
		}
	}
	r.url = fmt.Sprintf("http://127.0.0.1:%d", ports.Port)
	r.metrics = fmt.Sprintf("http://127.0.0.1:%d", ports.MetricsPort)
	return r
}

func (f *fixture) serve() string { return f.run().url }

func get(t *testing.T, url string) (int, http.Header, string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(body)
}

func TestDocuments(t *testing.T) {
	f := newFixture(t)
	url := f.serve()
	for path, want := range map[string]struct{ contentType, content string }{
		"/openapi.json":              {"application/json", `"openapi": "3.1`},
		"/swagger.json":              {"application/json", `"swagger": "2.0"`},
		"/demo":                      {"text/html; charset=utf-8", "demo.js"},
		"/demo/stream.js":            {"text/javascript; charset=utf-8", "class QuoteStream"},
		"/demo/demo.css":             {"text/css; charset=utf-8", "data-theme"},
		"/demo/icon.svg":             {"image/svg+xml", "<svg"},
		"/docs":                      {"text/html; charset=utf-8", "swagger-ui-bundle.js"},
		"/docs/":                     {"text/html; charset=utf-8", "swagger-ui-bundle.js"},
		"/docs/init.js":              {"text/javascript; charset=utf-8", "persistAuthorization: false"},
		"/docs/swagger-ui.css":       {"text/css; charset=utf-8", ".swagger-ui"},
		"/docs/swagger-ui-bundle.js": {"text/javascript; charset=utf-8", "SwaggerUIBundle"},
		"/docs/favicon-32x32.png":    {"image/png", "PNG"},
	} {
		status, header, body := get(t, url+path)
		if status != http.StatusOK || header.Get("Content-Type") != want.contentType || !strings.Contains(body, want.content) {
			t.Errorf("%s: %d %s", path, status, header)
		}
		if policy := header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") ||
			strings.Contains(policy, "http") || strings.Contains(policy, "script-src 'self' '") {
			t.Errorf("%s: Content-Security-Policy = %q", path, policy)
		}
		if header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: no nosniff", path)
		}
	}
	_, _, index := get(t, url+"/docs/")
	if strings.Contains(index, "http://") || strings.Contains(index, "https://") || strings.Contains(index, "<script>") {
		t.Errorf("the page loads from elsewhere, or has a script inside:\n%s", index)
	}
}

func TestProbes(t *testing.T) {
	f := newFixture(t)
	f.expectOK(f.send("GET", "/healthz", "", "Authorization: "))
	body := f.expectOK(f.send("GET", "/readyz", "", "Authorization: "))
	if body["ready"] != true || body["draining"] != false {
		t.Errorf("body = %v", body)
	}
	f.backend.health.SetServingStatus("", grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	f.gateway.readiness.checked = time.Time{}
	answer := f.send("GET", "/readyz", "", "Authorization: ")
	if answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), `"accounts":"NOT_SERVING"`) {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	f.expectOK(f.send("GET", "/healthz", "", "Authorization: "))
}

func TestMetricsAndLog(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.MetricsListen = "127.0.0.1:0" })
	r := f.run()
	f.expectOK(f.send("GET", accountPath, "", "X-Request-Id: req-1"))
	f.send("GET", "/nowhere", "")
	f.send("BREW", "/nowhere", "")
	status, _, body := get(t, r.metrics+"/metrics")
	for _, line := range []string{
		`http_requests_total{code="200",method="GET",route="/v1/servers/{server}/accounts/{login}"} 1`,
		`http_requests_total{code="404",method="GET",route="unmatched"} 1`,
		`http_requests_total{code="404",method="other",route="unmatched"} 1`,
		`http_request_duration_seconds_count{method="GET",route="/v1/servers/{server}/accounts/{login}"} 1`,
		"http_requests_in_flight 0",
		"go_goroutines",
	} {
		if status != http.StatusOK || !strings.Contains(body, line) {
			t.Errorf("no %s", line)
		}
	}
	if status, _, _ := get(t, r.url+"/metrics"); status != http.StatusNotFound {
		t.Errorf("metrics on the public port: %d", status)
	}

	var found bool
	for _, line := range strings.Split(strings.TrimSpace(f.log.text()), "\n") {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("not JSON: %s", line)
		}
		if entry["ts"] == nil || entry["level"] == nil || entry["service"] != "gateway" || entry["event"] == nil {
			t.Errorf("line = %s", line)
		}
		if entry["request_id"] == "req-1" {
			found = entry["event"] == "request" && entry["status"] == 200.0 && entry["path"] == accountPath && entry["level"] == "info"
		}
	}
	if !found {
		t.Errorf("log = %s", f.log.text())
	}
}

func TestDrainFinishesWhatRuns(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.Drain.Timeout = 10 * time.Second })
	r := f.run()
	entered, release := make(chan bool), make(chan bool)
	f.backend.answerWith(func(context.Context, any) (any, error) {
		entered <- true
		<-release
		return &accountsv1.BalanceOperation{Ticket: 7}, nil
	})
	answered := make(chan int, 1)
	go func() {
		request, _ := http.NewRequest("POST", r.url+depositPath, strings.NewReader(deposit))
		request.Header.Set("Authorization", "Bearer "+testKey)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			answered <- 0
			return
		}
		defer answer.Body.Close()
		answered <- answer.StatusCode
	}()
	<-entered
	r.stop()
	for !f.gateway.readiness.draining.Load() {
		runtime.Gosched()
	}
	answer := f.send("GET", "/readyz", "")
	if answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), `"draining":true`) {
		t.Errorf("readyz: %d %s", answer.Code, answer.Body)
	}
	close(release)
	if status := <-answered; status != http.StatusOK {
		t.Errorf("the running request got %d", status)
	}
	if err := <-r.done; err != nil {
		t.Errorf("Run: %v", err)
	}
	if _, err := os.Stat(f.gateway.config.PortFile); !os.IsNotExist(err) {
		t.Errorf("the port file is still there: %v", err)
	}
	if _, err := http.Get(r.url + "/healthz"); err == nil {
		t.Error("the gateway still listens")
	}
}

func TestDrainTimeoutCutsOff(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.Drain.Timeout = 50 * time.Millisecond })
	r := f.run()
	entered := make(chan bool)
	f.backend.answerWith(func(ctx context.Context, _ any) (any, error) {
		entered <- true
		<-ctx.Done()
		return nil, ctx.Err()
	})
	go func() {
		request, _ := http.NewRequest("GET", r.url+accountPath, nil)
		request.Header.Set("Authorization", "Bearer "+testKey)
		if answer, err := http.DefaultClient.Do(request); err == nil {
			answer.Body.Close()
		}
	}()
	<-entered
	r.stop()
	if err := <-r.done; err == nil {
		t.Error("a drain that cut a request off was no error")
	}
}

func TestHeaderLimit(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.Limits.HeaderBytes = 8 << 10 })
	url := f.serve()
	request, _ := http.NewRequest("GET", url+accountPath, nil)
	request.Header.Set("X-Large", strings.Repeat("x", 16<<10))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status = %d", answer.StatusCode)
	}
}

func TestCORS(t *testing.T) {
	const origin = "https://crm.example.com"
	f := newFixture(t, func(c *Config) { c.CORS.AllowedOrigins = []string{origin} })
	preflight := f.send("OPTIONS", depositPath, "", "Authorization: ", "Origin: "+origin,
		"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,idempotency-key")
	header := preflight.Header()
	if preflight.Code != http.StatusNoContent || header.Get("Access-Control-Allow-Origin") != origin ||
		!strings.Contains(header.Get("Access-Control-Allow-Headers"), "Idempotency-Key") ||
		!strings.Contains(header.Get("Access-Control-Allow-Methods"), "PATCH") ||
		header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("preflight: %d %v", preflight.Code, header)
	}
	answer := f.send("GET", accountPath, "", "Origin: "+origin)
	f.expectOK(answer)
	if answer.Header().Get("Access-Control-Allow-Origin") != origin || answer.Header().Get("Vary") != "Origin" ||
		!strings.Contains(answer.Header().Get("Access-Control-Expose-Headers"), "Operation-Id") {
		t.Errorf("headers = %v", answer.Header())
	}
	for _, other := range []string{"https://evil.example.com", "https://crm.example.com.evil.com", "null"} {
		if got := f.send("GET", accountPath, "", "Origin: "+other).Header().Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("%s is allowed: %q", other, got)
		}
	}
	off := newFixture(t)
	answer = off.send("OPTIONS", depositPath, "", "Origin: "+origin, "Access-Control-Request-Method: POST")
	if answer.Code != http.StatusMethodNotAllowed || answer.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("CORS is on without configuration: %d %v", answer.Code, answer.Header())
	}
}
