package gateway

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/stats"
	"google.golang.org/protobuf/proto"

	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

// maxAnswerBytes limits one answer of a backend.
const maxAnswerBytes = 16 << 20

// backend is one service behind the gateway: a few connections that calls take in turn, because the calls of one
// connection share its flow control and its one writing goroutine.
type backend struct {
	name        string
	connections []*grpc.ClientConn
	next        atomic.Uint64
}

// dialBackend starts connecting; it does not wait until the service is there. A backend without a target answers every
// call with an error. The options come on top of what all backends have.
func dialBackend(name string, config Backend, options ...grpc.DialOption) (*backend, error) {
	if config.Target == "" {
		return &backend{name: name}, nil
	}
	transport, err := clientCredentials(config.TLS)
	if err != nil {
		return nil, fmt.Errorf("backends.%s.tls: %w", name, err)
	}
	b := &backend{name: name}
	for range config.Connections {
		connection, err := grpc.NewClient(config.Target, append([]grpc.DialOption{
			grpc.WithTransportCredentials(transport),
			grpc.WithStatsHandler(sentWatcher{}),
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswerBytes)),
			// A service that is back is found again within a second.
			grpc.WithConnectParams(grpc.ConnectParams{
				Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second},
				MinConnectTimeout: 3 * time.Second,
			}),
			grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
		}, options...)...)
		if err != nil {
			b.close()
			return nil, fmt.Errorf("backends.%s.target %q: %w", name, config.Target, err)
		}
		connection.Connect()
		b.connections = append(b.connections, connection)
	}
	return b, nil
}

func (b *backend) close() {
	for _, connection := range b.connections {
		_ = connection.Close() // It fails only when it is closed already.
	}
}

// configured tells whether this gateway has the service at all.
func (b *backend) configured() bool { return len(b.connections) > 0 }

// missing answers for a service that this gateway does not have.
func (b *backend) missing() *Problem {
	return newProblem(http.StatusServiceUnavailable, typev1.ErrorReason_SERVICE_UNAVAILABLE,
		"This gateway is not connected to a service "+b.name+"; its configuration has no backends."+b.name+".target.")
}

func (b *backend) connection() *grpc.ClientConn {
	return b.connections[b.next.Add(1)%uint64(len(b.connections))]
}

// Invoke makes one call on behalf of the request in `ctx`: with its operation id, and watching what becomes of it.
func (b *backend) Invoke(ctx context.Context, method string, request, reply any, options ...grpc.CallOption) error {
	if !b.configured() {
		return b.missing()
	}
	c := callFrom(ctx)
	if err := c.settleOperationID(request.(proto.Message)); err != nil {
		return err
	}
	c.tidyUpdateMask(request.(proto.Message))
	c.invoked = true
	var header, trailer metadata.MD
	options = append(options, grpc.Header(&header), grpc.Trailer(&trailer))
	err := b.connection().Invoke(ctx, method, request, reply, options...)
	c.noteAnswer(header, trailer)
	return err
}

// NewStream opens a stream; whose call it is, `ctx` says, if it is anybody's.
func (b *backend) NewStream(ctx context.Context, description *grpc.StreamDesc, method string,
	options ...grpc.CallOption) (grpc.ClientStream, error) {
	if !b.configured() {
		return nil, b.missing()
	}
	if c := callFrom(ctx); c != nil {
		c.invoked = true
	}
	return b.connection().NewStream(ctx, description, method, options...)
}

// healthy asks the service whether it serves.
func (b *backend) healthy(ctx context.Context) error {
	answer, err := grpc_health_v1.NewHealthClient(b.connection()).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	if err != nil {
		return err
	}
	if answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		return errors.New(answer.GetStatus().String())
	}
	return nil
}

// sentWatcher marks a call as sent as soon as its headers are handed to a connection. Until then it is certain that the
// service has not seen it; from then on nothing is.
type sentWatcher struct{}

func (sentWatcher) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

func (sentWatcher) HandleRPC(ctx context.Context, event stats.RPCStats) {
	if _, ok := event.(*stats.OutHeader); !ok {
		return
	}
	if c := callFrom(ctx); c != nil {
		c.sent.Store(true)
	}
}

func (sentWatcher) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

func (sentWatcher) HandleConn(context.Context, stats.ConnStats) {}

func clientCredentials(config *ClientTLS) (credentials.TransportCredentials, error) {
	if config == nil {
		return insecure.NewCredentials(), nil
	}
	settings := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: config.ServerName}
	if config.CAFile != "" {
		pool, err := loadCertificates(config.CAFile)
		if err != nil {
			return nil, err
		}
		settings.RootCAs = pool
	}
	if config.CertFile != "" {
		certificate, err := tls.LoadX509KeyPair(config.CertFile, config.KeyFile)
		if err != nil {
			return nil, err
		}
		settings.Certificates = []tls.Certificate{certificate}
	}
	return credentials.NewTLS(settings), nil
}

// serverTLS is what the listener of the gateway shows and asks for; nil for plain text.
func serverTLS(config *ServerTLS) (*tls.Config, error) {
	if config == nil {
		return nil, nil
	}
	certificate, err := tls.LoadX509KeyPair(config.CertFile, config.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	settings := &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{certificate},
		NextProtos:   []string{"h2", "http/1.1"},
	}
	if config.ClientCAFile != "" {
		if settings.ClientCAs, err = loadCertificates(config.ClientCAFile); err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		settings.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return settings, nil
}

func loadCertificates(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no PEM certificate", path)
	}
	return pool, nil
}
