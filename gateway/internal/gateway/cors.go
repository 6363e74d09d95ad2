package gateway

import (
	"net/http"
	"slices"
)

const (
	corsMethods = "GET, POST, PATCH, DELETE"
	corsRequest = "Authorization, X-Api-Key, Content-Type, Idempotency-Key, Request-Timeout, Last-Event-ID, X-Request-Id, Traceparent, Tracestate"
	corsExposed = "Operation-Id, Operation-Replayed, X-Request-Id, Retry-After"
)

// withCORS answers browsers that ask whether a page of another origin may call the API. Origins that are not listed get
// no CORS header, so the browser keeps the answer from the page. Credentials (cookies) are never allowed: the API has
// none, keys travel in a header that the page sets itself.
func withCORS(config CORS, next http.Handler) http.Handler {
	if len(config.AllowedOrigins) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
		if origin != "" && slices.Contains(config.AllowedOrigins, origin) {
			header.Set("Access-Control-Allow-Origin", origin)
			header.Set("Access-Control-Expose-Headers", corsExposed)
			if preflight {
				header.Set("Access-Control-Allow-Methods", corsMethods)
				header.Set("Access-Control-Allow-Headers", corsRequest)
				header.Set("Access-Control-Max-Age", "600")
			}
		}
		if preflight {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}
