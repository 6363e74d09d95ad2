package apidoc

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

const schemaPrefix = "#/components/schemas/"

// buildOutputs adds the schemas of answers that the paths refer to, and those that these refer to.
func (b *builder) buildOutputs(generated object) error {
	for len(b.wanted) > 0 {
		fullName := b.wanted[0]
		b.wanted = b.wanted[1:]
		if _, done := b.schemas[shortName(fullName)]; done {
			continue
		}
		source, ok := generated[fullName].(object)
		if !ok {
			return fmt.Errorf("no schema %s", fullName)
		}
		schema := clone(source).(object)
		name := shortName(fullName)
		if message := b.contract.message(fullName); message != nil {
			b.finishOutput(message, schema)
		} else {
			values, err := b.contract.enum(fullName)
			if err != nil {
				return err
			}
			intro, _ := schema["description"].(string)
			schema["description"] = describeValues(intro, values)
		}
		if name == itemErrorName {
			describeItemError(schema)
		}
		b.schemas[name] = schema
	}
	return nil
}

// finishOutput turns a generated schema of a message into that of answers: what they always hold is required. Nothing is
// said about fields that are not known yet, because later versions may add some.
func (b *builder) finishOutput(message protoreflect.MessageDescriptor, schema object) {
	delete(schema, "oneOf") // That one member of a oneof is set is in the comment; few tools can use this form of it.
	delete(schema, "allOf")
	required := []any{}
	properties, _ := schema["properties"].(object)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		field := message.Fields().ByJSONName(name)
		property := properties[name].(object)
		delete(property, "readOnly") // An answer has nothing else.
		describe(field, property)
		b.renameReferences(property, "")
		if alwaysPresent(field) {
			required = append(required, name)
		}
	}
	schema["required"] = required
	if len(required) == 0 {
		delete(schema, "required")
	}
}

// describeValues lists the values of an enum with their meaning.
func describeValues(intro string, values []enumValue) string {
	var text strings.Builder
	text.WriteString(intro + "\n")
	for _, value := range values {
		fmt.Fprintf(&text, "\n* `%s`: %s", value.name, strings.ReplaceAll(value.comment, "\n", " "))
	}
	return text.String()
}

// describeItemError says what google.rpc.Status means here; its own words are about any API.
func describeItemError(schema object) {
	schema["description"] = "Why an item failed. `details` has a google.rpc.ErrorInfo whose `reason` and `metadata` say the same " +
		"as those of a Problem."
	properties := schema["properties"].(object)
	for name, description := range map[string]string{
		"code":    "Code of gRPC, for example 5 for NOT_FOUND.",
		"message": "What happened and what to do, for people.",
		"details": "Messages of google.rpc, for example ErrorInfo and BadRequest.",
	} {
		properties[name].(object)["description"] = description
	}
	properties["details"].(object)["items"].(object)["required"] = []any{"@type"}
}

// renameReferences gives references their short names, and notes what they refer to.
func (b *builder) renameReferences(value any, suffix string) {
	switch value := value.(type) {
	case object:
		if reference, ok := value["$ref"].(string); ok {
			fullName := strings.TrimPrefix(reference, schemaPrefix)
			if suffix == "" || b.contract.message(fullName) == nil {
				b.wanted = append(b.wanted, fullName)
				suffix = ""
			}
			value["$ref"] = schemaPrefix + shortName(fullName) + suffix
		}
		for _, member := range value {
			b.renameReferences(member, suffix)
		}
	case []any:
		for _, member := range value {
			b.renameReferences(member, suffix)
		}
	}
}

// inputSchema makes the schema of a message in a request: only what a caller may set, with its limits, and nothing else.
func (b *builder) inputSchema(message protoreflect.MessageDescriptor, omit []string) object {
	properties, required := object{}, []any{}
	fields := message.Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		name := field.JSONName()
		behavior := behaviorOf(field)
		if behavior.outputOnly || slices.Contains(omit, name) {
			continue
		}
		properties[name] = b.inputProperty(message, field)
		if behavior.required {
			required = append(required, name)
		}
	}
	schema := object{
		"type": "object", "description": commentOf(message), "properties": properties, "additionalProperties": false,
	}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

// inputReference adds the schema of a message that is part of a request, and refers to it.
func (b *builder) inputReference(message protoreflect.MessageDescriptor) object {
	name := shortName(string(message.FullName()))
	if _, done := b.schemas[name+"Input"]; !done {
		b.schemas[name+"Input"] = object{} // A message may hold itself.
		b.schemas[name+"Input"] = b.inputSchema(message, b.settings.Omit[name])
	}
	return object{"$ref": schemaPrefix + name + "Input"}
}

func (b *builder) inputProperty(message protoreflect.MessageDescriptor, field protoreflect.FieldDescriptor) object {
	property := b.inputType(field)
	if field.IsList() {
		property = object{"type": "array", "items": property}
	}
	describe(field, property)
	b.limit(message, field, property)
	property["description"] = commentOf(field)
	return property
}

func (b *builder) inputType(field protoreflect.FieldDescriptor) object {
	switch field.Kind() {
	case protoreflect.StringKind:
		return object{"type": "string"}
	case protoreflect.BoolKind:
		return object{"type": "boolean"}
	case protoreflect.Int32Kind:
		return object{"type": "integer", "format": "int32"}
	case protoreflect.Int64Kind:
		return object{"type": "string", "format": "int64"}
	case protoreflect.EnumKind:
		fullName := string(field.Enum().FullName())
		b.wanted = append(b.wanted, fullName)
		return object{"$ref": schemaPrefix + shortName(fullName)}
	case protoreflect.MessageKind:
		switch field.Message().FullName() {
		case "google.protobuf.Timestamp":
			return object{"type": "string", "format": "date-time"}
		case "google.protobuf.Duration", "google.protobuf.FieldMask":
			return object{"type": "string"}
		}
		return b.inputReference(field.Message())
	}
	panic(fmt.Sprintf("%s: the kind %v is new in a request; say here what its JSON is", field.FullName(), field.Kind()))
}

// limit applies the rules of the settings, and "at most N characters" of the comment.
func (b *builder) limit(message protoreflect.MessageDescriptor, field protoreflect.FieldDescriptor, schema object) {
	if found := atMostCharacters.FindStringSubmatch(commentOf(field)); found != nil && field.Kind() == protoreflect.StringKind {
		length, _ := strconv.Atoi(found[1]) // The expression takes digits only.
		schema["maxLength"] = length
	}
	name := field.JSONName()
	for _, key := range []string{"*." + name, shortName(string(message.FullName())) + "." + name} {
		maps.Copy(schema, b.settings.Inputs[key])
	}
}
