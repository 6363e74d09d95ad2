// Package frame holds messages to stream clients in the forms in which they are sent: a WebSocket frame, the same
// compressed, a server-sent event. Each form is made once, when it is first needed, and its bytes are shared by all
// clients that get the message.
package frame

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"sync"
)

// Position is a place in a stream; the zero value is none.
type Position struct {
	Epoch    string
	Sequence int64
}

// String is the form in which server-sent events carry it; empty for none.
func (p Position) String() string {
	if p.Epoch == "" {
		return ""
	}
	return p.Epoch + ":" + strconv.FormatInt(p.Sequence, 10)
}

// Frame is one message. It is safe for concurrent use.
type Frame struct {
	// The message, one line of JSON. Not to be changed.
	JSON []byte
	// Where the stream stands after the message.
	Position Position

	plain      lazy
	compressed lazy
	event      lazy
}

// New makes a frame of a message, which it keeps.
func New(json []byte, position Position) *Frame { return &Frame{JSON: json, Position: position} }

// lazy is made when it is first asked for.
type lazy struct {
	once  sync.Once
	bytes []byte
}

func (l *lazy) get(build func() []byte) []byte {
	l.once.Do(func() { l.bytes = build() })
	return l.bytes
}

// compressionThreshold is the size below which a message does not gain from compression.
const compressionThreshold = 256

// WebSocket returns the text frame of RFC 6455 for a connection, compressed (RFC 7692, without context takeover) where
// that was negotiated and pays.
func (f *Frame) WebSocket(compress bool) []byte {
	if compress && len(f.JSON) >= compressionThreshold {
		return f.compressed.get(func() []byte { return webSocketFrame(finalText|compressedBit, deflate(f.JSON)) })
	}
	return f.plain.get(func() []byte { return webSocketFrame(finalText, f.JSON) })
}

// Event returns the message as a server-sent event; its id is the position.
func (f *Frame) Event() []byte {
	return f.event.get(func() []byte {
		out := make([]byte, 0, len(f.JSON)+80)
		if id := f.Position.String(); id != "" {
			out = append(append(append(out, "id: "...), id...), '\n')
		}
		// JSON has no raw line ends, so the data is one line.
		return append(append(append(out, "data: "...), f.JSON...), "\n\n"...)
	})
}

// The first byte of a frame: the last of its message, text; and the bit of compressed ones.
const (
	finalText     = 0x81
	compressedBit = 0x40
)

// webSocketFrame puts the header before a payload. What servers send is not masked.
func webSocketFrame(first byte, payload []byte) []byte {
	out := make([]byte, 0, len(payload)+10)
	out = append(out, first)
	switch n := len(payload); {
	case n <= 125:
		out = append(out, byte(n))
	case n <= 1<<16-1:
		out = binary.BigEndian.AppendUint16(append(out, 126), uint16(n))
	default:
		out = binary.BigEndian.AppendUint64(append(out, 127), uint64(n))
	}
	return append(out, payload...)
}

var compressors = sync.Pool{New: func() any { return newCompressor() }}

// deflate compresses a payload by itself, and leaves out the four bytes that RFC 7692 has the receiver add.
func deflate(payload []byte) []byte {
	c := compressors.Get().(*compressor)
	defer compressors.Put(c)
	c.out.Reset()
	c.writer.Reset(&c.out)
	// A buffer takes everything, so neither can fail.
	_, _ = c.writer.Write(payload)
	_ = c.writer.Flush()
	return bytes.Clone(bytes.TrimSuffix(c.out.Bytes(), []byte{0, 0, 0xff, 0xff}))
}
