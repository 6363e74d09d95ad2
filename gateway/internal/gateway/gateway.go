// Package gateway is the HTTP/JSON front of the suite: it turns REST requests into calls of the public gRPC services and
// their answers and errors into JSON. It holds no state; everything it promises about operations, the services keep.
package gateway

import (
	"fmt"
	"log/slog"
	"net/http"

	"google.golang.org/grpc"
)

// Gateway is the assembled gateway without its listeners.
type Gateway struct {
	config    Config
	logger    *slog.Logger
	metrics   *metrics
	backends  []*backend
	readiness *readiness
	streams   *streams
	handler   http.Handler
}

// quoteWindowBytes is how much may be on its way to a stream of quotes. Fixed: a window that grows, as gRPC's own does, lets
// quotes grow old on the way to a gateway that is busy, where the service would have conflated them.
const quoteWindowBytes = 64 << 10

// New builds a gateway and starts connecting to its backends. Close it when it is of no more use.
func New(config Config, logger *slog.Logger) (*Gateway, error) {
	g := &Gateway{config: config, logger: logger, metrics: newMetrics()}
	services := map[string]*backend{}
	for name, settings := range config.Backends.byName() {
		var options []grpc.DialOption
		if name == "quotes" {
			options = append(options, grpc.WithInitialWindowSize(quoteWindowBytes))
		}
		b, err := dialBackend(name, settings, options...)
		if err != nil {
			g.Close()
			return nil, err
		}
		services[name] = b
		if b.configured() {
			g.backends = append(g.backends, b)
		}
	}
	g.readiness = &readiness{backends: g.backends, metrics: g.metrics}

	g.streams = newStreams(config, services, g.metrics, logger)
	api, err := newAPIMux(config.Limits, services, g.streams)
	if err != nil {
		g.Close()
		return nil, fmt.Errorf("routes: %w", err)
	}
	documents, err := newPages()
	if err != nil {
		g.Close()
		return nil, fmt.Errorf("documents: %w", err)
	}
	door := &frontDoor{api: api, pages: documents, readiness: g.readiness}
	g.handler = &observer{logger: logger, metrics: g.metrics, next: withCORS(config.CORS, door)}
	return g, nil
}

// Handler serves everything but the metrics.
func (g *Gateway) Handler() http.Handler { return g.handler }

// Close ends the streams and breaks the connections to the backends.
func (g *Gateway) Close() {
	if g.streams != nil {
		g.streams.stop()
	}
	for _, b := range g.backends {
		b.close()
	}
}
