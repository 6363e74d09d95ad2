// Package openapi carries the documents that describe the API. ../generate writes them.
package openapi

import _ "embed"

// Document is OpenAPI 3.1.
//
//go:embed openapi.json
var Document []byte

// Swagger is the same as Swagger 2.0, for tools that know nothing newer.
//
//go:embed swagger.json
var Swagger []byte
