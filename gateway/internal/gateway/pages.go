package gateway

import (
	"net/http"
	"strings"

	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

// frontDoor tells the API, the documents and the probes apart.
type frontDoor struct {
	api       http.Handler
	pages     pages
	readiness http.Handler
}

// ServeHTTP hands a request to whoever it is for. http.ServeMux would redirect paths that it finds untidy, and operation
// ids may make them so.
func (f *frontDoor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if pageRoute(r.URL.Path) == unmatchedRoute {
		f.api.ServeHTTP(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeProblem(w, r, newProblem(http.StatusMethodNotAllowed, typev1.ErrorReason_NO_SUCH_METHOD,
			"This path has the methods GET, HEAD.").with("allow", "GET, HEAD"))
		return
	}
	switch {
	case r.URL.Path == "/healthz":
		serveLiveness(w, r)
	case r.URL.Path == "/readyz":
		f.readiness.ServeHTTP(w, r)
	case !f.pages.serve(w, r):
		writeProblem(w, r, newProblem(http.StatusNotFound, typev1.ErrorReason_NO_SUCH_METHOD,
			"This path does not exist; /docs/ is the page."))
	}
}

// unmatchedRoute stands for all paths that neither the API nor the pages have, in logs and metrics.
const unmatchedRoute = "unmatched"

// pageRoute names the route of a path outside the API.
func pageRoute(path string) string {
	switch {
	case path == "/healthz" || path == "/readyz" || path == "/openapi.json" || path == "/swagger.json":
		return path
	case path == "/docs" || strings.HasPrefix(path, "/docs/"):
		return "/docs"
	case path == "/demo" || strings.HasPrefix(path, "/demo/"):
		return "/demo"
	}
	return unmatchedRoute
}
