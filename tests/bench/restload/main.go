// Restload makes REST calls in a closed loop over kept-alive connections: each of -concurrency workers has one call under
// way at any time. It prints one JSON line, in the form of grpc_load, about the calls of the measured part; what starts
// before -warmup has passed is not counted.
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const deposit = `{"balanceOperation": {"type": "DEPOSIT", "amount": "1.00"}}`

var (
	url         = flag.String("url", "http://127.0.0.1:8080", "the gateway's address")
	call        = flag.String("call", "get_account", "get_account or deposit")
	server      = flag.String("server", "mt5-demo", "trading server")
	firstLogin  = flag.Int64("first-login", 1000, "first login; calls go round over -login-count accounts")
	loginCount  = flag.Int64("login-count", 1, "how many accounts")
	keyFile     = flag.String("key-file", "", "file with the API key")
	concurrency = flag.Int("concurrency", 1, "calls under way at any time, each on a connection of its own")
	warmup      = flag.Duration("warmup", time.Second, "not measured")
	duration    = flag.Duration("duration", 5*time.Second, "measured")
)

// result is what one worker saw.
type result struct {
	latencies  []float64 // microseconds
	errors     int
	firstError string
}

type load struct {
	client      *http.Client
	key         string
	number      atomic.Int64
	measureFrom time.Time
	end         time.Time
}

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "restload:", err)
		os.Exit(1)
	}
}

func run() error {
	key, err := os.ReadFile(*keyFile)
	if err != nil {
		return err
	}
	l := &load{
		client:      &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: *concurrency}, Timeout: 10 * time.Second},
		key:         strings.TrimSpace(string(key)),
		measureFrom: time.Now().Add(*warmup),
		end:         time.Now().Add(*warmup + *duration),
	}
	results := make([]result, *concurrency)
	var workers sync.WaitGroup
	for i := range results {
		workers.Go(func() { results[i] = l.work() })
	}
	workers.Wait()
	report(results)
	return nil
}

func (l *load) work() result {
	var r result
	for start := time.Now(); start.Before(l.end); start = time.Now() {
		err := l.one()
		now := time.Now()
		switch {
		case err != nil:
			if r.errors++; r.firstError == "" {
				r.firstError = err.Error()
			}
		case !start.Before(l.measureFrom) && now.Before(l.end):
			r.latencies = append(r.latencies, float64(now.Sub(start).Microseconds()))
		}
	}
	return r
}

// one makes one call and reads its answer to the end.
func (l *load) one() error {
	path := fmt.Sprintf("%s/v1/servers/%s/accounts/%d", *url, *server, *firstLogin+l.number.Add(1)%*loginCount)
	method, body := http.MethodGet, []byte(nil)
	if *call == "deposit" {
		method, body, path = http.MethodPost, []byte(deposit), path+"/balanceOperations"
	}
	request, err := http.NewRequest(method, path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+l.key)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", rand.Text())
	}
	answer, err := l.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	return err
}

func report(results []result) {
	var all result
	for _, r := range results {
		all.latencies = append(all.latencies, r.latencies...)
		all.errors += r.errors
		if all.firstError == "" {
			all.firstError = r.firstError
		}
	}
	slices.Sort(all.latencies)
	percentile := func(share float64) float64 {
		if len(all.latencies) == 0 {
			return 0
		}
		return all.latencies[min(len(all.latencies)-1, int(float64(len(all.latencies))*share))]
	}
	line, _ := json.Marshal(map[string]any{
		"calls": len(all.latencies), "errors": all.errors, "seconds": duration.Seconds(),
		"per_second": int(float64(len(all.latencies)) / duration.Seconds()),
		"p50_us":     percentile(0.50), "p99_us": percentile(0.99),
	})
	fmt.Println(string(line))
	if all.firstError != "" {
		fmt.Fprintln(os.Stderr, "first error:", all.firstError)
	}
}
