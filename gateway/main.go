// Command gateway serves the public API of mtsuite as REST with JSON.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"mtsuite.dev/gateway/internal/gateway"
)

const usage = `Usage: gateway --config=FILE

Serves the public API of mtsuite as REST with JSON, in front of its gRPC services.
FILE is YAML; README.md in this folder lists its keys. On SIGTERM the gateway drains
and stops; a second signal ends it at once.
`

func main() {
	flag.Usage = func() { fmt.Fprint(flag.CommandLine.Output(), usage) }
	path := flag.String("config", "", "")
	flag.Parse()
	if *path == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*path); err != nil {
		fmt.Fprintln(os.Stderr, "gateway:", err)
		os.Exit(1)
	}
}

func run(path string) error {
	config, err := gateway.LoadConfig(path)
	if err != nil {
		return err
	}
	g, err := gateway.New(config, gateway.NewLogger(os.Stderr, config.LogLevel))
	if err != nil {
		return err
	}
	defer g.Close()
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	context.AfterFunc(stop, cancel) // A second signal is no longer caught.
	return g.Run(stop)
}
