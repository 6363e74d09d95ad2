package quotehub

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
	"mtsuite.dev/gateway/internal/frame"
)

// The frames are proto JSON of StreamQuotesResponse as the gateway writes all JSON: camelCase, 64-bit numbers as strings,
// fields with default values written. A quote is encoded once for all messages that hold it, which protojson cannot do.

// appendQuote appends a quote as JSON.
func appendQuote(out []byte, quote *quotesv1.Quote) []byte {
	out = appendString(append(out, `{"symbol":`...), quote.GetSymbol())
	out = appendString(append(out, `,"bid":`...), quote.GetBid())
	out = appendString(append(out, `,"ask":`...), quote.GetAsk())
	out = appendString(append(out, `,"last":`...), quote.GetLast())
	if quote.GetTime() != nil {
		out = appendTime(append(out, `,"time":"`...), quote.GetTime())
		out = append(out, '"')
	}
	out = strconv.AppendInt(append(out, `,"sequence":"`...), quote.GetSequence(), 10)
	return append(out, `"}`...)
}

func appendString(out []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(text) // A string always has a form.
			return append(out, quoted...)
		}
	}
	return append(append(append(out, '"'), text...), '"')
}

// appendTime writes as many places as are needed, in threes.
func appendTime(out []byte, at *timestamppb.Timestamp) []byte {
	layout := "2006-01-02T15:04:05.000000000Z"
	switch nanos := at.GetNanos(); {
	case nanos == 0:
		layout = "2006-01-02T15:04:05Z"
	case nanos%1_000_000 == 0:
		layout = "2006-01-02T15:04:05.000Z"
	case nanos%1_000 == 0:
		layout = "2006-01-02T15:04:05.000000Z"
	}
	return at.AsTime().AppendFormat(out, layout)
}

// open begins a message with its position, if it has one.
func open(out []byte, position frame.Position) []byte {
	out = append(out, '{')
	if position.Epoch == "" {
		return out
	}
	out = appendString(append(out, `"position":{"epoch":`...), position.Epoch)
	out = strconv.AppendInt(append(out, `,"sequence":"`...), position.Sequence, 10)
	return append(out, `"},`...)
}

// quotesFrame holds the quotes of symbols as they were told last. It also returns how many ticks were skipped.
func quotesFrame(position frame.Position, changed []*symbol, skippedOf func(*symbol) int64) (*frame.Frame, int64) {
	size := 160
	for _, s := range changed {
		size += len(s.json) + 1
	}
	out := appendQuotes(append(open(make([]byte, 0, size), position), `"quotes":{"quotes":[`...), changed)
	out = append(out, `],"skipped":[`...)
	total := int64(0)
	for _, s := range changed {
		count := skippedOf(s)
		if count <= 0 {
			continue
		}
		if total > 0 {
			out = append(out, ',')
		}
		total += count
		out = appendString(append(out, `{"symbol":`...), s.name)
		out = strconv.AppendInt(append(out, `,"count":"`...), count, 10)
		out = append(out, `"}`...)
	}
	return frame.New(append(out, `]}}`...), position), total
}

func appendQuotes(out []byte, symbols []*symbol) []byte {
	for i, s := range symbols {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, s.json...)
	}
	return out
}

// snapshotFrames holds the last quotes of symbols in parts, and the end.
func snapshotFrames(position frame.Position, symbols []*symbol) []*frame.Frame {
	var frames []*frame.Frame
	var part []*symbol
	cut := func() {
		if len(part) > 0 {
			out := appendQuotes([]byte(`{"snapshot":{"quotes":[`), part)
			frames = append(frames, frame.New(append(out, `],"skipped":[]}}`...), frame.Position{}))
			part = part[:0]
		}
	}
	for _, s := range symbols {
		if s.json == nil {
			continue // No quote yet.
		}
		if part = append(part, s); len(part) == snapshotPart {
			cut()
		}
	}
	cut()
	return append(frames, frame.New(append(open(nil, position), `"snapshotEnd":{}}`...), position))
}

// heartbeatFrame tells the time, and how long ago the last tick came, when that is known.
func heartbeatFrame(position frame.Position, now, lastTick time.Time) *frame.Frame {
	out := append(open(nil, position), `"heartbeat":{"time":"`...)
	out = append(now.UTC().AppendFormat(out, "2006-01-02T15:04:05.000Z"), '"')
	if !lastTick.IsZero() {
		age := max(now.Sub(lastTick), 0)
		out = fmt.Appendf(out, `,"feedAge":"%d.%03ds"`, age/time.Second, age%time.Second/time.Millisecond)
	}
	return frame.New(append(out, `}}`...), position)
}

func resetFrame(reason typev1.StreamReset_Reason) *frame.Frame {
	return frame.New([]byte(`{"reset":{"reason":"`+reason.String()+`"}}`), frame.Position{})
}
