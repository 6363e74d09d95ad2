package gateway

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"mtsuite.dev/gateway/internal/frame"
)

// serveEvents runs a stream as server-sent events.
func (s *streams) serveEvents(w http.ResponseWriter, r *http.Request, session *session) {
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	defer context.AfterFunc(s.stopping, func() { cancel(context.Cause(s.stopping)) })()

	from, problem := session.openSource(ctx)
	if problem != nil {
		writeProblem(w, r, problem)
		return
	}
	defer from.close()
	limitSendBuffer(r.Context())
	client := &eventStream{w: w, control: http.NewResponseController(w), timeout: 2 * s.config.StallTimeout}
	gauge := s.metrics.streamClients.WithLabelValues(session.name, "sse")
	gauge.Inc()
	defer gauge.Dec()
	if client.begin() != nil {
		return // The client is gone.
	}
	session.pump(ctx, from, client)
}

type connectionKey struct{}

// withConnection lets the handlers of a request find its connection.
func withConnection(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, conn)
}

// limitSendBuffer is sendBuffer for the connection of a request.
func limitSendBuffer(ctx context.Context) {
	if conn, ok := ctx.Value(connectionKey{}).(net.Conn); ok {
		setSendBuffer(conn)
	}
}

// eventStream is an answer that does not end by itself.
type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
}

func (c *eventStream) begin() error {
	header := c.w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("X-Accel-Buffering", "no") // Proxies that know it pass events on at once.
	// The listener's limits are for requests that end. Writers without deadlines are those of tests.
	if err := c.control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	// Browsers come back after a second.
	return c.send([]byte("retry: 1000\n\n"))
}

func (c *eventStream) write(frames []*frame.Frame) error {
	for i, f := range frames {
		if i == len(frames)-1 {
			return c.send(f.Event())
		}
		if _, err := c.w.Write(f.Event()); err != nil {
			return err
		}
	}
	return nil
}

func (c *eventStream) send(data []byte) error {
	if err := c.control.SetWriteDeadline(time.Now().Add(c.timeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := c.w.Write(data); err != nil {
		return err
	}
	return c.control.Flush()
}

// finish sends the problem as the last event.
func (c *eventStream) finish(p *Problem) {
	if p != nil {
		_ = c.send(frame.New(serverNote{Error: p}.encode(), frame.Position{}).Event()) // Gone or not, it ends here.
	}
}
