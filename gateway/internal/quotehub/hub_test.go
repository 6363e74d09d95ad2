package quotehub

import (
	"testing"

	"mtsuite.dev/gateway/internal/frame"
)

// A client's last messages may be handled while its connection is being taken down.
func TestClientsThatLeftMayStillAsk(t *testing.T) {
	f := newFeed(New(Options{LogLength: 10}), "server", "key")
	defer f.cancel()
	close(f.ready)
	s := &Subscriber{feed: f, slot: make(chan *frame.Frame, 1), wake: make(chan struct{}, 1)}
	f.addMember(s)
	f.admit(s, Request{Symbols: []string{"EURUSD"}})
	s.Leave()
	s.Leave()
	note := func([]string) []byte { return []byte("{}") }
	if !s.Change([]string{"GBPUSD"}, []string{"EURUSD"}, note) || !s.Note([]byte("{}")) {
		t.Error("a client that left was told to slow down")
	}
	if names, all := s.Symbols(); len(names) != 1 || all || len(f.groups) != 0 || len(f.members) != 0 {
		t.Errorf("%v %v; %d groups, %d members are left", names, all, len(f.groups), len(f.members))
	}
}
