package gateway

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mtsuite.dev/gateway/internal/quotehub"
)

// metrics are rate, errors and duration per route. Labels come from closed sets: routes of the API, known methods.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	ready    prometheus.Gauge

	streamClients *prometheus.GaugeVec
	streamFrames  *prometheus.CounterVec
	streamsEnded  *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Requests answered, by method, route and HTTP status.",
		}, []string{"method", "route", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Time from a request's headers to the end of its answer.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60},
		}, []string{"method", "route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "http_requests_in_flight", Help: "Requests being answered.",
		}),
		ready: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "gateway_ready", Help: "1 when the last readiness probe found all backends serving, else 0.",
		}),
		streamClients: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "stream_clients", Help: "Streams that are open, by kind (quotes, events) and transport (websocket, sse).",
		}, []string{"stream", "transport"}),
		streamFrames: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stream_messages_total", Help: "Messages written to clients of streams, by kind.",
		}, []string{"stream"}),
		streamsEnded: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "streams_ended_total", Help: "Streams that ended, by kind and reason; CLIENT_GONE when it was the client.",
		}, []string{"stream", "reason"}),
	}
	m.registry.MustRegister(m.requests, m.duration, m.inFlight, m.ready, m.streamClients, m.streamFrames, m.streamsEnded, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(method, route string, status int, duration time.Duration) {
	method = methodLabel(method)
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(method, route).Observe(duration.Seconds())
}

// observeHub shows what the hub of quotes counts.
func (m *metrics) observeHub(counters *quotehub.Counters) {
	for name, counter := range map[string]struct {
		help  string
		value *atomic.Int64
	}{
		"quotes_sent_total":             {"Quotes handed to clients.", &counters.QuotesSent},
		"quotes_skipped_total":          {"Ticks that clients were told were skipped.", &counters.QuotesSkipped},
		"quotes_resets_total":           {"Clients that had to start over with a snapshot.", &counters.Resets},
		"quotes_upstream_streams_total": {"Streams of quotes opened at the service.", &counters.UpstreamStreams},
	} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: counter.help},
			func() float64 { return float64(counter.value.Load()) }))
	}
}

// handler serves the metrics; it belongs on a port of its own.
func (m *metrics) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}

func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions:
		return method
	}
	return "other"
}
