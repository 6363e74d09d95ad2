package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"

	ordersv1 "mtsuite.dev/gateway/gen/mtsuite/orders/v1"
	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	"mtsuite.dev/gateway/internal/fakemarket"
	"mtsuite.dev/gateway/internal/frame"
)

const (
	quotesPath = "/v1/servers/" + fakemarket.Server + "/quotes:stream"
	eventsPath = "/v1/servers/" + fakemarket.Server + "/events:stream"
)

// streamFixture is a gateway over loopback in front of a fake market and book.
type streamFixture struct {
	testing.TB
	market  *fakemarket.Market
	book    *fakemarket.Book
	gateway *Gateway
	server  *httptest.Server
	log     *syncBuffer
}

func newStreamFixture(t testing.TB, options fakemarket.Options, adjust ...func(*Config)) *streamFixture {
	t.Helper()
	if options.Symbols == nil {
		options.Symbols = []string{"EURUSD", "GBPUSD", "USDJPY"}
	}
	if options.History == 0 {
		options.History = 10_000
	}
	if options.Heartbeat == 0 {
		options.Heartbeat = 200 * time.Millisecond
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &streamFixture{TB: t, log: &syncBuffer{}}
	f.market, f.book = fakemarket.New(1, options), fakemarket.NewBook(1, options.History, options.Heartbeat)
	server := grpc.NewServer()
	quotesv1.RegisterQuoteServiceServer(server, f.market)
	ordersv1.RegisterOrderServiceServer(server, f.book)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	config := testConfig(listener.Addr().String())
	config.Streams.Heartbeat = options.Heartbeat
	config.Streams.BatchInterval = 5 * time.Millisecond
	for _, change := range adjust {
		change(&config)
	}
	if f.gateway, err = New(config, NewLogger(f.log, "info")); err != nil {
		t.Fatal(err)
	}
	f.server = httptest.NewUnstartedServer(f.gateway.Handler())
	f.server.Config.ConnContext = withConnection
	f.server.Start()
	t.Cleanup(func() {
		f.gateway.Close()
		f.server.Close()
	})
	return f
}

// message is any message of a stream.
type message struct {
	quotes *quotesv1.StreamQuotesResponse
	events *ordersv1.StreamTradeEventsResponse
	note   serverNote
	raw    string
}

// parseMessage fails for text that is no message of the contract.
func parseMessage(text []byte, ofEvents bool) (message, error) {
	m := message{raw: string(text)}
	if json.Unmarshal(text, &m.note) == nil && (m.note.Error != nil || m.note.Subscription != nil) {
		return m, nil
	}
	if ofEvents {
		m.events = &ordersv1.StreamTradeEventsResponse{}
		return m, protojson.Unmarshal(text, m.events)
	}
	m.quotes = &quotesv1.StreamQuotesResponse{}
	return m, protojson.Unmarshal(text, m.quotes)
}

// streamClient reads one stream of either kind.
type streamClient interface {
	read(ctx context.Context) ([]byte, error)
	close()
}

type webSocketClient struct{ *websocket.Conn }

func (c webSocketClient) read(ctx context.Context) ([]byte, error) {
	_, text, err := c.Read(ctx)
	return text, err
}

func (c webSocketClient) close() { _ = c.CloseNow() }

// slowDialer has small buffers, so that a client that does not read is felt at once.
var slowDialer = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(128 << 10)
	}
	return conn, err
}}}

// dial opens a WebSocket; headers are "Name: value".
func (f *streamFixture) dial(target string, compress bool, headers ...string) (webSocketClient, *http.Response, error) {
	options := &websocket.DialOptions{HTTPClient: slowDialer, HTTPHeader: http.Header{}}
	if compress {
		options.CompressionMode = websocket.CompressionNoContextTakeover
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		options.HTTPHeader.Set(name, value)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, answer, err := websocket.Dial(ctx, f.server.URL+target, options)
	if conn != nil {
		conn.SetReadLimit(16 << 20)
	}
	return webSocketClient{conn}, answer, err
}

const withKey = "Authorization: Bearer " + testKey

func (f *streamFixture) mustDial(target string, headers ...string) webSocketClient {
	f.Helper()
	if len(headers) == 0 {
		headers = []string{withKey}
	}
	conn, _, err := f.dial(target, false, headers...)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(conn.close)
	return conn
}

// eventClient reads server-sent events.
type eventClient struct {
	answer *http.Response
	cancel context.CancelFunc
	buffer []byte
	lastID string
}

func (f *streamFixture) events(target string, headers ...string) (*eventClient, error) {
	ctx, cancel := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, "GET", f.server.URL+target, nil)
	if err != nil {
		cancel()
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+testKey)
	request.Header.Set("Accept", "text/event-stream")
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
	}
	answer, err := slowDialer.Do(request)
	if err != nil {
		cancel()
		return nil, err
	}
	return &eventClient{answer: answer, cancel: cancel}, nil
}

func (c *eventClient) read(ctx context.Context) ([]byte, error) {
	defer context.AfterFunc(ctx, c.cancel)()
	for {
		if event, rest, found := strings.Cut(string(c.buffer), "\n\n"); found {
			c.buffer = []byte(rest)
			data := ""
			for _, line := range strings.Split(event, "\n") {
				if id, ok := strings.CutPrefix(line, "id: "); ok {
					c.lastID = id
				}
				data += strings.TrimPrefix(line, "data: ")
			}
			if strings.Contains(event, "data: ") {
				_, data, _ = strings.Cut(event, "data: ")
				return []byte(data), nil
			}
			continue
		}
		piece := make([]byte, 4096)
		n, err := c.answer.Body.Read(piece)
		c.buffer = append(c.buffer, piece[:n]...)
		if n == 0 && err != nil {
			return nil, err
		}
	}
}

func (c *eventClient) close() {
	c.cancel()
	c.answer.Body.Close()
}

// readUntil reads messages until one is wanted.
func (f *streamFixture) readUntil(client streamClient, ofEvents bool, wanted func(message) bool) message {
	f.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for {
		text, err := client.read(ctx)
		if err != nil {
			f.Fatalf("the stream ended: %v", err)
		}
		m, err := parseMessage(text, ofEvents)
		if err != nil {
			f.Fatalf("%s: %v", text, err)
		}
		if wanted(m) {
			return m
		}
	}
}

func positionQuery(position frame.Position) string {
	if position.Epoch == "" {
		return ""
	}
	return fmt.Sprintf("resumeAfter.epoch=%s&resumeAfter.sequence=%d", position.Epoch, position.Sequence)
}
