package quotehub

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
	"mtsuite.dev/gateway/internal/frame"
)

// BenchmarkHub is the hub without sockets: batches of 100 quotes to 1,000 clients that only take them. An operation is one
// batch, applied and handed to all; what it costs for each quote delivered is reported beside it, and how long a batch took to
// reach the slowest client.
func BenchmarkHub(b *testing.B) {
	const clients, symbols = 1000, 100
	h := New(Options{BatchInterval: time.Millisecond, Heartbeat: time.Minute, LogLength: 1 << 16})
	f := newFeed(h, "bench", "key") // Not started: the benchmark plays the upstream and the clock.
	batch := func(sequence int64) *quotesv1.QuoteBatch {
		quotes := &quotesv1.QuoteBatch{}
		for i := range symbols {
			quotes.Quotes = append(quotes.Quotes, &quotesv1.Quote{Symbol: fmt.Sprintf("SYM%03d", i), Bid: "1.08431", Ask: "1.08432",
				Time: timestamppb.Now(), Sequence: sequence})
		}
		return quotes
	}
	apply := func(message *quotesv1.StreamQuotesResponse, sequence int64) {
		message.Position = &typev1.StreamPosition{Epoch: "e", Sequence: sequence}
		if err := f.apply(message, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
	apply(&quotesv1.StreamQuotesResponse{Content: &quotesv1.StreamQuotesResponse_Snapshot{Snapshot: batch(1)}}, 1)
	apply(&quotesv1.StreamQuotesResponse{Content: &quotesv1.StreamQuotesResponse_SnapshotEnd{}}, 1)

	ctx, cancel := context.WithCancel(context.Background())
	var taken atomic.Int64
	var running, reached sync.WaitGroup
	for range clients {
		s := &Subscriber{feed: f, slot: make(chan *frame.Frame, 1), wake: make(chan struct{}, 1)}
		f.mutex.Lock()
		f.addMember(s)
		f.admit(s, Request{All: true})
		f.mutex.Unlock()
		if _, err := s.Next(ctx); err != nil {
			b.Fatal(err)
		}
		running.Go(func() {
			for {
				frames, err := s.Next(ctx)
				if err != nil {
					return
				}
				taken.Add(int64(len(frames)))
				reached.Done()
			}
		})
	}
	before, sequence := processorTime(), int64(1)
	var latencies []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		sequence++
		reached.Add(clients)
		start := time.Now()
		apply(&quotesv1.StreamQuotesResponse{Content: &quotesv1.StreamQuotesResponse_Quotes{Quotes: batch(sequence)}}, sequence)
		f.flush(time.Now())
		reached.Wait()
		latencies = append(latencies, time.Since(start))
	}
	used := processorTime() - before
	cancel()
	running.Wait()
	slices.Sort(latencies)
	quotes := float64(taken.Load() * symbols)
	b.ReportMetric(quotes/b.Elapsed().Seconds(), "quotes/s")
	b.ReportMetric(float64(used.Nanoseconds())/quotes, "cpu-ns/quote")
	b.ReportMetric(float64(latencies[len(latencies)*99/100].Microseconds())/1000, "p99-ms")
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
