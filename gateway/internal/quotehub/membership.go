package quotehub

import (
	"time"

	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
	"mtsuite.dev/gateway/internal/frame"
)

// What follows needs the feed's mutex.

func (f *feed) addMember(s *Subscriber) {
	f.members[s] = struct{}{}
	f.lastKey = s.key
	if f.idle != nil {
		f.idle.Stop()
		f.idle = nil
	}
}

func (f *feed) removeMember(s *Subscriber) {
	if _, ok := f.members[s]; !ok {
		return
	}
	delete(f.members, s)
	if s.group != nil {
		f.leaveGroup(s)
	}
	if len(f.members) == 0 && f.idle == nil {
		f.idle = time.AfterFunc(f.hub.options.Linger, func() { f.hub.drop(f, true) })
	}
}

func (f *feed) joinGroup(s *Subscriber, g *group) {
	s.group, s.place = g, len(g.members)
	g.members = append(g.members, s)
}

// leaveGroup also forgets the group when it was the last.
func (f *feed) leaveGroup(s *Subscriber) {
	g := s.group
	last := len(g.members) - 1
	g.members[s.place] = g.members[last]
	g.members[s.place].place = s.place
	g.members[last] = nil
	g.members = g.members[:last]
	if last == 0 {
		delete(f.groups, g.key)
	}
}

// admit puts a new client where it wants to be: at the beginning, or where it was.
func (f *feed) admit(s *Subscriber, request Request) {
	f.joinGroup(s, f.groupOf(request.All, request.Symbols))
	after := request.ResumeAfter
	switch {
	case after.Epoch == "":
		s.needAll()
	case after.Epoch != f.flushed.Epoch || after.Sequence > f.flushed.Sequence:
		s.startOver(typev1.StreamReset_POSITION_UNKNOWN)
	case after.Sequence < f.log.start:
		s.startOver(typev1.StreamReset_POSITION_EXPIRED)
	default:
		f.resume(s, after.Sequence)
	}
}

// resume makes the client one that fell behind at a sequence.
func (f *feed) resume(s *Subscriber, sequence int64) {
	s.fallBehind()
	symbols := f.symbolsOf(s.group)
	place := make(map[*symbol]int, len(symbols))
	for i, symbol := range symbols {
		place[symbol] = i
	}
	f.log.since(sequence, func(symbol *symbol, before int64) {
		if i, ok := place[symbol]; ok {
			s.ticks[i] = before
		}
	})
}

// catchUp returns what a client that is behind needs, after which it is not.
func (f *feed) catchUp(s *Subscriber) []*frame.Frame {
	frames := append([]*frame.Frame(nil), s.notes...)
	s.notes = nil
	if s.reset {
		frames = append(frames, resetFrame(s.resetReason))
		f.hub.Counters.Resets.Add(1)
	}
	var changed, unknown []*symbol
	skipped := map[*symbol]int64{}
	symbols := f.symbolsOf(s.group)
	for i, symbol := range symbols {
		switch tick := s.tickOf(i, symbol); {
		case tick == unknownTick:
			unknown = append(unknown, symbol)
		case symbol.flushed > tick:
			changed = append(changed, symbol)
			skipped[symbol] = symbol.flushed - tick - 1
		}
	}
	if len(changed) > 0 {
		position := f.flushed
		if s.snapshot {
			position = frame.Position{} // Whoever resumes here would miss the snapshot that follows.
		}
		message, count := quotesFrame(position, changed, func(s *symbol) int64 { return skipped[s] })
		frames = append(frames, message)
		f.hub.Counters.QuotesSent.Add(int64(len(changed)))
		f.hub.Counters.QuotesSkipped.Add(count)
	}
	switch {
	case s.snapshot && len(unknown) == len(symbols):
		frames = append(frames, f.snapshotOf(s.group)...)
	case s.snapshot:
		frames = append(frames, snapshotFrames(f.flushed, unknown)...)
	case len(frames) == 0:
		frames = append(frames, heartbeatFrame(f.flushed, time.Now(), f.lastTick)) // Nothing was missed.
	}
	s.behind, s.reset, s.snapshot, s.ticks = false, false, false, s.ticks[:0]
	return frames
}

func (f *feed) endAll(err error) {
	for s := range f.members {
		s.end(err)
	}
}
