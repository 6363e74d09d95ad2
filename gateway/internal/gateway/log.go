package gateway

import (
	"io"
	"log"
	"log/slog"
	"strings"
)

var logLevels = map[string]slog.Level{
	"debug":   slog.LevelDebug,
	"info":    slog.LevelInfo,
	"warning": slog.LevelWarn,
	"error":   slog.LevelError,
}

// NewLogger writes the JSON lines that all services of the suite write: ts, level, service, event, then the fields of
// the event. The level "error" means that a human must act.
func NewLogger(out io.Writer, level string) *slog.Logger {
	handler := slog.NewJSONHandler(out, &slog.HandlerOptions{Level: logLevels[level], ReplaceAttr: renameHead})
	return slog.New(handler).With("service", "gateway")
}

func renameHead(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return attr
	}
	switch attr.Key {
	case slog.TimeKey:
		return slog.String("ts", attr.Value.Time().UTC().Format("2006-01-02T15:04:05.000000Z"))
	case slog.LevelKey:
		name := strings.ToLower(attr.Value.String())
		if name == "warn" {
			name = "warning"
		}
		return slog.String("level", name)
	case slog.MessageKey:
		attr.Key = "event"
	}
	return attr
}

// newServerLog takes what net/http says about broken connections and handshakes: the caller's fault, so not an error.
func newServerLog(logger *slog.Logger) *log.Logger {
	return slog.NewLogLogger(logger.Handler().WithAttrs([]slog.Attr{slog.String("source", "net/http")}), slog.LevelDebug)
}
