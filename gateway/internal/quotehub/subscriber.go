package quotehub

import (
	"context"
	"slices"

	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
	"mtsuite.dev/gateway/internal/frame"
)

// Subscriber is one client. One goroutine calls Next, any may call the others.
type Subscriber struct {
	feed *feed
	key  string
	// The next frame, while the one before is being written.
	slot chan *frame.Frame
	// There is something to take besides the slot.
	wake chan struct{}

	// The rest is guarded by the feed's mutex.

	group *group
	place int
	// The client does not take part in the group's frames: what it needs is found out when it asks.
	behind bool
	// Of a client that is behind: the tick of each of its group's symbols that it has; unknownTick for those it must be told
	// in a snapshot.
	ticks []int64
	// Of a client that is behind: say first that it must forget everything.
	reset       bool
	resetReason typev1.StreamReset_Reason
	// Of a client that is behind: it waits for the end of a snapshot.
	snapshot bool
	// Of a client that is behind: messages of the caller's own that come first.
	notes []*frame.Frame
	// Why the subscription ended.
	err error
}

const unknownTick = -1

// maxNotes is how many notes a client may have waiting.
const maxNotes = 16

// Next waits for what to send next. After an error there is no more.
func (s *Subscriber) Next(ctx context.Context) ([]*frame.Frame, error) {
	for {
		select {
		case next := <-s.slot:
			return []*frame.Frame{next}, nil
		case <-s.wake:
			if frames, err := s.take(); len(frames) > 0 || err != nil {
				return frames, err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// take returns what there is, in order.
func (s *Subscriber) take() ([]*frame.Frame, error) {
	s.feed.mutex.Lock()
	defer s.feed.mutex.Unlock()
	select {
	case next := <-s.slot:
		s.wakeUp() // There is more than this.
		return []*frame.Frame{next}, nil
	default:
	}
	if s.err != nil {
		return nil, s.err
	}
	if !s.behind {
		return nil, nil
	}
	return s.feed.catchUp(s), nil
}

// Note puts a message of the caller's own before what comes next. False when too many are waiting.
func (s *Subscriber) Note(message []byte) bool {
	s.feed.mutex.Lock()
	defer s.feed.mutex.Unlock()
	if s.left() {
		return true
	}
	if len(s.notes) >= maxNotes {
		return false
	}
	if !s.behind {
		s.fallBehind()
	}
	s.notes = append(s.notes, frame.New(message, frame.Position{}))
	s.wakeUp()
	return true
}

// Change adds and removes symbols of a client that does not have all. The added ones must exist; a snapshot of them follows
// `note`, which is made of the symbols that there are then. False when too many changes are waiting.
func (s *Subscriber) Change(add, remove []string, note func(symbols []string) []byte) bool {
	f := s.feed
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if s.left() {
		return true
	}
	if len(s.notes) >= maxNotes || s.group.symbols == nil {
		return false
	}
	has := map[*symbol]int64{}
	var names []string
	for i, symbol := range s.group.symbols {
		has[symbol] = s.tickOf(i, symbol)
		if !slices.Contains(remove, symbol.name) {
			names = append(names, symbol.name)
		}
	}
	names = append(names, add...)
	f.leaveGroup(s)
	f.joinGroup(s, f.groupOf(false, names))
	s.ticks = s.ticks[:0]
	names = names[:0]
	for _, symbol := range s.group.symbols {
		tick, ok := has[symbol]
		if !ok {
			tick = unknownTick
		}
		s.ticks = append(s.ticks, tick)
		names = append(names, symbol.name)
	}
	s.snapshot = s.snapshot || len(add) > 0
	s.notes = append(s.notes, frame.New(note(names), frame.Position{}))
	s.behind = true
	s.wakeUp()
	return true
}

// tickOf is the tick of the symbol at a place in its group that the client has.
func (s *Subscriber) tickOf(place int, symbol *symbol) int64 {
	switch {
	case !s.behind:
		return symbol.flushed
	case place < len(s.ticks):
		return s.ticks[place]
	}
	return 0 // The symbol had no quote when the client fell behind.
}

// Symbols lists what the client is subscribed to; all is true for every symbol of the server.
func (s *Subscriber) Symbols() (names []string, all bool) {
	s.feed.mutex.Lock()
	defer s.feed.mutex.Unlock()
	for _, symbol := range s.group.symbols {
		names = append(names, symbol.name)
	}
	return names, s.group.symbols == nil
}

// left tells whether the client is gone; what it asked for then is of no interest.
func (s *Subscriber) left() bool {
	_, isMember := s.feed.members[s]
	return !isMember
}

// Leave ends the subscription.
func (s *Subscriber) Leave() {
	s.feed.mutex.Lock()
	defer s.feed.mutex.Unlock()
	s.feed.removeMember(s)
}

// offer hands over a frame of the group; a client that has not taken the one before falls behind.
func (s *Subscriber) offer(message *frame.Frame) bool {
	if s.behind {
		return false
	}
	select {
	case s.slot <- message:
		return true
	default:
		s.fallBehind()
		return false
	}
}

// offerHeartbeat is offer for a message that a busy client can do without.
func (s *Subscriber) offerHeartbeat(message *frame.Frame) {
	if s.behind {
		return
	}
	select {
	case s.slot <- message:
	default:
	}
}

// fallBehind notes what the client has: all that was told before the flush that is going on.
func (s *Subscriber) fallBehind() {
	s.ticks = s.ticks[:0]
	for _, symbol := range s.feed.symbolsOf(s.group) {
		s.ticks = append(s.ticks, symbol.flushed)
	}
	s.behind = true
	s.wakeUp()
}

// startOver makes the client forget everything and get a snapshot.
func (s *Subscriber) startOver(reason typev1.StreamReset_Reason) {
	s.reset, s.resetReason = true, reason
	s.needAll()
}

func (s *Subscriber) needAll() {
	s.ticks = s.ticks[:0]
	for range s.feed.symbolsOf(s.group) {
		s.ticks = append(s.ticks, unknownTick)
	}
	s.behind, s.snapshot = true, true
	s.wakeUp()
}

func (s *Subscriber) end(err error) {
	if s.err == nil {
		s.err = err
	}
	s.wakeUp()
}

func (s *Subscriber) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
