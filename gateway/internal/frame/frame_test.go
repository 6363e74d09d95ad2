package frame

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"strings"
	"testing"
)

// decode reads one unmasked frame as RFC 6455 and RFC 7692 have it.
func decode(t *testing.T, data []byte) (compressed bool, payload []byte) {
	t.Helper()
	compressed = data[0]&compressedBit != 0
	length, rest := int(data[1]), data[2:]
	switch length {
	case 126:
		length, rest = int(binary.BigEndian.Uint16(rest)), rest[2:]
	case 127:
		length, rest = int(binary.BigEndian.Uint64(rest)), rest[8:]
	}
	if data[0]&^compressedBit != finalText || length != len(rest) {
		t.Fatalf("header % x for a payload of %d bytes", data[:2], len(rest))
	}
	if !compressed {
		return false, rest
	}
	reader := flate.NewReader(io.MultiReader(bytes.NewReader(rest), strings.NewReader("\x00\x00\xff\xff\x01\x00\x00\xff\xff")))
	payload, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return true, payload
}

func TestWebSocketFramesOfAllLengths(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, compressionThreshold - 1, compressionThreshold, 1<<16 - 1, 1 << 16, 300_000} {
		text := []byte(strings.Repeat("quote ", n/6+1)[:n])
		f := New(text, Position{})
		for _, compress := range []bool{false, true, true} {
			compressed, payload := decode(t, f.WebSocket(compress))
			if !bytes.Equal(payload, text) || compressed != (compress && n >= compressionThreshold) {
				t.Errorf("%d bytes, compress %v: compressed %v, %d bytes", n, compress, compressed, len(payload))
			}
		}
	}
}

func TestBytesAreShared(t *testing.T) {
	f := New(bytes.Repeat([]byte("x"), 1000), Position{})
	if &f.WebSocket(false)[0] != &f.WebSocket(false)[0] || &f.WebSocket(true)[0] != &f.WebSocket(true)[0] ||
		&f.Event()[0] != &f.Event()[0] {
		t.Error("a form was made twice")
	}
}

func TestEvents(t *testing.T) {
	for want, f := range map[string]*Frame{
		"id: a:b:7\ndata: {}\n\n": New([]byte("{}"), Position{"a:b", 7}),
		"data: {}\n\n":            New([]byte("{}"), Position{}),
	} {
		if got := string(f.Event()); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
