package gateway

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sys/unix"

	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
	"mtsuite.dev/gateway/internal/frame"
)

const (
	// authenticateTimeout is how long a client may take to send its key.
	authenticateTimeout = 10 * time.Second
	// pingInterval and pongTimeout find clients that are gone without a word.
	pingInterval = 30 * time.Second
	pongTimeout  = 15 * time.Second
	// sendBuffer is the kernel's memory for what a client has not acknowledged, and unsentBytes what of it may wait to be sent
	// at all. Small, so that a slow client is found out early and gets new quotes rather than old ones.
	sendBuffer  = 64 << 10
	unsentBytes = 16 << 10
)

// serveWebSocket runs a stream over a WebSocket. With a key in the header, whatever can fail does so before the connection
// becomes one, with an HTTP status.
func (s *streams) serveWebSocket(w http.ResponseWriter, r *http.Request, session *session) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	defer context.AfterFunc(s.stopping, func() { cancel(context.Cause(s.stopping)) })()

	var from source
	if session.call.apiKey != "" {
		var problem *Problem
		if from, problem = session.openSource(ctx); problem != nil {
			writeProblem(w, r, problem)
			return
		}
		defer func() { from.close() }()
	}
	client, err := acceptWebSocket(w, r, 2*s.config.StallTimeout)
	if err != nil {
		session.call.cause = err.Error()
		return // It has been answered.
	}
	gauge := s.metrics.streamClients.WithLabelValues(session.name, "websocket")
	gauge.Inc()
	defer gauge.Dec()
	if from == nil {
		var problem *Problem
		if from, problem = session.authenticate(ctx, client); problem != nil {
			problem.complete(session.call, session.instance)
			session.ended(problem.Reason)
			client.finish(problem)
			return
		}
		defer func() { from.close() }()
	}
	stopPings := client.keepAlive(ctx, func() { cancel(nil) })
	defer stopPings()
	go client.receive(ctx, from, cancel)
	session.pump(ctx, from, client)
}

// authenticate waits for the key in a client's first message, and opens the source with it.
func (s *session) authenticate(ctx context.Context, client *webSocket) (source, *Problem) {
	type answer struct {
		message *clientMessage
		problem *Problem
	}
	answers := make(chan answer, 1)
	go func() {
		kind, reader, err := client.conn.Reader(context.Background()) // Ends with the connection.
		if err != nil {
			answers <- answer{problem: s.problem(context.Canceled, s.upstreamCall())}
			return
		}
		message, problem := readMessage(kind, reader)
		answers <- answer{message, problem}
	}()
	late := time.NewTimer(authenticateTimeout)
	defer late.Stop()
	var got answer
	select {
	case got = <-answers:
	case <-late.C:
		return nil, newProblem(http.StatusUnauthorized, typev1.ErrorReason_API_KEY_MISSING,
			"No API key came within 10 seconds. Send it in the header Authorization, or first of all "+
				`{"authenticate": {"apiKey": "mts_…"}}.`)
	case <-ctx.Done():
		return nil, s.problem(context.Cause(ctx), s.upstreamCall())
	}
	message, problem := got.message, got.problem
	if problem != nil {
		return nil, problem
	}
	if message.Authenticate == nil {
		return nil, newProblem(http.StatusUnauthorized, typev1.ErrorReason_API_KEY_MISSING,
			`The connection has no API key yet. Send first of all {"authenticate": {"apiKey": "mts_…"}}.`)
	}
	header := http.Header{"X-Api-Key": {message.Authenticate.APIKey}}
	if s.call.apiKey, problem = apiKeyOf(header); problem != nil {
		return nil, problem
	}
	return s.openSource(ctx)
}

// webSocket is a connection to a client.
type webSocket struct {
	conn *websocket.Conn
	// The connection below, for frames whose bytes clients share.
	raw *lockedConn
	// The client takes compressed messages.
	compress bool
	once     sync.Once
}

// acceptWebSocket makes a request a WebSocket; after an error it has been answered.
func acceptWebSocket(w http.ResponseWriter, r *http.Request, writeTimeout time.Duration) (*webSocket, error) {
	taken := &hijacker{ResponseWriter: w, timeout: writeTimeout}
	conn, err := websocket.Accept(taken, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // checkOrigin did that.
		CompressionMode:    websocket.CompressionNoContextTakeover,
	})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(4 * maxClientMessage) // readMessage has the limit that clients are told.
	return &webSocket{
		conn: conn, raw: taken.conn,
		compress: strings.Contains(w.Header().Get("Sec-WebSocket-Extensions"), "permessage-deflate"),
	}, nil
}

func (c *webSocket) write(frames []*frame.Frame) error {
	for _, f := range frames {
		if _, err := c.raw.Write(f.WebSocket(c.compress)); err != nil {
			return err
		}
	}
	return nil
}

// finish sends the problem, if there is one, and closes the connection. Only the first call counts.
func (c *webSocket) finish(p *Problem) {
	c.once.Do(func() {
		if p == nil {
			_ = c.conn.CloseNow() // The client is gone already.
			return
		}
		note := frame.New(serverNote{Error: p}.encode(), frame.Position{})
		if c.write([]*frame.Frame{note}) != nil {
			_ = c.conn.CloseNow()
			return
		}
		_ = c.conn.Close(closeCodeOf(p), p.Reason) // Whether the client answers in time does not matter.
	})
}

// receive reads the client's messages until the stream ends.
func (c *webSocket) receive(ctx context.Context, to source, end context.CancelCauseFunc) {
	for {
		// Not `ctx`: when it is done, the connection must stay to say why.
		kind, reader, err := c.conn.Reader(context.Background())
		if err != nil {
			end(nil)
			return
		}
		if ctx.Err() != nil {
			continue // What comes after the end is read, because a close frame may, and ignored.
		}
		message, problem := readMessage(kind, reader)
		if problem == nil {
			problem = to.receive(ctx, message)
		}
		if problem != nil {
			end(problem)
		}
	}
}

// keepAlive pings the client now and then; one that does not answer is gone.
func (c *webSocket) keepAlive(ctx context.Context, gone func()) (stop func()) {
	var timer *time.Timer
	var mutex sync.Mutex // AfterFunc may fire before timer is set.
	mutex.Lock()
	defer mutex.Unlock()
	timer = time.AfterFunc(pingInterval, func() {
		pong, cancel := context.WithTimeout(ctx, pongTimeout)
		defer cancel()
		if c.conn.Ping(pong) != nil {
			gone()
			return
		}
		mutex.Lock()
		defer mutex.Unlock()
		timer.Reset(pingInterval)
	})
	return func() {
		mutex.Lock()
		defer mutex.Unlock()
		timer.Stop()
	}
}

// hijacker hands the WebSocket library a connection that frames can be written to beside it. The library writes only
// control frames, each with one call, so that frames never mix.
type hijacker struct {
	http.ResponseWriter
	timeout time.Duration
	conn    *lockedConn
}

// Hijack implements http.Hijacker.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	setSendBuffer(conn)
	h.conn = &lockedConn{Conn: conn, timeout: h.timeout}
	return h.conn, bufio.NewReadWriter(buffers.Reader, bufio.NewWriterSize(h.conn, 256)), nil
}

// setSendBuffer limits what waits in the kernel. Failures only mean that a slow client is found out later.
func setSendBuffer(conn net.Conn) {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	plain, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	_ = plain.SetWriteBuffer(sendBuffer)
	if raw, err := plain.SyscallConn(); err == nil {
		_ = raw.Control(func(socket uintptr) {
			_ = unix.SetsockoptInt(int(socket), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, unsentBytes)
		})
	}
}

// lockedConn is a connection whose writes are whole, and fail when the peer takes nothing for some time.
type lockedConn struct {
	net.Conn
	mutex   sync.Mutex
	timeout time.Duration
}

// writePiece is how much the peer must take within the timeout.
const writePiece = 32 << 10

// Write writes all or fails.
func (c *lockedConn) Write(data []byte) (int, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	written := 0
	for first := true; first || written < len(data); first = false {
		if err := c.Conn.SetWriteDeadline(time.Now().Add(c.timeout)); err != nil {
			return written, err
		}
		n, err := c.Conn.Write(data[written:min(len(data), written+writePiece)])
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
