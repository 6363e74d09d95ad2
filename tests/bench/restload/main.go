// Restload makes REST calls in a closed loop over kept-alive connections: each of -concurrency workers has one call under
// way at any time. It prints one JSON line, in the form of grpc_load, about the calls of the measured part; what starts
// before -warmup has passed is not counted.
package main

import (
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

const (
	deposit = `{"balanceOperation": {"type": "DEPOSIT", "amount": "1.00"}}`
	order   = `{"order": {"symbol": "BTCUSD", "side": "BUY", "type": "MARKET", "volume": "0.01"}}`
)

var (
	url         = flag.String("url", "http://127.0.0.1:8080", "the gateway's address")
	call        = flag.String("call", "get_account", "get_account, deposit, or trade: a market order and its close in turns")
	server      = flag.String("server", "mt5-demo", "trading server")
	firstLogin  = flag.Int64("first-login", 1000, "first login; calls go round over -login-count accounts")
	loginCount  = flag.Int64("login-count", 1, "how many accounts")
	keyFile     = flag.String("key-file", "", "file with the API key")
	concurrency = flag.Int("concurrency", 1, "calls under way at any time, each on a connection of its own")
	pause       = flag.Duration("pause", 0, "between an answer and the next call of its worker")
	warmup      = flag.Duration("warmup", time.Second, "not measured")
	duration    = flag.Duration("duration", 5*time.Second, "measured")
)

// result is what one worker saw.
type result struct {
	latencies  []float64 // microseconds
	closings   []float64 // those of closing a position
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
		workers.Go(func() { results[i] = l.work(int64(i)) })
	}
	workers.Wait()
	report(results)
	return nil
}

func (l *load) work(number int64) result {
	var r result
	next := l.oneCall
	if *call == "trade" {
		next = (&trader{load: l, account: *firstLogin + number%*loginCount}).oneCall
	}
	for start := time.Now(); start.Before(l.end); start = time.Now() {
		closing, err := next()
		now := time.Now()
		time.Sleep(*pause)
		switch {
		case err != nil:
			if r.errors++; r.firstError == "" {
				r.firstError = err.Error()
			}
		case start.Before(l.measureFrom) || !now.Before(l.end):
		case closing:
			r.closings = append(r.closings, float64(now.Sub(start).Microseconds()))
		default:
			r.latencies = append(r.latencies, float64(now.Sub(start).Microseconds()))
		}
	}
	return r
}

func (l *load) oneCall() (closing bool, err error) {
	account := fmt.Sprintf("/accounts/%d", *firstLogin+l.number.Add(1)%*loginCount)
	if *call == "deposit" {
		_, err = l.send(http.MethodPost, account+"/balanceOperations", deposit)
	} else {
		_, err = l.send(http.MethodGet, account, "")
	}
	return false, err
}

// trader opens and closes positions of one account in turns, so that there is never more than one.
type trader struct {
	load     *load
	account  int64
	position string // what is open; empty for nothing
}

func (t *trader) oneCall() (closing bool, err error) {
	if t.position != "" {
		path := fmt.Sprintf("/accounts/%d/positions/%s:close", t.account, t.position)
		t.position = ""
		_, err = t.load.send(http.MethodPost, path, "{}")
		return true, err
	}
	text, err := t.load.send(http.MethodPost, fmt.Sprintf("/accounts/%d/orders", t.account), order)
	if err != nil {
		return false, err
	}
	var trade struct{ PositionTicket string }
	err = json.Unmarshal(text, &trade)
	t.position = trade.PositionTicket
	return false, err
}

// send makes one call and reads its answer to the end. Calls with a body carry an idempotency key.
func (l *load) send(method, path, body string) ([]byte, error) {
	request, err := http.NewRequest(method, *url+"/v1/servers/"+*server+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+l.key)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", rand.Text())
	}
	answer, err := l.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	return text, err
}

func report(results []result) {
	var all result
	for _, r := range results {
		all.latencies = append(all.latencies, r.latencies...)
		all.closings = append(all.closings, r.closings...)
		all.errors += r.errors
		if all.firstError == "" {
			all.firstError = r.firstError
		}
	}
	calls := len(all.latencies) + len(all.closings)
	told := map[string]any{
		"calls": calls, "errors": all.errors, "seconds": duration.Seconds(),
		"per_second": int(float64(calls) / duration.Seconds()),
		"p50_us":     percentile(all.latencies, 0.50), "p99_us": percentile(all.latencies, 0.99),
	}
	if *call == "trade" {
		told["close_p50_us"] = percentile(all.closings, 0.50)
		told["close_p99_us"] = percentile(all.closings, 0.99)
	}
	line, _ := json.Marshal(told)
	fmt.Println(string(line))
	if all.firstError != "" {
		fmt.Fprintln(os.Stderr, "first error:", all.firstError)
	}
}

// percentile sorts the values.
func percentile(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[min(len(values)-1, int(float64(len(values))*share))]
}
