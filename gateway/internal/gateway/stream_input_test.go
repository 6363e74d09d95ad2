package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"mtsuite.dev/gateway/internal/fakemarket"
)

func TestKeyInTheFirstMessage(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{Keys: []string{testKey}})
	client := f.mustDial(quotesPath, "X-A: b")
	f.send(client, `{"authenticate": {"apiKey": "`+testKey+`"}}`)
	f.readUntil(client, false, isSnapshotEnd)
	f.send(client, `{"authenticate": {"apiKey": "`+testKey+`"}}`)
	f.expectEnd(client, false, "MALFORMED_REQUEST", websocket.StatusInvalidFramePayloadData)

	for text, want := range map[string]string{
		`{"authenticate": {"apiKey": "mts_wrong"}}`:   "API_KEY_INVALID",
		`{"authenticate": {"apiKey": ""}}`:            "API_KEY_MISSING",
		`{"subscribe": {"symbols": ["EURUSD"]}}`:      "API_KEY_MISSING",
		`{"authenticate": {"apiKey": "k\u00e9y"}}`:    "API_KEY_INVALID",
		`{"authenticate": {"apiKey": "a"}, "id": ""}`: "API_KEY_INVALID",
	} {
		client := f.mustDial(quotesPath, "X-A: b")
		f.send(client, text)
		f.expectEnd(client, false, want, websocket.StatusPolicyViolation)
	}
	if log := f.log.text(); strings.Contains(log, testKey) || strings.Contains(log, "mts_wrong") {
		t.Error("a key is in the log")
	}
}

func TestKeyInTheHeaderIsCheckedBeforeTheConnectionOpens(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{Keys: []string{testKey}})
	for _, c := range []struct {
		target, header string
		status         int
		reason         string
	}{
		{quotesPath, "Authorization: Bearer mts_wrong", 401, "API_KEY_INVALID"},
		{quotesPath + "?symbols=NONE", withKey, 404, "SYMBOL_NOT_FOUND"},
		{strings.Replace(quotesPath, fakemarket.Server, "other", 1), withKey, 404, "SERVER_NOT_FOUND"},
		{quotesPath + "?simbols=EURUSD", withKey, 400, "FIELD_INVALID"},
		{quotesPath + "?key=" + testKey, "X-A: b", 400, "FIELD_INVALID"},
		{quotesPath + "?resumeAfter.epoch=x&resumeAfter.sequence=many", withKey, 400, "FIELD_INVALID"},
		{quotesPath + "?resumeAfter.sequence=5", withKey, 400, "FIELD_INVALID"},
		{quotesPath + "?symbols=" + strings.Repeat("A,", 1001), withKey, 400, "BATCH_TOO_LARGE"},
		{eventsPath, withKey, 400, "FIELD_REQUIRED"},
		{eventsPath + "?logins=1,x", withKey, 400, "FIELD_INVALID"},
		{eventsPath + "?groupMask=*&topics=ORDERS,NOTHING", withKey, 400, "FIELD_INVALID"},
	} {
		_, answer, err := f.dial(c.target, false, c.header)
		if err == nil {
			t.Errorf("%s: it opened", c.target)
			continue
		}
		var problem Problem
		if err := json.NewDecoder(answer.Body).Decode(&problem); err != nil || answer.StatusCode != c.status || problem.Reason != c.reason {
			t.Errorf("%s: %d %+v (%v), want %d %s", c.target, answer.StatusCode, problem, err, c.status, c.reason)
		}
		// The same in the other form.
		events, err := f.events(c.target, c.header)
		if err != nil {
			t.Fatal(err)
		}
		if want := c.status; !strings.Contains(c.header, "Authorization") && events.answer.StatusCode != want {
			t.Errorf("%s: %d", c.target, events.answer.StatusCode)
		}
		events.close()
	}
}

func TestOrigins(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{}, func(c *Config) { c.CORS.AllowedOrigins = []string{"https://crm.example.com"} })
	for origin, allowed := range map[string]bool{
		"https://crm.example.com": true, f.server.URL: true, "https://evil.example": false, "null": false,
		"https://crm.example.com.evil.example": false, "http://crm.example.com": false,
	} {
		client, answer, err := f.dial(quotesPath, false, withKey, "Origin: "+origin)
		if allowed != (err == nil) {
			t.Errorf("%s: %v", origin, err)
		}
		if err == nil {
			client.close()
		} else if answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", origin, answer.StatusCode)
		}
	}
}

func TestGarbageIsAnsweredThenTheStreamEnds(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{})
	for _, text := range []string{
		"hello", "", "{}", "[]", "null", `{"subscribe": {}}`, `{"subscribe": {"symbols": []}}`, `{"subscribe": {"symbols": [""]}}`,
		`{"subscribe": {"symbols": ["A,B"]}}`, `{"subscribe": {"symbols": "EURUSD"}}`, `{"subscribe": {"symbols": ["A"]}} {}`,
		`{"subscribe": {"symbols": ["EURUSD"]}, "unsubscribe": {"symbols": ["EURUSD"]}}`, `{"buy": {"symbol": "EURUSD"}}`,
		`{"id": "` + strings.Repeat("x", 65) + `", "subscribe": {"symbols": ["EURUSD"]}}`, "\x00\xff",
	} {
		client := f.mustDial(quotesPath + "?symbols=EURUSD")
		f.readUntil(client, false, isSnapshotEnd)
		f.send(client, text)
		f.expectEnd(client, false, "MALFORMED_REQUEST", websocket.StatusInvalidFramePayloadData)
	}
	client := f.mustDial(quotesPath)
	if err := client.Write(context.Background(), websocket.MessageBinary, []byte(`{"subscribe": {"symbols": ["EURUSD"]}}`)); err != nil {
		t.Fatal(err)
	}
	f.expectEnd(client, false, "MALFORMED_REQUEST", websocket.StatusInvalidFramePayloadData)
	client = f.mustDial(quotesPath)
	f.send(client, strings.Repeat("x", maxClientMessage+1))
	f.expectEnd(client, false, "MESSAGE_TOO_LARGE", websocket.StatusMessageTooBig)
	client = f.mustDial(eventsPath + "?groupMask=*")
	f.send(client, `{"subscribe": {"symbols": ["EURUSD"]}}`)
	f.expectEnd(client, true, "MALFORMED_REQUEST", websocket.StatusInvalidFramePayloadData)
}

// Bytes that are no WebSocket frames at all must not harm anyone.
func TestGarbageBelowMessages(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{})
	good := f.mustDial(quotesPath)
	for _, bytes := range []string{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\x81\x05hello", "\x08\x00", "GET / HTTP/1.1\r\n\r\n"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(f.server.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n%s", quotesPath, withKey, bytes)
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.Copy(io.Discard, conn); err != nil && errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("% x: the connection stayed open", bytes)
		}
		conn.Close()
	}
	f.readUntil(good, false, isSnapshotEnd)
}

func TestStreamsAreOnlyServedAsStreams(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{})
	for accept, want := range map[string]int{
		"application/json": 406, "text/event-stream;q=0.9, application/json": 200, "*/*": 200, "text/*": 200,
	} {
		client, err := f.events(quotesPath, "Accept: "+accept)
		if err != nil {
			t.Fatal(err)
		}
		if client.answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", accept, client.answer.StatusCode, want)
		}
		client.close()
	}
	answer, err := http.Post(f.server.URL+quotesPath, "application/json", strings.NewReader("{}"))
	if err != nil || answer.StatusCode != 405 {
		t.Errorf("POST: %v %v", answer.Status, err)
	}
}

func TestTooManyStreams(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{}, func(c *Config) { c.Streams.Max = 2 })
	first := f.mustDial(quotesPath)
	f.mustDial(eventsPath + "?logins=10001")
	_, answer, err := f.dial(quotesPath, false, withKey)
	if err == nil || answer.StatusCode != 429 || answer.Header.Get("Retry-After") == "" {
		t.Fatalf("%v %v", answer, err)
	}
	if body, err := io.ReadAll(answer.Body); err != nil || !strings.Contains(string(body), `"reason":"TOO_MANY_STREAMS"`) {
		t.Errorf("%s %v", body, err)
	}
	_ = first.Close(websocket.StatusNormalClosure, "")
	for deadline := time.Now().Add(10 * time.Second); ; {
		client, _, err := f.dial(quotesPath, false, withKey)
		if err == nil {
			client.close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the place of a stream that ended stays taken")
		}
	}
}

func TestRevokedKeysEndTheirStreams(t *testing.T) {
	f := newStreamFixture(t, fakemarket.Options{}, func(c *Config) { c.Streams.KeyCheckInterval = time.Second })
	good, bad := f.mustDial(quotesPath), f.mustDial(quotesPath, "X-Api-Key: mts_other")
	f.readUntil(bad, false, isSnapshotEnd)
	f.market.Revoke("mts_other")
	f.expectEnd(bad, false, "API_KEY_INVALID", websocket.StatusPolicyViolation)
	f.readUntil(good, false, func(m message) bool { return m.quotes.GetHeartbeat() != nil })
}
