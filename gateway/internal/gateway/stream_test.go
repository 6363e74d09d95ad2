package gateway

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"mtsuite.dev/gateway/internal/fakemarket"
	"mtsuite.dev/gateway/internal/frame"
)

func isSnapshotEnd(m message) bool { return m.quotes.GetSnapshotEnd() != nil }

func isError(m message) bool { return m.note.Error != nil }

func (f *streamFixture) send(client webSocketClient, text string) {
	f.Helper()
	if err := client.Write(context.Background(), websocket.MessageText, []byte(text)); err != nil {
		f.Fatal(err)
	}
}

// expectEnd reads an error, then the close code.
func (f *streamFixture) expectEnd(client webSocketClient, ofEvents bool, reason string, code websocket.StatusCode) *Problem {
	f.Helper()
	m := f.readUntil(client, ofEvents, isError)
	if m.note.Error.Reason != reason || m.note.Error.Title == "" || m.note.Error.RequestID == "" {
		f.Errorf("error %+v, want %s", m.note.Error, reason)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err := client.read(ctx)
	var closed websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != code || closed.Reason != reason {
		f.Errorf("after the error: %v, want the close code %d", err, code)
	}
	return m.note.Error
}

func TestStreamStartsWithSnapshotThenChanges(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{})
	client := f.mustDial(quotesPath + "?symbols=EURUSD,GBPUSD")
	snapshot := f.readUntil(client, false, func(m message) bool { return m.quotes.GetSnapshot() != nil })
	if len(snapshot.quotes.GetSnapshot().GetQuotes()) != 2 || snapshot.quotes.GetPosition() != nil {
		t.Errorf("snapshot: %s", snapshot.raw)
	}
	end := f.readUntil(client, false, isSnapshotEnd)
	if end.quotes.GetPosition().GetEpoch() == "" {
		t.Errorf("end without a position: %s", end.raw)
	}
	f.market.Tick("USDJPY", "GBPUSD")
	change := f.readUntil(client, false, func(m message) bool { return m.quotes.GetQuotes() != nil })
	if quotes := change.quotes.GetQuotes().GetQuotes(); len(quotes) != 1 || quotes[0].GetSymbol() != "GBPUSD" || quotes[0].GetSequence() != 2 {
		t.Errorf("change: %s", change.raw)
	}
	beat := f.readUntil(client, false, func(m message) bool { return m.quotes.GetHeartbeat() != nil })
	if beat.quotes.GetHeartbeat().GetFeedAge() == nil || beat.quotes.GetPosition() == nil {
		t.Errorf("heartbeat: %s", beat.raw)
	}
}

func TestFeedAgeGrowsWhileTheUpstreamIsGone(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{})
	client := f.mustDial(quotesPath)
	age := func() time.Duration {
		return f.readUntil(client, false, func(m message) bool { return m.quotes.GetHeartbeat().GetFeedAge() != nil }).
			quotes.GetHeartbeat().GetFeedAge().AsDuration()
	}
	before := age()
	f.market.Revoke(testKey) // The hub cannot come back: its client's key is the only one.
	f.market.Cut()
	f.expectEnd(client, false, "API_KEY_INVALID", websocket.StatusPolicyViolation)
	if before < 0 {
		t.Errorf("age %v", before)
	}
}

func TestManyClientsShareOneUpstreamStream(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{})
	for range 20 {
		f.readUntil(f.mustDial(quotesPath+"?symbols=EURUSD"), false, isSnapshotEnd)
	}
	f.readUntil(f.mustDial(quotesPath), false, isSnapshotEnd)
	if got := f.market.Streams(); got != 1 {
		t.Errorf("%d upstream streams", got)
	}
}

func TestSubscribeAndUnsubscribe(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{})
	client := f.mustDial(quotesPath + "?symbols=")
	f.readUntil(client, false, isSnapshotEnd)

	f.send(client, `{"id": "1", "subscribe": {"symbols": ["GBPUSD", "EURUSD"]}}`)
	note := f.readUntil(client, false, func(m message) bool { return m.note.Subscription != nil }).note
	if note.ID != "1" || strings.Join(note.Subscription.Symbols, " ") != "EURUSD GBPUSD" {
		t.Errorf("note = %+v", note)
	}
	snapshot := f.readUntil(client, false, func(m message) bool { return m.quotes.GetSnapshot() != nil })
	if len(snapshot.quotes.GetSnapshot().GetQuotes()) != 2 {
		t.Errorf("snapshot: %s", snapshot.raw)
	}
	f.readUntil(client, false, isSnapshotEnd)

	f.send(client, `{"id": "2", "subscribe": {"symbols": ["NONE"]}}`)
	refused := f.readUntil(client, false, isError).note
	if refused.ID != "2" || refused.Error.Reason != "SYMBOL_NOT_FOUND" || refused.Error.Metadata["symbol"] != "NONE" {
		t.Errorf("note = %+v %+v", refused, refused.Error)
	}

	f.send(client, `{"id": "3", "unsubscribe": {"symbols": ["EURUSD", "OTHER"]}}`)
	note = f.readUntil(client, false, func(m message) bool { return m.note.Subscription != nil }).note
	if strings.Join(note.Subscription.Symbols, " ") != "GBPUSD" {
		t.Errorf("note = %+v", note)
	}
	f.market.Tick("EURUSD", "GBPUSD")
	change := f.readUntil(client, false, func(m message) bool { return m.quotes.GetQuotes() != nil })
	if quotes := change.quotes.GetQuotes().GetQuotes(); len(quotes) != 1 || quotes[0].GetSymbol() != "GBPUSD" {
		t.Errorf("change: %s", change.raw)
	}
}

func TestAllSymbolsCannotBeChosenFrom(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{})
	client := f.mustDial(quotesPath)
	f.send(client, `{"subscribe": {"symbols": ["EURUSD"]}}`)
	if got := f.readUntil(client, false, isError).note.Error.Reason; got != "FIELD_INVALID" {
		t.Errorf("reason = %s", got)
	}
	f.market.Tick("EURUSD")
	f.readUntil(client, false, func(m message) bool { return m.quotes.GetQuotes() != nil })
}

func TestCompressionIsNegotiated(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{})
	for _, compress := range []bool{false, true} {
		client, answer, err := f.dial(quotesPath, compress, withKey)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(answer.Header.Get("Sec-Websocket-Extensions"), "permessage-deflate"); got != compress {
			t.Errorf("compress %v: extensions %q", compress, answer.Header.Get("Sec-Websocket-Extensions"))
		}
		m := f.readUntil(client, false, func(m message) bool { return m.quotes.GetSnapshot() != nil })
		if len(m.quotes.GetSnapshot().GetQuotes()) != 3 {
			t.Errorf("compress %v: %s", compress, m.raw)
		}
		client.close()
	}
}

func TestServerSentEventsResumeByLastEventID(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{})
	client, err := f.events(quotesPath + "?symbols=EURUSD")
	if err != nil {
		t.Fatal(err)
	}
	if got := client.answer.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("Content-Type = %q", got)
	}
	f.readUntil(client, false, isSnapshotEnd)
	id := client.lastID
	client.close()
	f.market.Tick("EURUSD")
	f.market.Tick("EURUSD")
	f.market.Tick("EURUSD")
	other := f.mustDial(quotesPath + "?symbols=EURUSD") // Makes sure that the gateway knows of the ticks.
	f.readUntil(other, false, func(m message) bool {
		for _, quote := range append(m.quotes.GetQuotes().GetQuotes(), m.quotes.GetSnapshot().GetQuotes()...) {
			if quote.GetSequence() == 4 {
				return true
			}
		}
		return false
	})

	if client, err = f.events(quotesPath+"?symbols=EURUSD", "Last-Event-ID: "+id); err != nil {
		t.Fatal(err)
	}
	defer client.close()
	m := f.readUntil(client, false, func(message) bool { return true })
	quotes, skipped := m.quotes.GetQuotes().GetQuotes(), m.quotes.GetQuotes().GetSkipped()
	if len(quotes) != 1 || quotes[0].GetSequence() != 4 || len(skipped) != 1 || skipped[0].GetCount() != 2 {
		t.Errorf("after resuming at %s: %s", id, m.raw)
	}
	for id, want := range map[string]int{"nothing": 400, ":1": 400, "e0:x": 400, "elsewhere:7": 200} {
		client, err := f.events(quotesPath, "Last-Event-ID: "+id)
		if err != nil {
			t.Fatal(err)
		}
		if client.answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", id, client.answer.StatusCode, want)
		}
		if want == 200 {
			if m := f.readUntil(client, false, func(message) bool { return true }); m.quotes.GetReset_() == nil {
				t.Errorf("a foreign position was accepted: %s", m.raw)
			}
		}
		client.close()
	}
}

// A stalled client of events is told that it was too slow, and where to go on; nothing is left out before that.
func TestSlowConsumerOfEvents(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{History: 1 << 20}, func(c *Config) { c.Streams.StallTimeout = 2 * time.Second })
	for range 150 { // Far more than the buffers on the way hold.
		f.book.Happen(500)
	}
	consumer := &positionConsumer{revisions: map[int64]int64{}, position: frame.Position{Epoch: "b0"}}
	client := f.mustDial(eventsPath + "?groupMask=*&" + positionQuery(consumer.position))
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for f.book.Streams() > 0 { // Reads nothing until the gateway has given up on it.
		if ctx.Err() != nil {
			t.Fatal("the gateway waits for ever")
		}
		<-time.After(5 * time.Millisecond)
	}
	for {
		text, err := client.read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m, err := parseMessage(text, true)
		if err != nil {
			t.Fatal(err)
		}
		if m.note.Error == nil {
			if err := consumer.take(m.events); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if m.note.Error.Reason != "SLOW_CONSUMER" || m.note.Error.Metadata["sequence"] != fmt.Sprint(consumer.position.Sequence) ||
			m.note.Error.Metadata["epoch"] != consumer.position.Epoch {
			t.Errorf("error %+v at %v", m.note.Error, consumer.position)
		}
		break
	}
	if consumer.events == 0 || consumer.events >= 75_000 {
		t.Errorf("%d events before the end", consumer.events)
	}
}

// A stalled client of quotes is not ended; it gets the newest quotes when it reads again. Others are not held up.
func TestSlowConsumerOfQuotes(t *testing.T) {
	var all []string
	for i := range 200 {
		all = append(all, fmt.Sprintf("SYM%03d", i))
	}
	f := newStreamFixture(t, fakemarket.Options{Symbols: all})
	slow, quick := f.mustDial(quotesPath), f.mustDial(quotesPath)
	knows := func(client webSocketClient, consumer *quoteConsumer) {
		f.readUntil(client, false, func(m message) bool {
			if err := consumer.take(m); err != nil {
				t.Fatal(err)
			}
			return consumer.equals(f.market.Quotes())
		})
	}
	quickOne, slowOne := &quoteConsumer{}, &quoteConsumer{}
	quickOne.forget()
	slowOne.forget()
	for range 60 {
		f.market.Tick(all...)
		knows(quick, quickOne)
	}
	knows(slow, slowOne)
	if slowOne.skipped == 0 || slowOne.resets > 0 {
		t.Errorf("the slow client was told of %d skipped, %d resets", slowOne.skipped, slowOne.resets)
	}
}

func TestStreamsEndWhenTheGatewayStops(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{})
	quotes, events := f.mustDial(quotesPath), f.mustDial(eventsPath+"?groupMask=*")
	waiting := f.mustDial(quotesPath, "X-A: b") // Has not sent its key yet.
	sse, err := f.events(quotesPath)
	if err != nil {
		t.Fatal(err)
	}
	f.readUntil(quotes, false, isSnapshotEnd)
	f.readUntil(events, true, func(m message) bool { return m.events.GetSnapshotEnd() != nil })
	f.readUntil(sse, false, isSnapshotEnd)
	go f.gateway.streams.stop()
	f.expectEnd(quotes, false, "SHUTTING_DOWN", websocket.StatusServiceRestart)
	f.expectEnd(events, true, "SHUTTING_DOWN", websocket.StatusServiceRestart)
	f.expectEnd(waiting, true, "SHUTTING_DOWN", websocket.StatusServiceRestart)
	if got := f.readUntil(sse, false, isError).note.Error.Reason; got != "SHUTTING_DOWN" {
		t.Errorf("reason = %s", got)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := f.gateway.streams.wait(ctx); err != nil {
		t.Error(err)
	}
	if _, _, err := f.dial(quotesPath, false, withKey); err == nil {
		t.Error("a stream opened after the end")
	}
}

// The library's own frames go over the same connection as ours.
func TestPingsBetweenMessages(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{})
	client := f.mustDial(quotesPath)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	pongs := make(chan error, 50)
	for range cap(pongs) {
		go func() { pongs <- client.Ping(ctx) }()
		f.market.Tick("EURUSD", "GBPUSD", "USDJPY")
		f.readUntil(client, false, func(message) bool { return true })
	}
	for left := cap(pongs); left > 0; {
		select {
		case err := <-pongs:
			if err != nil {
				t.Fatal(err)
			}
			left--
		default: // Pongs arrive with the messages.
			f.readUntil(client, false, func(message) bool { return true })
		}
	}
	if err := client.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
}
