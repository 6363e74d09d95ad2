package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// maxPathText limits how much of a caller's own field names is repeated.
const maxPathText = 200

// jsonLevel is one array or object that a place in JSON text is inside of.
type jsonLevel struct {
	array   bool
	index   int    // of the element, for arrays
	key     string // of the member, for objects
	keyNext bool   // the next token of this object is a key
}

// pathAt names the place of a byte in JSON text: "requests[2].account.leverage". For text that is not JSON it names the
// last place that was understood.
func pathAt(text []byte, offset int) string {
	var levels []jsonLevel
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if err != nil {
			return joinPath(levels)
		}
		reached := decoder.InputOffset() > int64(offset)
		delimiter, _ := token.(json.Delim)
		if delimiter == '}' || delimiter == ']' {
			if reached {
				return joinPath(levels)
			}
			levels = levels[:len(levels)-1]
			continue
		}
		if len(levels) > 0 {
			levels[len(levels)-1].enter(token)
		}
		if reached {
			return joinPath(levels)
		}
		if delimiter == '{' || delimiter == '[' {
			levels = append(levels, jsonLevel{array: delimiter == '[', index: -1, keyNext: true})
		}
	}
}

// enter takes note of a token that is a key, a value or the beginning of a value.
func (l *jsonLevel) enter(token json.Token) {
	switch {
	case l.array:
		l.index++
	case l.keyNext:
		l.key, _ = token.(string)
		l.keyNext = false
	default:
		l.keyNext = true
	}
}

func joinPath(levels []jsonLevel) string {
	var out strings.Builder
	for _, level := range levels {
		switch {
		case level.array:
			fmt.Fprintf(&out, "[%d]", max(level.index, 0))
		case out.Len() > 0 && level.key != "":
			out.WriteByte('.')
			fallthrough
		default:
			out.WriteString(level.key)
		}
	}
	path := out.String()
	if len(path) > maxPathText {
		path = strings.ToValidUTF8(path[:maxPathText], "") + "…"
	}
	return path
}
