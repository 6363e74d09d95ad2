package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// probeTimeout is how long a backend may take to say that it serves.
	probeTimeout = time.Second
	// probeInterval is how long an answer of the backends is good for, so that probes cannot load them.
	probeInterval = 500 * time.Millisecond
)

// readiness answers /readyz: yes while all backends serve and the gateway is not about to stop.
type readiness struct {
	backends []*backend
	metrics  *metrics
	draining atomic.Bool

	mutex   sync.Mutex
	checked time.Time
	last    map[string]string
}

// probe returns what each backend says; "SERVING" is a yes.
func (h *readiness) probe() map[string]string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.last != nil && time.Since(h.checked) < probeInterval {
		return h.last
	}
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	results := make([]string, len(h.backends))
	var group sync.WaitGroup
	for i, b := range h.backends {
		group.Go(func() {
			results[i] = "SERVING"
			if b.healthy(ctx) != nil {
				results[i] = "NOT_SERVING"
			}
		})
	}
	group.Wait()
	h.last, h.checked = map[string]string{}, time.Now()
	for i, b := range h.backends {
		h.last[b.name] = results[i]
	}
	return h.last
}

// ServeHTTP answers a readiness probe.
func (h *readiness) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	answer := struct {
		Ready    bool              `json:"ready"`
		Draining bool              `json:"draining"`
		Backends map[string]string `json:"backends"`
	}{Draining: h.draining.Load(), Backends: h.probe()}
	answer.Ready = !answer.Draining
	for _, state := range answer.Backends {
		answer.Ready = answer.Ready && state == "SERVING"
	}
	status := http.StatusOK
	h.metrics.ready.Set(1)
	if !answer.Ready {
		status = http.StatusServiceUnavailable
		h.metrics.ready.Set(0)
	}
	writeJSON(w, status, answer)
}

// serveLiveness answers /healthz: the process runs. It never depends on anything else.
func serveLiveness(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]bool{"alive": true})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil { // Maps and booleans: this cannot happen.
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // The caller may be gone.
}
