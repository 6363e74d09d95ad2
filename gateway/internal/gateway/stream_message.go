package gateway

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/coder/websocket"

	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

// maxClientMessage is the size of the largest message that a client may send over a WebSocket.
const maxClientMessage = 64 << 10

// clientMessage is what a client sends over a WebSocket: an object with one of the three, and perhaps an id that the answer
// repeats.
type clientMessage struct {
	ID           string              `json:"id,omitempty"`
	Authenticate *authenticateFields `json:"authenticate,omitempty"`
	Subscribe    *symbolFields       `json:"subscribe,omitempty"`
	Unsubscribe  *symbolFields       `json:"unsubscribe,omitempty"`
}

type authenticateFields struct {
	APIKey string `json:"apiKey"`
}

type symbolFields struct {
	Symbols []string `json:"symbols"`
}

// serverNote is a message of the gateway's own between those of the service.
type serverNote struct {
	// The id of the message that this answers.
	ID           string            `json:"id,omitempty"`
	Error        *Problem          `json:"error,omitempty"`
	Subscription *subscriptionNote `json:"subscription,omitempty"`
}

// subscriptionNote tells what a stream of quotes is subscribed to from here on.
type subscriptionNote struct {
	Symbols []string `json:"symbols"`
}

// encode writes a note as JSON.
func (n serverNote) encode() []byte {
	text, err := json.Marshal(n)
	if err != nil { // Strings, numbers and maps of strings: this cannot happen.
		panic(err)
	}
	return text
}

// readMessage reads one message of a client. Text that is not a message is a problem: what it meant cannot be known.
func readMessage(kind websocket.MessageType, reader io.Reader) (*clientMessage, *Problem) {
	text, err := io.ReadAll(io.LimitReader(reader, maxClientMessage+1))
	if err != nil {
		return nil, malformed("It could not be read.")
	}
	if len(text) > maxClientMessage {
		return nil, newProblem(http.StatusRequestEntityTooLarge, typev1.ErrorReason_MESSAGE_TOO_LARGE,
			"The message is larger than 65536 bytes.").with("max_bytes", "65536")
	}
	if kind != websocket.MessageText {
		return nil, malformed("It is binary.")
	}
	message := &clientMessage{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if decoder.Decode(message) != nil || decoder.More() {
		return nil, malformed("It is not such an object.")
	}
	given := 0
	for _, is := range []bool{message.Authenticate != nil, message.Subscribe != nil, message.Unsubscribe != nil} {
		if is {
			given++
		}
	}
	if given != 1 || len(message.ID) > 64 {
		return nil, malformed("It needs exactly one of authenticate, subscribe and unsubscribe; an id has at most 64 characters.")
	}
	for _, fields := range []*symbolFields{message.Subscribe, message.Unsubscribe} {
		if fields == nil {
			continue
		}
		if len(fields.Symbols) == 0 || slices.ContainsFunc(fields.Symbols, isNoSymbol) {
			return nil, malformed("Its symbols must be names, and at least one.")
		}
	}
	return message, nil
}

// isNoSymbol tells names that no symbol has: those with commas, which separate names everywhere.
func isNoSymbol(name string) bool { return name == "" || len(name) > 63 || strings.Contains(name, ",") }

func malformed(what string) *Problem {
	return newProblem(http.StatusBadRequest, typev1.ErrorReason_MALFORMED_REQUEST,
		`The message is not a JSON object such as {"subscribe": {"symbols": ["EURUSD"]}}. `+what)
}

// closeCodeOf is the WebSocket close code of a problem.
func closeCodeOf(p *Problem) websocket.StatusCode {
	switch p.Reason {
	case typev1.ErrorReason_MALFORMED_REQUEST.String():
		return websocket.StatusInvalidFramePayloadData
	case typev1.ErrorReason_MESSAGE_TOO_LARGE.String():
		return websocket.StatusMessageTooBig
	case typev1.ErrorReason_SHUTTING_DOWN.String():
		return websocket.StatusServiceRestart
	}
	switch {
	case p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable ||
		p.Status == http.StatusGatewayTimeout:
		return websocket.StatusTryAgainLater
	case p.Status < 500:
		return websocket.StatusPolicyViolation
	}
	return websocket.StatusInternalError
}
