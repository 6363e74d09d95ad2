package gateway

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

// inFlight limits the API requests in progress.
type inFlight struct {
	max     int64
	current atomic.Int64
}

// enter takes a place; false when all are taken. Each success needs one leave.
func (f *inFlight) enter() bool {
	if f.current.Add(1) <= f.max {
		return true
	}
	f.current.Add(-1)
	return false
}

func (f *inFlight) leave() { f.current.Add(-1) }

// readBody reads a request's body up to the limit, after it has checked that there may be one and of which type.
func readBody(w http.ResponseWriter, r *http.Request, rt *route, limit int64) ([]byte, *Problem) {
	tooLarge := func() *Problem {
		return newProblem(http.StatusRequestEntityTooLarge, typev1.ErrorReason_MESSAGE_TOO_LARGE,
			fmt.Sprintf("The body is larger than %d bytes.", limit)).with("max_bytes", strconv.FormatInt(limit, 10))
	}
	if r.ContentLength > limit {
		return nil, tooLarge()
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		var exceeded *http.MaxBytesError
		if errors.As(err, &exceeded) {
			return nil, tooLarge()
		}
		return nil, newProblem(http.StatusBadRequest, typev1.ErrorReason_MALFORMED_REQUEST, "The body could not be read.")
	}
	if len(body) == 0 {
		return body, nil
	}
	if rt.body == "" {
		return nil, newProblem(http.StatusBadRequest, typev1.ErrorReason_MALFORMED_REQUEST,
			"This request takes no body; its fields are in the path and the query.")
	}
	return body, checkContentType(r.Header.Get("Content-Type"))
}

// checkContentType accepts JSON in UTF-8; a body without a type is taken for that.
func checkContentType(contentType string) *Problem {
	if contentType == "" {
		return nil
	}
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	charset, hasCharset := parameters["charset"]
	if err == nil && mediaType == "application/json" && (!hasCharset || strings.EqualFold(charset, "utf-8")) {
		return nil
	}
	return newProblem(http.StatusUnsupportedMediaType, typev1.ErrorReason_MALFORMED_REQUEST,
		"The body must be JSON: send it with Content-Type: application/json.").
		with("content_type", strings.ToValidUTF8(contentType[:min(len(contentType), 100)], ""))
}

// checkQuery refuses parameters that the request does not have; grpc-gateway would ignore them.
func checkQuery(r *http.Request, rt *route) *Problem {
	if r.URL.RawQuery == "" {
		return nil
	}
	if err := r.ParseForm(); err != nil {
		return newProblem(http.StatusBadRequest, typev1.ErrorReason_MALFORMED_REQUEST,
			"The query is not valid: percent-encode what a query may not hold.")
	}
	for name, values := range r.Form {
		if !rt.query[name] {
			name = shorten(name)
			description := "is not a parameter of this request"
			if rt.body == "*" {
				description += "; its fields are in the body"
			}
			return newProblem(http.StatusBadRequest, typev1.ErrorReason_FIELD_INVALID,
				fmt.Sprintf("The query parameter %q %s.", name, description)).violating(name, description)
		}
		for _, value := range values {
			if !utf8.ValidString(value) {
				return notUTF8(name)
			}
		}
	}
	return nil
}

// checkPath refuses path parameters that no proto string can hold.
func checkPath(rt *route, parameters map[string]string) *Problem {
	for name, value := range parameters {
		if !utf8.ValidString(value) {
			return notUTF8(rt.jsonPath(name))
		}
	}
	return nil
}

func notUTF8(name string) *Problem {
	const description = "must be valid UTF-8"
	return newProblem(http.StatusBadRequest, typev1.ErrorReason_FIELD_INVALID,
		fmt.Sprintf("The parameter %q %s.", name, description)).violating(name, description)
}

func shorten(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) > maxPathText {
		text = strings.ToValidUTF8(text[:maxPathText], "") + "…"
	}
	return text
}

// requestTimeout is how long a request may take: the whole seconds of its header Request-Timeout, else the default.
func requestTimeout(header http.Header, standard time.Duration) (time.Duration, *Problem) {
	text := header.Get("Request-Timeout")
	if text == "" {
		return standard, nil
	}
	seconds, err := strconv.ParseUint(text, 10, 8)
	timeout := time.Duration(seconds) * time.Second
	if err != nil || timeout < time.Second || timeout > maxTimeout {
		const description = "must be whole seconds from 1 to 60"
		return 0, newProblem(http.StatusBadRequest, typev1.ErrorReason_FIELD_INVALID,
			"The header Request-Timeout "+description+".").violating("Request-Timeout", description)
	}
	return timeout, nil
}
