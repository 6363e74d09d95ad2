package gateway

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"

	ordersv1 "mtsuite.dev/gateway/gen/mtsuite/orders/v1"
	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
	"mtsuite.dev/gateway/internal/frame"
)

const (
	// eventBuffer is how many messages of a client may wait; each holds at most 500 records.
	eventBuffer = 16
	// eventSilence is how long the service may say nothing; it sends a heartbeat after 5 seconds.
	eventSilence = 15 * time.Second
)

var errUpstreamSilent = errors.New("the stream of the service went silent")

// eventsSource is a client's own stream at the service: what it may see depends on its key, and nothing of it is ever left
// out, so there is nothing to share. A client that is slow holds the service back; the service ends a stream that is too
// far behind, and so does this when a client takes nothing at all.
type eventsSource struct {
	stream  grpc.ServerStreamingClient[ordersv1.StreamTradeEventsResponse]
	cancel  context.CancelCauseFunc
	stall   time.Duration
	waiting chan *frame.Frame

	mutex sync.Mutex
	// Where the client stands: after the last message that was taken.
	position frame.Position
	// Why there will be no more; set before `waiting` is closed.
	err error
	// The client takes nothing.
	stalled chan struct{}
}

// openTradeEvents opens a stream and waits for its first message, so that a refusal comes as an error here.
func (s *streams) openTradeEvents(ctx context.Context, request *ordersv1.StreamTradeEventsRequest) (source, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	slow := time.AfterFunc(openTimeout, func() { cancel(context.DeadlineExceeded) })
	stream, err := s.orders.StreamTradeEvents(ctx, request)
	var first *ordersv1.StreamTradeEventsResponse
	if err == nil {
		first, err = stream.Recv()
	}
	if !slow.Stop() {
		err = context.DeadlineExceeded
	}
	if err != nil {
		cancel(nil)
		return nil, err
	}
	e := &eventsSource{stream: stream, cancel: cancel, stall: s.config.StallTimeout,
		waiting: make(chan *frame.Frame, eventBuffer), stalled: make(chan struct{})}
	go e.read(ctx, first)
	return e, nil
}

// read passes the service's messages to the client's buffer until either ends.
func (e *eventsSource) read(ctx context.Context, message *ordersv1.StreamTradeEventsResponse) {
	silence := time.AfterFunc(eventSilence, func() { e.cancel(errUpstreamSilent) })
	defer silence.Stop()
	var err error
	for err == nil {
		silence.Stop() // While the client is slow, the service's silence is no wonder.
		if !e.put(ctx, encodeEvents(message)) {
			return
		}
		silence.Reset(eventSilence)
		message, err = e.stream.Recv()
	}
	if errors.Is(context.Cause(ctx), errUpstreamSilent) {
		err = newProblem(http.StatusServiceUnavailable, typev1.ErrorReason_SERVICE_UNAVAILABLE,
			"The service orders said nothing for too long. Connect again; the stream resumes where it ended.")
	}
	e.mutex.Lock()
	e.err = err
	e.mutex.Unlock()
	close(e.waiting)
}

// put waits until there is room; false when the stream is over.
func (e *eventsSource) put(ctx context.Context, message *frame.Frame) bool {
	select {
	case e.waiting <- message:
		return true
	default:
	}
	patience := time.NewTimer(e.stall)
	defer patience.Stop()
	select {
	case e.waiting <- message:
		return true
	case <-patience.C:
		close(e.stalled)
		e.cancel(nil)
		return false
	case <-ctx.Done():
		return false
	}
}

func (e *eventsSource) next(ctx context.Context) ([]*frame.Frame, error) {
	select {
	case <-e.stalled:
		return nil, e.slowConsumer()
	default:
	}
	select {
	case message, ok := <-e.waiting:
		e.mutex.Lock()
		defer e.mutex.Unlock()
		if !ok {
			return nil, e.err
		}
		if message.Position.Epoch != "" {
			e.position = message.Position
		}
		return []*frame.Frame{message}, nil
	case <-e.stalled:
		return nil, e.slowConsumer()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// slowConsumer tells a client where to resume: after what was written to it, for the rest was not.
func (e *eventsSource) slowConsumer() *Problem {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	p := newProblem(http.StatusTooManyRequests, typev1.ErrorReason_SLOW_CONSUMER,
		"The client took nothing for too long. Connect again and resume after the last message.")
	if e.position.Epoch != "" {
		p.with("epoch", e.position.Epoch).with("sequence", strconv.FormatInt(e.position.Sequence, 10))
	}
	return p
}

func (e *eventsSource) close() { e.cancel(nil) }

// receive refuses all messages: a stream of events is chosen when it is opened.
func (e *eventsSource) receive(context.Context, *clientMessage) *Problem {
	return newProblem(http.StatusBadRequest, typev1.ErrorReason_MALFORMED_REQUEST,
		"A stream of events takes no messages but authenticate, as the first one. Open another connection.")
}

var eventsJSON = protojson.MarshalOptions{EmitDefaultValues: true}

func encodeEvents(message *ordersv1.StreamTradeEventsResponse) *frame.Frame {
	text, err := eventsJSON.Marshal(message)
	if err != nil { // Only text that is not UTF-8 fails, and that cannot have arrived.
		panic(err)
	}
	return frame.New(text, frame.Position{Epoch: message.GetPosition().GetEpoch(), Sequence: message.GetPosition().GetSequence()})
}
