package apidoc

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// buildPaths completes every operation. Paths that differ only in the names of their parameters are one path in OpenAPI.
func (b *builder) buildPaths(generated object) (object, error) {
	paths := object{}
	for _, template := range slices.Sorted(maps.Keys(generated)) {
		short := shortTemplate(template)
		item, ok := paths[short].(object)
		if !ok {
			item = object{}
			paths[short] = item
		}
		for method, operation := range generated[template].(object) {
			finished, err := b.buildOperation(operation.(object))
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, template, err)
			}
			if _, twice := item[method]; twice {
				return nil, fmt.Errorf("%s %s is there twice", method, short)
			}
			item[method] = finished
		}
	}
	return paths, nil
}

var (
	templateParameter = regexp.MustCompile(`\{([A-Za-z_.]+)\}`)
	snakeHump         = regexp.MustCompile(`_[a-z]`)
)

// shortTemplate names parameters as JSON names their fields, by the last part: {account.login} is {login}.
func shortTemplate(template string) string {
	return templateParameter.ReplaceAllStringFunc(template, func(parameter string) string {
		return "{" + parameterName(strings.Trim(parameter, "{}")) + "}"
	})
}

// parameterName is the JSON name of the last part of a field path.
func parameterName(path string) string {
	name := path[strings.LastIndexByte(path, '.')+1:]
	return snakeHump.ReplaceAllStringFunc(name, func(hump string) string { return strings.ToUpper(hump[1:]) })
}

func (b *builder) buildOperation(generated object) (object, error) {
	method, ok := b.contract.methods[generated["operationId"].(string)]
	if !ok {
		return nil, fmt.Errorf("no rpc for %v", generated["operationId"])
	}
	id := lowerFirst(string(method.Name()))
	if b.operations[id] {
		return nil, fmt.Errorf("two operations are named %s", id)
	}
	b.operations[id] = true
	example, ok := b.settings.Examples.Operations[id]
	if !ok {
		return nil, fmt.Errorf("examples.yaml has no example of %s", id)
	}
	tag, err := b.tagName(string(method.Parent().Name()))
	if err != nil {
		return nil, err
	}
	summary, _ := generated["summary"].(string)
	description, _ := generated["description"].(string)
	operation := object{
		"operationId": id,
		"tags":        []any{tag},
		"summary":     strings.TrimSuffix(summary, "."),
		"description": formatReasons(description),
		"parameters":  b.buildParameters(method, generated),
		"responses":   b.buildResponses(method, generated, example),
	}
	if operation["description"] == "" {
		delete(operation, "description")
	}
	if body, ok := generated["requestBody"].(object); ok {
		if operation["requestBody"], err = b.buildBody(method, body, example); err != nil {
			return nil, err
		}
	}
	return operation, nil
}

var (
	reasonsLine = regexp.MustCompile(`(?m)^Reasons[^:]*:`)
	reasonName  = regexp.MustCompile(`\b[A-Z]+(_[A-Z]+)+\b`)
)

// formatReasons sets the list of reasons apart.
func formatReasons(text string) string {
	text = reasonsLine.ReplaceAllString(text, "**$0**")
	return reasonName.ReplaceAllString(text, "`$0`")
}

func (b *builder) buildParameters(method protoreflect.MethodDescriptor, generated object) []any {
	parameters := []any{}
	listed, _ := generated["parameters"].([]any)
	for _, value := range listed {
		source := value.(object)
		path := source["name"].(string)
		message, field := fieldAt(method.Input(), path)
		if isOperationID(method, field) {
			continue
		}
		schema := b.inputProperty(message, field)
		description := schema["description"]
		delete(schema, "description")
		name := path
		if source["in"] == "path" {
			name = parameterName(path)
			// What a path names is never unset, whatever the message allows elsewhere.
			maps.Copy(schema, b.settings.Inputs["*."+name])
		}
		parameter := object{"name": name, "in": source["in"], "description": description, "schema": schema}
		if source["in"] == "path" {
			parameter["required"] = true
			parameter["example"] = b.settings.Parameters[name]
		} else if behaviorOf(field).required && !strings.Contains(path, ".") { // Part of a message that may be unset.
			parameter["required"] = true
		}
		if field.IsList() {
			parameter["style"], parameter["explode"] = "form", !method.IsStreamingServer()
		}
		parameters = append(parameters, parameter)
	}
	if isMutation(method) {
		parameters = append(parameters, parameterReference(keyParameter(string(method.Name()))))
	}
	parameters = append(parameters, parameterReference("RequestId"))
	if method.IsStreamingServer() {
		return append(parameters, parameterReference("LastEventId"))
	}
	return append(parameters, parameterReference("RequestTimeout"))
}

func parameterReference(name string) object { return object{"$ref": "#/components/parameters/" + name} }

// keyParameter is the header Idempotency-Key of a mutation; operations that have parts leave room for their names.
func keyParameter(method string) string {
	switch {
	case strings.HasPrefix(method, "Batch"):
		return "BatchIdempotencyKey"
	case method == "CloseAllPositions":
		return "CloseAllIdempotencyKey"
	}
	return "IdempotencyKey"
}

// fieldAt finds the field of a path such as "account.login", in JSON or proto names, and the message that it is in.
func fieldAt(message protoreflect.MessageDescriptor, path string) (protoreflect.MessageDescriptor, protoreflect.FieldDescriptor) {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		_, field := fieldAt(message, name)
		message = field.Message()
	}
	name := names[len(names)-1]
	if field := message.Fields().ByJSONName(name); field != nil {
		return message, field
	}
	return message, message.Fields().ByTextName(name)
}

// buildBody names the schema of a body, so that clients get a type for it.
func (b *builder) buildBody(method protoreflect.MethodDescriptor, generated object, example Example) (object, error) {
	if example.Request == nil {
		return nil, fmt.Errorf("examples.yaml has no request for %s", method.Name())
	}
	source := generated["content"].(object)["application/json"].(object)["schema"].(object)
	var schema object
	name := string(method.Name()) + "Body"
	if reference, isField := source["$ref"].(string); isField {
		// A PATCH: the body is the resource, and holds only what is to be changed.
		message := b.contract.message(strings.TrimPrefix(reference, schemaPrefix))
		schema = b.inputSchema(message, pathNames(method, message))
		delete(schema, "required")
		schema["minProperties"] = 1
	} else {
		var omit []string
		for i := range method.Input().Fields().Len() {
			field := method.Input().Fields().Get(i)
			_, inBody := source["properties"].(object)[field.JSONName()]
			if !inBody || isOperationID(method, field) {
				omit = append(omit, field.JSONName())
			}
		}
		schema = b.inputSchema(method.Input(), omit)
	}
	_, required := schema["required"]
	b.schemas[name] = schema
	return object{
		"required": required || schema["minProperties"] != nil,
		"content": object{"application/json": object{
			"schema": object{"$ref": schemaPrefix + name}, "example": example.Request,
		}},
	}, nil
}

// pathNames lists the fields of a PATCH's resource that its path holds.
func pathNames(method protoreflect.MethodDescriptor, message protoreflect.MessageDescriptor) []string {
	var names []string
	for _, found := range templateParameter.FindAllStringSubmatch(httpTemplate(method), -1) {
		if parent, field := fieldAt(method.Input(), found[1]); parent == message {
			names = append(names, field.JSONName())
		}
	}
	return names
}

func (b *builder) buildResponses(method protoreflect.MethodDescriptor, generated object, example Example) object {
	if method.IsStreamingServer() {
		return b.buildStreamResponses(method, example)
	}
	success := clone(generated["responses"].(object)["200"]).(object)
	content := success["content"].(object)["application/json"].(object)
	schema := content["schema"].(object)
	if _, named := schema["$ref"]; !named {
		schema["additionalProperties"] = false // google.protobuf.Empty.
	}
	b.renameReferences(schema, "")
	content["example"] = example.Response
	headers := object{"X-Request-Id": object{"$ref": "#/components/headers/X-Request-Id"}}
	if isMutation(method) {
		headers["Operation-Id"] = object{"$ref": "#/components/headers/Operation-Id"}
		headers["Operation-Replayed"] = object{"$ref": "#/components/headers/Operation-Replayed"}
	}
	success["headers"] = headers
	success["description"] = "Success."
	responses := object{"200": success}
	_, hasBody := generated["requestBody"]
	for status := range b.settings.Errors {
		if (status == "413" || status == "415") && !hasBody || status == "409" && !isMutation(method) || status == "406" {
			continue
		}
		responses[status] = object{"$ref": "#/components/responses/" + responseName(status)}
	}
	return responses
}

func lowerFirst(name string) string {
	runes := []rune(name)
	runes[0] = unicode.ToLower(runes[0])
	return string(runes)
}
