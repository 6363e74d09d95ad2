package gateway

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = maxTimeout + 15*time.Second
	idleTimeout       = 2 * time.Minute
)

// Run serves until `stop` is done, then drains: /readyz says no, the configured pause, no new connections, running
// requests may finish until the drain timeout. A drain that had to cut requests off is an error.
func (g *Gateway) Run(stop context.Context) error {
	settings, err := serverTLS(g.config.TLS)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", g.config.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer listener.Close()
	ports := portFile{Service: "gateway", PID: os.Getpid(), Port: portOf(listener)}
	failed := make(chan error, 2)

	if g.config.MetricsListen != "" {
		metricsListener, err := net.Listen("tcp", g.config.MetricsListen)
		if err != nil {
			return fmt.Errorf("metrics_listen: %w", err)
		}
		server := &http.Server{Handler: g.metrics.handler(), ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout}
		defer server.Close()
		ports.MetricsPort = portOf(metricsListener)
		go func() { failed <- server.Serve(metricsListener) }()
	}

	server := &http.Server{
		Handler:           g.handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    g.config.Limits.HeaderBytes,
		ErrorLog:          newServerLog(g.logger),
		TLSConfig:         settings,
		ConnContext:       withConnection,
	}
	if settings != nil {
		listener = tls.NewListener(listener, settings)
	}
	go func() { failed <- server.Serve(listener) }()
	if g.config.PortFile != "" {
		if err := ports.write(g.config.PortFile); err != nil {
			return err
		}
		defer os.Remove(g.config.PortFile)
	}
	g.logger.Info("serving", "listen", listener.Addr().String(), "metrics_port", ports.MetricsPort, "tls", settings != nil)

	select {
	case err := <-failed:
		return err
	case <-stop.Done():
	}
	return g.drain(server)
}

func (g *Gateway) drain(server *http.Server) error {
	g.logger.Info("draining", "pause", g.config.Drain.Pause.String(), "timeout", g.config.Drain.Timeout.String())
	g.readiness.draining.Store(true)
	<-time.After(g.config.Drain.Pause)
	ctx, cancel := context.WithTimeout(context.Background(), g.config.Drain.Timeout)
	defer cancel()
	g.streams.stop()
	err := server.Shutdown(ctx)
	if err == nil {
		err = g.streams.wait(ctx)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		_ = server.Close() // Cuts off what still runs; there is nothing left to do about a failure.
		g.logger.Warn("drain_timeout")
		return errors.New("requests were still running after the drain timeout")
	}
	g.logger.Info("stopped")
	return err
}

// portFile says where the gateway listens.
type portFile struct {
	Service     string `json:"service"`
	PID         int    `json:"pid"`
	Port        int    `json:"port"`
	MetricsPort int    `json:"metrics_port"`
}

// write makes the file appear complete or not at all.
func (p portFile) write(path string) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("port_file: %w", err)
	}
	_, writeErr := temporary.Write(append(text, '\n'))
	err = errors.Join(writeErr, temporary.Chmod(0o644), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
		return fmt.Errorf("port_file: %w", err)
	}
	return nil
}

func portOf(listener net.Listener) int { return listener.Addr().(*net.TCPAddr).Port }
