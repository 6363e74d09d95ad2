package gateway

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	ordersv1 "mtsuite.dev/gateway/gen/mtsuite/orders/v1"
	"mtsuite.dev/gateway/internal/fakemarket"
	"mtsuite.dev/gateway/internal/frame"
)

// positionConsumer follows a stream of events: what it knows are the revisions of the open positions.
type positionConsumer struct {
	revisions map[int64]int64
	position  frame.Position
	previous  int64
	resets    int
	events    int
	// Why its connections ended.
	ends []string
}

func (c *positionConsumer) take(m *ordersv1.StreamTradeEventsResponse) error {
	switch content := m.GetContent().(type) {
	case *ordersv1.StreamTradeEventsResponse_Reset_:
		c.resets++
		c.revisions, c.position = map[int64]int64{}, frame.Position{}
	case *ordersv1.StreamTradeEventsResponse_Snapshot:
		for _, position := range content.Snapshot.GetPositions() {
			c.revisions[position.GetTicket()] = position.GetRevision()
		}
	case *ordersv1.StreamTradeEventsResponse_Events:
		for _, event := range content.Events.GetEvents() {
			c.events++
			if event.GetSequence() <= c.position.Sequence {
				return fmt.Errorf("event %d came again after %d", event.GetSequence(), c.position.Sequence)
			}
			position := event.GetPositionUpdated()
			if opened := event.GetPositionOpened(); opened != nil {
				c.revisions[opened.GetTicket()] = opened.GetRevision()
				continue
			}
			if closed := event.GetPositionClosed(); closed != nil {
				position = closed
			}
			if c.revisions[position.GetTicket()] != position.GetRevision()-1 {
				return fmt.Errorf("position %d went from revision %d to %d", position.GetTicket(), c.revisions[position.GetTicket()], position.GetRevision())
			}
			c.revisions[position.GetTicket()] = position.GetRevision()
			if event.GetPositionClosed() != nil {
				delete(c.revisions, position.GetTicket())
			}
		}
	}
	if at := m.GetPosition(); at != nil {
		if m.GetPreviousSequence() != c.previous {
			return fmt.Errorf("the message before was %d, the stream says %d", c.previous, m.GetPreviousSequence())
		}
		c.position, c.previous = frame.Position{Epoch: at.GetEpoch(), Sequence: at.GetSequence()}, at.GetSequence()
	}
	return nil
}

func (c *positionConsumer) live(f *streamFixture, random *rand.Rand, done func() bool) error {
	target := eventsPath + "?groupMask=*&" + positionQuery(c.position)
	var client streamClient
	var err error
	if random.IntN(3) == 0 {
		client, err = f.events(target)
	} else {
		client, _, err = f.dial(target, random.IntN(2) == 0, withKey)
	}
	if err != nil {
		c.ends = append(c.ends, err.Error())
		return nil
	}
	defer client.close()
	c.previous = 0
	if c.position.Epoch == "" {
		c.revisions = map[int64]int64{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for left := 1 + random.IntN(40); ; {
		text, err := client.read(ctx)
		if err != nil {
			return ctx.Err()
		}
		m, err := parseMessage(text, true)
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		if m.note.Error != nil {
			c.ends = append(c.ends, m.note.Error.Reason)
			return nil
		}
		if err := c.take(m.events); err != nil {
			return err
		}
		if done() {
			if maps.Equal(c.revisions, f.book.Positions()) {
				return nil
			}
			continue
		}
		if left--; left == 0 {
			return nil
		}
		if random.IntN(20) == 0 {
			<-time.After(time.Duration(random.IntN(600)) * time.Millisecond)
		}
	}
}

// Events are never left out: whatever happens, each is told once, in order, or a reset says that all begins anew.
func TestEventsSurviveEverything(t *testing.T) {
	seed := seeded(t)
	f := newStreamFixture(t, fakemarket.Options{History: 4000, Heartbeat: 100 * time.Millisecond},
		func(c *Config) { c.Streams.StallTimeout = 300 * time.Millisecond })
	quiet := make(chan struct{})
	isQuiet := func() bool {
		select {
		case <-quiet:
			return true
		default:
			return false
		}
	}
	var group sync.WaitGroup
	group.Go(func() {
		random := rand.New(rand.NewPCG(seed, 1000))
		defer close(quiet)
		end := time.Now().Add(*chaosTime)
		for restarted := false; time.Now().Before(end); {
			switch choice := random.IntN(500); {
			case choice == 0 || !restarted && time.Until(end) < *chaosTime/2:
				f.book.Restart()
				restarted = true
			case choice < 5:
				f.book.Cut()
			default:
				f.book.Happen(1 + random.IntN(20))
				<-time.After(time.Duration(random.IntN(5000)) * time.Microsecond)
			}
		}
	})
	consumers := make([]*positionConsumer, 6)
	for i := range consumers {
		c := &positionConsumer{revisions: map[int64]int64{}}
		consumers[i] = c
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		group.Go(func() {
			for finish := time.Now().Add(*chaosTime + 20*time.Second); ; {
				if err := c.live(f, random, isQuiet); err != nil {
					t.Errorf("client %d: %v", i, err)
					return
				}
				if isQuiet() && maps.Equal(c.revisions, f.book.Positions()) {
					return
				}
				if time.Now().After(finish) {
					t.Errorf("client %d never got to know what the book has; %v", i, c.ends[max(0, len(c.ends)-10):])
					return
				}
			}
		})
	}
	group.Wait()
	events, resets := 0, 0
	for _, c := range consumers {
		events += c.events
		resets += c.resets
	}
	t.Logf("%d events, %d resets", events, resets)
	if events == 0 || resets == 0 {
		t.Error("the test did not get to everything")
	}
}
