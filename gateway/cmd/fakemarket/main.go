// Command fakemarket plays the services behind a gateway for tests of pages: a moving market over gRPC, without a trading
// server. It prints the address it listens on, and ends with its standard input.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	ordersv1 "mtsuite.dev/gateway/gen/mtsuite/orders/v1"
	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	"mtsuite.dev/gateway/internal/fakemarket"
)

func main() {
	interval := flag.Duration("interval", 40*time.Millisecond, "time between two steps of the market")
	key := flag.String("key", "mts_fake", "the API key it takes")
	flag.Parse()
	if err := run(*interval, *key); err != nil {
		fmt.Fprintln(os.Stderr, "fakemarket:", err)
		os.Exit(1)
	}
}

func run(interval time.Duration, key string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	market := fakemarket.New(7, fakemarket.Options{
		Symbols: []string{"EURUSD", "GBPUSD", "AUDUSD", "USDCHF", "USDCAD", "NZDUSD", "EURGBP", "EURCHF"},
		History: 10_000, Heartbeat: time.Second, Batch: 10 * time.Millisecond, Keys: []string{key},
	})
	server := grpc.NewServer()
	quotesv1.RegisterQuoteServiceServer(server, market)
	ordersv1.RegisterOrderServiceServer(server, fakemarket.NewBook(7, 10_000, time.Second))
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	go func() {
		for range time.Tick(interval) {
			market.TickRandom(3)
		}
	}()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // However it ends, it is over.
		server.Stop()
	}()
	fmt.Println(listener.Addr())
	return server.Serve(listener)
}
