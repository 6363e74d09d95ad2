package gateway

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/swaggest/swgui/v5/static"

	"mtsuite.dev/gateway/openapi"
)

//go:embed ui
var uiFiles embed.FS

//go:embed demo
var demoFiles embed.FS

// docsPolicy lets the page load what it needs from this origin only, and call the API there. The icons of Swagger UI are
// data URLs.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// page is a file that is served from memory.
type page struct {
	contentType string
	policy      string
	body        []byte
}

// pages are the API documents, the files of Swagger UI and those of the demo page, by path.
type pages map[string]page

// newPages unpacks what the binary carries: the documents, the pages, and Swagger UI.
func newPages() (pages, error) {
	all := pages{
		"/openapi.json": {"application/json", "default-src 'none'", openapi.Document},
		"/swagger.json": {"application/json", "default-src 'none'", openapi.Swagger},
	}
	for name, source := range map[string]struct {
		files fs.FS
		path  string
	}{
		"":                     {uiFiles, "ui/index.html"},
		"init.js":              {uiFiles, "ui/init.js"},
		"swagger-ui.css":       {static.FS, "swagger-ui.css.gz"},
		"swagger-ui-bundle.js": {static.FS, "swagger-ui-bundle.js.gz"},
		"favicon-32x32.png":    {static.FS, "favicon-32x32.png"},
	} {
		body, err := readPage(source.files, source.path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", source.path, err)
		}
		all["/docs/"+name] = page{contentTypeOf(source.path), docsPolicy, body}
	}
	demo, err := fs.ReadDir(demoFiles, "demo")
	if err != nil {
		return nil, err
	}
	for _, file := range demo {
		body, err := readPage(demoFiles, "demo/"+file.Name())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name(), err)
		}
		all["/demo/"+strings.TrimSuffix(file.Name(), "index.html")] = page{contentTypeOf(file.Name()), docsPolicy, body}
	}
	return all, nil
}

func readPage(files fs.FS, name string) ([]byte, error) {
	packed, err := fs.ReadFile(files, name)
	if err != nil || !strings.HasSuffix(name, ".gz") {
		return packed, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}

func contentTypeOf(name string) string {
	return map[string]string{
		".html": "text/html; charset=utf-8",
		".js":   "text/javascript; charset=utf-8",
		".css":  "text/css; charset=utf-8",
		".png":  "image/png",
		".svg":  "image/svg+xml",
	}[path.Ext(strings.TrimSuffix(name, ".gz"))]
}

// serve answers from a page; false when there is none of this path.
func (p pages) serve(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path == "/docs" || r.URL.Path == "/demo" {
		http.Redirect(w, r, r.URL.Path+"/", http.StatusMovedPermanently)
		return true
	}
	found, ok := p[r.URL.Path]
	if !ok {
		return false
	}
	header := w.Header()
	header.Set("Content-Type", found.contentType)
	header.Set("Content-Security-Policy", found.policy)
	header.Set("Cache-Control", "no-cache")
	header.Set("Referrer-Policy", "no-referrer")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(found.body))
	return true
}
