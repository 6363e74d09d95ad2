// Command openapi writes the API documents. ../../generate runs it.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"mtsuite.dev/gateway/internal/apidoc"
)

func main() {
	merged := flag.String("merged", "", "output of openapiv3-merge")
	descriptors := flag.String("descriptors", "", "FileDescriptorSet with imports and source info")
	settings := flag.String("settings", "openapi", "folder of document.yaml and examples.yaml")
	out := flag.String("out", "openapi", "folder to write openapi.json and swagger.json to")
	flag.Parse()
	if err := run(*merged, *descriptors, *settings, *out); err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}

func run(merged, descriptors, settingsFolder, out string) error {
	document, err := os.ReadFile(merged)
	if err != nil {
		return err
	}
	set, err := os.ReadFile(descriptors)
	if err != nil {
		return err
	}
	settings, err := apidoc.ReadSettings(settingsFolder)
	if err != nil {
		return err
	}
	documents, err := apidoc.Build(document, set, settings)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "openapi.json"), documents.OpenAPI, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "swagger.json"), documents.Swagger, 0o644)
}
