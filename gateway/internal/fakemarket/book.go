package fakemarket

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	ordersv1 "mtsuite.dev/gateway/gen/mtsuite/orders/v1"
	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

// Book is an OrderService whose only content are positions that open, change and close.
type Book struct {
	ordersv1.UnimplementedOrderServiceServer
	heartbeat time.Duration
	// Events it remembers to resume from.
	limit int

	mutex     sync.Mutex
	random    *rand.Rand
	epoch     int
	sequence  int64
	positions map[int64]*ordersv1.Position
	tickets   []int64
	nextOne   int64
	history   []*ordersv1.TradeEvent
	changed   chan struct{}
	cut       chan struct{}
	streams   int
}

// NewBook makes an empty book.
func NewBook(seed uint64, limit int, heartbeat time.Duration) *Book {
	return &Book{
		heartbeat: heartbeat, limit: limit, random: rand.New(rand.NewPCG(seed, 2)), positions: map[int64]*ordersv1.Position{},
		nextOne: 1000, changed: make(chan struct{}), cut: make(chan struct{}),
	}
}

// Happen makes `count` random events.
func (b *Book) Happen(count int) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for range count {
		b.sequence += 1 + b.random.Int64N(3) // Others' events leave gaps.
		event := &ordersv1.TradeEvent{Sequence: b.sequence, Login: 10001, Time: timestamppb.Now()}
		kind := b.random.IntN(3)
		if len(b.tickets) == 0 {
			kind = 0
		}
		if kind == 0 {
			b.nextOne++
			position := &ordersv1.Position{Ticket: b.nextOne, Login: 10001, Symbol: "EURUSD", Volume: "0.10", Revision: 1}
			b.positions[position.Ticket] = position
			b.tickets = append(b.tickets, position.Ticket)
			event.Event = &ordersv1.TradeEvent_PositionOpened{PositionOpened: position}
		} else {
			i := b.random.IntN(len(b.tickets))
			old := b.positions[b.tickets[i]]
			position := &ordersv1.Position{Ticket: old.Ticket, Login: 10001, Symbol: old.Symbol, Volume: old.Volume,
				StopLoss: decimal(b.random.Int64N(100_000)), Revision: old.Revision + 1}
			if kind == 1 {
				b.positions[position.Ticket] = position
				event.Event = &ordersv1.TradeEvent_PositionUpdated{PositionUpdated: position}
			} else {
				delete(b.positions, position.Ticket)
				b.tickets[i] = b.tickets[len(b.tickets)-1]
				b.tickets = b.tickets[:len(b.tickets)-1]
				event.Event = &ordersv1.TradeEvent_PositionClosed{PositionClosed: position}
			}
		}
		b.history = append(b.history, event)
	}
	b.history = b.history[max(0, len(b.history)-b.limit):]
	close(b.changed)
	b.changed = make(chan struct{})
}

// Cut breaks all streams.
func (b *Book) Cut() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	close(b.cut)
	b.cut = make(chan struct{})
}

// Restart breaks all streams and begins a new epoch.
func (b *Book) Restart() {
	b.mutex.Lock()
	b.epoch++
	b.sequence, b.history = 0, nil
	b.mutex.Unlock()
	b.Cut()
}

// Positions returns the revision of each open position.
func (b *Book) Positions() map[int64]int64 {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	revisions := map[int64]int64{}
	for ticket, position := range b.positions {
		revisions[ticket] = position.GetRevision()
	}
	return revisions
}

// Streams tells how many streams are open.
func (b *Book) Streams() int {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.streams
}

// StreamTradeEvents implements the stream as its contract has it.
func (b *Book) StreamTradeEvents(request *ordersv1.StreamTradeEventsRequest, stream grpc.ServerStreamingServer[ordersv1.StreamTradeEventsResponse]) error {
	if len(request.GetLogins()) == 0 && request.GetGroupMask() == "" {
		return Failure(codes.InvalidArgument, "FIELD_REQUIRED", "Name logins or a group mask.")
	}
	b.mutex.Lock()
	b.streams++
	defer func() {
		b.mutex.Lock()
		defer b.mutex.Unlock()
		b.streams--
	}()
	cut, epoch := b.cut, fmt.Sprintf("b%d", b.epoch)
	after, previous := request.GetResumeAfter(), int64(0)
	var messages []*ordersv1.StreamTradeEventsResponse
	at := int64(0)
	switch {
	case after == nil:
		messages, at = b.snapshot(epoch)
	case after.GetEpoch() != epoch || after.GetSequence() > b.sequence:
		messages, at = b.snapshot(epoch)
		messages = append(tradeReset(typev1.StreamReset_POSITION_UNKNOWN), messages...)
	case b.oldest() > after.GetSequence():
		messages, at = b.snapshot(epoch)
		messages = append(tradeReset(typev1.StreamReset_POSITION_EXPIRED), messages...)
	default:
		at = after.GetSequence()
	}
	b.mutex.Unlock()
	for {
		for _, message := range messages {
			if message.Position != nil {
				message.PreviousSequence, previous = previous, message.Position.Sequence
			}
			if err := stream.Send(message); err != nil {
				return err
			}
		}
		messages = nil
		b.mutex.Lock()
		changed := b.changed
		first := sort.Search(len(b.history), func(i int) bool { return b.history[i].GetSequence() > at })
		batch := &ordersv1.TradeEventBatch{Events: slices.Clone(b.history[first:min(first+500, len(b.history))])}
		b.mutex.Unlock()
		if n := len(batch.Events); n > 0 {
			at = batch.Events[n-1].Sequence
			messages = []*ordersv1.StreamTradeEventsResponse{{Position: &typev1.StreamPosition{Epoch: epoch, Sequence: at},
				Content: &ordersv1.StreamTradeEventsResponse_Events{Events: batch}}}
			continue
		}
		select {
		case <-cut:
			return status.Error(codes.Unavailable, "cut")
		case <-stream.Context().Done():
			return stream.Context().Err()
		case <-changed:
		case <-time.After(b.heartbeat):
			messages = []*ordersv1.StreamTradeEventsResponse{{Position: &typev1.StreamPosition{Epoch: epoch, Sequence: at},
				Content: &ordersv1.StreamTradeEventsResponse_Heartbeat{Heartbeat: &typev1.StreamHeartbeat{Time: timestamppb.Now()}}}}
		}
	}
}

// oldest is the position that the history reaches back to. It needs the mutex.
func (b *Book) oldest() int64 {
	if len(b.history) < b.limit {
		return 0
	}
	return b.history[0].GetSequence()
}

// snapshot needs the mutex.
func (b *Book) snapshot(epoch string) ([]*ordersv1.StreamTradeEventsResponse, int64) {
	part := &ordersv1.TradeSnapshot{}
	for _, position := range b.positions {
		part.Positions = append(part.Positions, position)
	}
	return []*ordersv1.StreamTradeEventsResponse{
		{Content: &ordersv1.StreamTradeEventsResponse_Snapshot{Snapshot: part}},
		{Position: &typev1.StreamPosition{Epoch: epoch, Sequence: b.sequence},
			Content: &ordersv1.StreamTradeEventsResponse_SnapshotEnd{SnapshotEnd: &emptypb.Empty{}}},
	}, b.sequence
}

func tradeReset(reason typev1.StreamReset_Reason) []*ordersv1.StreamTradeEventsResponse {
	return []*ordersv1.StreamTradeEventsResponse{{Content: &ordersv1.StreamTradeEventsResponse_Reset_{Reset_: &typev1.StreamReset{Reason: reason}}}}
}
