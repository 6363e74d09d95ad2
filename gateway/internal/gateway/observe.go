package gateway

import (
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

var (
	requestIDForm   = regexp.MustCompile(`^[A-Za-z0-9._:/+=-]{1,64}$`)
	traceparentForm = regexp.MustCompile(`^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$`)
)

// observer gives each request its id, and writes one log line and the metrics for it.
type observer struct {
	logger  *slog.Logger
	metrics *metrics
	next    http.Handler
}

// ServeHTTP is the outermost handler; it turns a panic into an answer.
func (o *observer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	c := newCall(r.Header)
	r = r.WithContext(withCall(r.Context(), c))
	recorder := &statusRecorder{ResponseWriter: w}
	recorder.Header().Set("X-Request-Id", c.requestID)
	recorder.Header().Set("X-Content-Type-Options", "nosniff")
	o.metrics.inFlight.Inc()
	defer func() {
		failure := recover()
		if failure == http.ErrAbortHandler {
			panic(failure)
		}
		if failure != nil {
			c.cause = fmt.Sprintf("panic: %v", failure)
			o.logger.Error("panic", "request_id", c.requestID, "cause", c.cause, "stack", string(debug.Stack()))
			if recorder.status == 0 {
				writeProblem(recorder, r, newProblem(http.StatusInternalServerError, typev1.ErrorReason_INTERNAL,
					"The gateway failed. The log has the cause under this request id."))
			}
		}
		o.metrics.inFlight.Dec()
		o.finish(r, c, recorder, time.Since(start))
	}()
	o.next.ServeHTTP(recorder, r)
}

// newCall takes over the caller's ids where they have the right form.
func newCall(header http.Header) *call {
	c := &call{requestID: header.Get("X-Request-Id")}
	if !requestIDForm.MatchString(c.requestID) {
		c.requestID = uuid.NewString()
	}
	if traceparent := header.Get("Traceparent"); traceparentForm.MatchString(traceparent) {
		c.traceparent = traceparent
		if tracestate := header.Get("Tracestate"); len(tracestate) <= 512 && isPrintableASCII(tracestate) {
			c.tracestate = tracestate
		}
	}
	return c
}

func (o *observer) finish(r *http.Request, c *call, recorder *statusRecorder, duration time.Duration) {
	name := pageRoute(r.URL.Path)
	if c.route != nil {
		name = c.route.template
	}
	o.metrics.observe(r.Method, name, recorder.statusCode(), duration)

	fields := []any{
		"method", methodLabel(r.Method), "route", name, "status", recorder.statusCode(),
		"duration_ms", float64(duration.Microseconds()) / 1000, "bytes", recorder.bytes,
		"request_id", c.requestID, "remote", r.RemoteAddr,
	}
	add := func(key, value string) {
		if value != "" {
			fields = append(fields, key, value)
		}
	}
	if c.route != nil {
		add("path", r.URL.Path)
	}
	add("traceparent", c.traceparent)
	add("operation_id", c.operationID)
	if c.problem != nil {
		add("reason", c.problem.Reason)
		add("outcome", c.problem.Outcome)
	}
	add("cause", c.cause)
	o.logger.Log(r.Context(), levelOf(name, recorder.statusCode()), "request", fields...)
}

// levelOf: a failure inside the suite is for a human; an unreachable service is so only when it lasts, which the
// metrics tell; probes are noise.
func levelOf(name string, httpStatus int) slog.Level {
	switch {
	case name == "/healthz" || name == "/readyz":
		return slog.LevelDebug
	case httpStatus == http.StatusInternalServerError:
		return slog.LevelError
	case httpStatus >= 500:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

func isPrintableASCII(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// statusRecorder remembers what was answered.
type statusRecorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (s *statusRecorder) WriteHeader(status int) {
	if s.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusRecorder) Write(data []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	written, err := s.ResponseWriter.Write(data)
	s.bytes += int64(written)
	return written, err
}

// Unwrap lets http.ResponseController reach the connection.
func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *statusRecorder) statusCode() int {
	if s.status == 0 {
		return http.StatusOK
	}
	return s.status
}
