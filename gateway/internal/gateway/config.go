package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"go.yaml.in/yaml/v3"
)

// Config is the gateway's configuration file. Keys that do not exist are errors. Where the C++ services have the same
// setting, it has the same name.
type Config struct {
	// Where to serve HTTP, `host:port`; port 0 takes a free one.
	Listen string `yaml:"listen"`
	// Where to serve Prometheus metrics, `host:port`; nowhere when empty.
	MetricsListen string `yaml:"metrics_listen"`
	// TLS of the listener; plain text when unset, which is for loopback and trusted networks only.
	TLS *ServerTLS `yaml:"tls"`
	// File that is written, atomically, once the gateway listens: JSON with the bound ports.
	PortFile string `yaml:"port_file"`
	// Lowest level of log lines: debug, info, warning, error.
	LogLevel string   `yaml:"log_level"`
	Backends Backends `yaml:"backends"`
	Limits   Limits   `yaml:"limits"`
	Streams  Streams  `yaml:"streams"`
	CORS     CORS     `yaml:"cors"`
	Drain    Drain    `yaml:"drain"`
}

// Streams is how live streams are served. Pages of other origins may open WebSockets when `cors` lists their origin.
type Streams struct {
	// Streams open at once; further ones are refused with TOO_MANY_STREAMS.
	Max int64 `yaml:"max"`
	// Longest silence towards a client.
	Heartbeat time.Duration `yaml:"heartbeat"`
	// Shortest time between two batches of quotes to a client: what it adds to their age, and what it saves in work.
	BatchInterval time.Duration `yaml:"batch_interval"`
	// How long a client may take nothing: then a stream of events ends with SLOW_CONSUMER, and any connection that does not
	// take a message within twice this time is cut off.
	StallTimeout time.Duration `yaml:"stall_timeout"`
	// How often the services are asked whether the keys of streams of quotes are still good.
	KeyCheckInterval time.Duration `yaml:"key_check_interval"`
}

// Backends says how to reach the services behind the gateway.
type Backends struct {
	// accounts.v1.
	Accounts Backend `yaml:"accounts"`
	// operations.v1: the connector.
	Operations Backend `yaml:"operations"`
	// orders.v1. Without a target its paths answer 503.
	Orders Backend `yaml:"orders"`
	// quotes.v1. Without a target its paths answer 503.
	Quotes Backend `yaml:"quotes"`
}

// Backend is one service.
type Backend struct {
	// gRPC target, for example `127.0.0.1:9001` or `dns:///accounts:9001`. Required for accounts and operations.
	Target string `yaml:"target"`
	// TLS; plain text when unset.
	TLS *ClientTLS `yaml:"tls"`
	// Connections that calls are spread over.
	Connections int `yaml:"connections"`
}

// ServerTLS names PEM files. ClientCAFile, when set, makes callers show a certificate signed by one of these.
type ServerTLS struct {
	CertFile     string `yaml:"cert_file"`
	KeyFile      string `yaml:"key_file"`
	ClientCAFile string `yaml:"client_ca_file"`
}

// ClientTLS names PEM files: what is trusted (the system's certificates when CAFile is empty), and what is shown.
type ClientTLS struct {
	CAFile     string `yaml:"ca_file"`
	CertFile   string `yaml:"cert_file"`
	KeyFile    string `yaml:"key_file"`
	ServerName string `yaml:"server_name"`
}

// Limits is what the gateway takes on.
type Limits struct {
	// Largest request body.
	BodyBytes int64 `yaml:"body_bytes"`
	// Largest request line and headers together.
	HeaderBytes int `yaml:"header_bytes"`
	// API requests in progress; further ones are refused with 429.
	ConcurrentRequests int64 `yaml:"concurrent_requests"`
	// Time for a request that has no Request-Timeout header.
	DefaultTimeout time.Duration `yaml:"default_timeout"`
}

// CORS lets pages of other origins call the API from browsers; nobody's when empty.
type CORS struct {
	// Origins such as `https://crm.example.com`, compared exactly.
	AllowedOrigins []string `yaml:"allowed_origins"`
}

// Drain is how the gateway stops on SIGTERM.
type Drain struct {
	// How long to go on serving after /readyz says no, so that balancers notice.
	Pause time.Duration `yaml:"pause"`
	// How long running requests may take to finish; then they are cut off.
	Timeout time.Duration `yaml:"timeout"`
}

// maxTimeout is the longest time that a request may ask for.
const maxTimeout = 60 * time.Second

func defaultConfig() Config {
	return Config{
		Listen:   "127.0.0.1:8080",
		LogLevel: "info",
		Backends: Backends{
			Accounts: Backend{Connections: 4}, Operations: Backend{Connections: 2},
			Orders: Backend{Connections: 4}, Quotes: Backend{Connections: 2},
		},
		Limits: Limits{
			BodyBytes:          1 << 20,
			HeaderBytes:        32 << 10,
			ConcurrentRequests: 1000,
			DefaultTimeout:     30 * time.Second,
		},
		Streams: Streams{
			Max: 10000, Heartbeat: 5 * time.Second, BatchInterval: 50 * time.Millisecond, StallTimeout: 10 * time.Second,
			KeyCheckInterval: time.Minute,
		},
		Drain: Drain{Timeout: 30 * time.Second},
	}
}

// LoadConfig reads and checks a configuration file. Errors name the file and, where YAML knows it, the line.
func LoadConfig(path string) (Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Config{}, err
	}
	config, err := ParseConfig(text)
	if err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	return config, nil
}

// ParseConfig is LoadConfig for the text of a file.
func ParseConfig(text []byte) (Config, error) {
	config := defaultConfig()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&config); err != nil {
		return Config{}, err
	}
	return config, config.check()
}

func (c *Config) check() error {
	var problems []error
	require := func(ok bool, format string, arguments ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf(format, arguments...))
		}
	}
	require(c.Listen != "", "listen is required, for example 127.0.0.1:8080")
	require(c.TLS == nil || c.TLS.CertFile != "" && c.TLS.KeyFile != "", "tls needs cert_file and key_file")
	_, known := logLevels[c.LogLevel]
	require(known, "log_level %q is none of debug, info, warning, error", c.LogLevel)
	require(c.Backends.Accounts.Target != "", "backends.accounts.target is required, for example 127.0.0.1:9001")
	require(c.Backends.Operations.Target != "", "backends.operations.target is required, for example 127.0.0.1:9001")
	for name, backend := range c.Backends.byName() {
		require(backend.Connections >= 1 && backend.Connections <= 64, "backends.%s.connections %d is not 1 to 64",
			name, backend.Connections)
		require(backend.TLS == nil || (backend.TLS.CertFile == "") == (backend.TLS.KeyFile == ""),
			"backends.%s.tls needs cert_file and key_file together", name)
	}
	require(c.Limits.BodyBytes >= 1<<10 && c.Limits.BodyBytes <= 64<<20, "limits.body_bytes %d is not 1 KiB to 64 MiB",
		c.Limits.BodyBytes)
	require(c.Limits.HeaderBytes >= 4<<10 && c.Limits.HeaderBytes <= 1<<20, "limits.header_bytes %d is not 4 KiB to 1 MiB",
		c.Limits.HeaderBytes)
	require(c.Limits.ConcurrentRequests >= 1, "limits.concurrent_requests %d is below 1", c.Limits.ConcurrentRequests)
	require(c.Limits.DefaultTimeout >= time.Second && c.Limits.DefaultTimeout <= maxTimeout,
		"limits.default_timeout %v is not 1s to %v", c.Limits.DefaultTimeout, maxTimeout)
	require(c.Streams.Max >= 1, "streams.max %d is below 1", c.Streams.Max)
	require(c.Streams.Heartbeat >= 100*time.Millisecond && c.Streams.Heartbeat <= 5*time.Second,
		"streams.heartbeat %v is not 100ms to 5s", c.Streams.Heartbeat)
	require(c.Streams.BatchInterval >= time.Millisecond && c.Streams.BatchInterval <= time.Second,
		"streams.batch_interval %v is not 1ms to 1s", c.Streams.BatchInterval)
	require(c.Streams.StallTimeout >= 100*time.Millisecond && c.Streams.StallTimeout <= time.Minute,
		"streams.stall_timeout %v is not 100ms to 1m", c.Streams.StallTimeout)
	require(c.Streams.KeyCheckInterval >= time.Second && c.Streams.KeyCheckInterval <= time.Hour,
		"streams.key_check_interval %v is not 1s to 1h", c.Streams.KeyCheckInterval)
	require(c.Drain.Pause >= 0 && c.Drain.Timeout > 0, "drain.pause and drain.timeout must not be negative")
	for _, origin := range c.CORS.AllowedOrigins {
		require(isOrigin(origin), "cors.allowed_origins: %q is not an origin such as https://crm.example.com; "+
			"list origins one by one, there is no wildcard", origin)
	}
	return errors.Join(problems...)
}

// byName returns the backends under their names, which are those of their packages.
func (b *Backends) byName() map[string]Backend {
	return map[string]Backend{"accounts": b.Accounts, "operations": b.Operations, "orders": b.Orders, "quotes": b.Quotes}
}

// isOrigin tells whether text is a scheme, a host and perhaps a port, as browsers send it.
func isOrigin(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && (parsed.Scheme == "http" || parsed.Scheme == "https") && parsed.Host != "" &&
		parsed.Host != "*" && text == parsed.Scheme+"://"+parsed.Host
}
