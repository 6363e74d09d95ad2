// Package apidoc completes the OpenAPI document that protoc-gen-openapiv3 makes of the protos: it adds what the gateway
// does around every call (keys, headers, problems, strictness), limits, examples and words, and writes the same document
// as Swagger 2.0.
package apidoc

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// object is a JSON object.
type object = map[string]any

// Documents are the finished files.
type Documents struct{ OpenAPI, Swagger []byte }

// Build makes both documents of the merged output of protoc-gen-openapiv3, the descriptors with comments, and the
// settings. The same input gives the same bytes.
func Build(merged, descriptors []byte, settings *Settings) (*Documents, error) {
	var document object
	if err := json.Unmarshal(merged, &document); err != nil {
		return nil, fmt.Errorf("merged document: %w", err)
	}
	contract, err := readContract(descriptors)
	if err != nil {
		return nil, err
	}
	b := &builder{contract: contract, settings: settings, schemas: object{}, operations: map[string]bool{}}
	paths, err := b.buildPaths(document["paths"].(object))
	if err != nil {
		return nil, err
	}
	if err := b.buildOutputs(document["components"].(object)["schemas"].(object)); err != nil {
		return nil, err
	}
	if err := b.addProblemSchemas(); err != nil {
		return nil, err
	}
	finished := object{
		"openapi": "3.1.0",
		"info": object{
			"title": settings.Title, "version": settings.Version, "description": settings.Description,
			"license": settings.License,
		},
		"servers":  []any{object{"url": "/", "description": "This gateway."}},
		"security": []any{object{"ApiKey": []any{}}, object{"ApiKeyHeader": []any{}}},
		"tags":     b.tags(document["tags"].([]any)),
		"paths":    paths,
		"components": object{
			"schemas": b.schemas, "responses": b.problemResponses(), "parameters": headerParameters(),
			"headers": responseHeaders(), "securitySchemes": securitySchemes(),
		},
	}
	if err := b.checkCoverage(); err != nil {
		return nil, err
	}
	// Through JSON, so that the Swagger converter and the tests see plain JSON types only.
	openapi, err := marshal(finished)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(openapi, &finished); err != nil {
		return nil, err
	}
	swagger, err := marshal(toSwagger(finished))
	return &Documents{OpenAPI: openapi, Swagger: swagger}, err
}

// builder holds what the steps share.
type builder struct {
	contract *contract
	settings *Settings
	// components/schemas under their short names.
	schemas object
	// Operation ids seen.
	operations map[string]bool
	// Full names of messages and enums that the schemas in use refer to, still to be added.
	wanted []string
}

func (b *builder) tags(generated []any) []any {
	descriptions := map[string]any{}
	for _, tag := range generated {
		descriptions[tag.(object)["name"].(string)] = tag.(object)["description"]
	}
	var tags []any
	for _, tag := range b.settings.Tags {
		tags = append(tags, object{"name": tag.Name, "description": descriptions[tag.Service]})
	}
	return tags
}

func (b *builder) tagName(service string) (string, error) {
	for _, tag := range b.settings.Tags {
		if tag.Service == service {
			return tag.Name, nil
		}
	}
	return "", fmt.Errorf("document.yaml has no tag for %s", service)
}

// checkCoverage finds examples of operations that are gone.
func (b *builder) checkCoverage() error {
	for _, id := range slices.Sorted(maps.Keys(b.settings.Examples.Operations)) {
		if !b.operations[id] {
			return fmt.Errorf("examples.yaml: there is no operation %s", id)
		}
	}
	return nil
}

// itemErrorName is that of google.rpc.Status, which the items of a batch fail with.
const itemErrorName = "ItemError"

// shortName drops package and dots: "mtsuite.accounts.v1.BalanceOperation.Type" is BalanceOperationType.
func shortName(fullName string) string {
	if fullName == "google.rpc.Status" {
		return itemErrorName
	}
	if rest, found := strings.CutPrefix(fullName, "mtsuite."); found {
		_, rest, _ = strings.Cut(rest, ".v1.")
		return strings.ReplaceAll(rest, ".", "")
	}
	return fullName[strings.LastIndexByte(fullName, '.')+1:]
}

func marshal(document object) ([]byte, error) {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(document)
	return []byte(out.String()), err
}

// clone copies JSON.
func clone(value any) any {
	switch value := value.(type) {
	case object:
		copied := object{}
		for key, member := range value {
			copied[key] = clone(member)
		}
		return copied
	case []any:
		copied := make([]any, len(value))
		for i := range value {
			copied[i] = clone(value[i])
		}
		return copied
	}
	return value
}
