package apidoc

import (
	"maps"
	"slices"
	"strings"
)

// toSwagger says the same in Swagger 2.0, as far as it can.
func toSwagger(document object) object {
	components := document["components"].(object)
	s := &swaggerWriter{components: components}
	paths := object{}
	for template, item := range document["paths"].(object) {
		operations := object{}
		for method, operation := range item.(object) {
			operations[method] = s.operation(operation.(object))
		}
		paths[template] = operations
	}
	definitions := object{}
	for name, schema := range components["schemas"].(object) {
		definitions[name] = s.schema(schema)
	}
	responses := object{}
	for name, response := range components["responses"].(object) {
		responses[name] = s.response(response.(object))
	}
	return object{
		"swagger":     "2.0",
		"info":        document["info"],
		"consumes":    []any{"application/json"},
		"produces":    []any{"application/json", "application/problem+json"},
		"tags":        document["tags"],
		"paths":       paths,
		"definitions": definitions,
		"responses":   responses,
		"security":    []any{object{"ApiKey": []any{}}, object{"ApiKeyHeader": []any{}}},
		"securityDefinitions": object{
			"ApiKey": object{"type": "apiKey", "in": "header", "name": "Authorization",
				"description": "An API key, with the word Bearer before it: `Bearer mts_…`."},
			"ApiKeyHeader": components["securitySchemes"].(object)["ApiKeyHeader"],
		},
	}
}

type swaggerWriter struct{ components object }

func (s *swaggerWriter) operation(source object) object {
	operation := object{}
	for _, key := range []string{"operationId", "tags", "summary", "description"} {
		if value, ok := source[key]; ok {
			operation[key] = value
		}
	}
	parameters := []any{}
	for _, parameter := range source["parameters"].([]any) {
		parameters = append(parameters, s.parameter(parameter.(object)))
	}
	if body, ok := source["requestBody"].(object); ok {
		content := body["content"].(object)["application/json"].(object)
		parameters = append(parameters, object{
			"name": "body", "in": "body", "required": body["required"], "schema": s.schema(content["schema"]),
		})
	}
	operation["parameters"] = parameters
	responses := object{}
	for status, response := range source["responses"].(object) {
		if reference, ok := response.(object)["$ref"].(string); ok {
			responses[status] = object{"$ref": strings.Replace(reference, "#/components/", "#/", 1)}
			continue
		}
		responses[status] = s.response(response.(object))
	}
	operation["responses"] = responses
	return operation
}

// parameter has its schema's keywords beside its own.
func (s *swaggerWriter) parameter(source object) object {
	source = s.resolve(source)
	parameter := s.flat(source["schema"].(object))
	for _, key := range []string{"name", "in", "description", "required"} {
		if value, ok := source[key]; ok {
			parameter[key] = value
		}
	}
	if parameter["type"] == "array" {
		parameter["collectionFormat"] = "multi"
		if source["explode"] == false {
			parameter["collectionFormat"] = "csv"
		}
	}
	return parameter
}

// flat resolves references, which parameters and headers cannot have.
func (s *swaggerWriter) flat(schema object) object {
	schema = clone(s.resolve(schema)).(object)
	if items, ok := schema["items"].(object); ok {
		schema["items"] = s.flat(items)
	}
	for _, key := range []string{"description", "writeOnly", "example"} {
		delete(schema, key)
	}
	return schema
}

func (s *swaggerWriter) resolve(value object) object {
	reference, ok := value["$ref"].(string)
	if !ok {
		return value
	}
	parts := strings.Split(strings.TrimPrefix(reference, "#/components/"), "/")
	return s.components[parts[0]].(object)[parts[1]].(object)
}

func (s *swaggerWriter) response(source object) object {
	response := object{"description": source["description"]}
	contents, _ := source["content"].(object)
	for mediaType, content := range contents {
		response["schema"] = s.schema(content.(object)["schema"])
		response["examples"] = object{mediaType: content.(object)["example"]}
	}
	headers := object{}
	for name, header := range source["headers"].(object) {
		resolved := s.resolve(header.(object))
		headers[name] = s.flat(resolved["schema"].(object))
		headers[name].(object)["description"] = resolved["description"]
	}
	response["headers"] = headers
	return response
}

// schema rewrites references and leaves out what Swagger 2.0 does not know. A reference cannot have a description there,
// so one that has gets wrapped.
func (s *swaggerWriter) schema(value any) any {
	switch value := value.(type) {
	case object:
		rewritten := object{}
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if key != "writeOnly" && key != "contentMediaType" && key != "contentSchema" {
				rewritten[key] = s.schema(value[key])
			}
		}
		if reference, ok := value["$ref"].(string); ok {
			target := object{"$ref": strings.Replace(reference, schemaPrefix, "#/definitions/", 1)}
			if len(value) == 1 {
				return target
			}
			delete(rewritten, "$ref")
			rewritten["allOf"] = []any{target}
		}
		return rewritten
	case []any:
		rewritten := make([]any, len(value))
		for i := range value {
			rewritten[i] = s.schema(value[i])
		}
		return rewritten
	}
	return value
}
