package apidoc

import (
	"fmt"
	"regexp"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// contract is what the protos say, comments included.
type contract struct {
	files *protoregistry.Files
	// Methods by the operation id that protoc-gen-openapiv3 gives them: "AccountService_GetAccount".
	methods map[string]protoreflect.MethodDescriptor
}

func readContract(descriptors []byte) (*contract, error) {
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(descriptors, &set); err != nil {
		return nil, fmt.Errorf("descriptors: %w", err)
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return nil, fmt.Errorf("descriptors: %w", err)
	}
	c := &contract{files: files, methods: map[string]protoreflect.MethodDescriptor{}}
	files.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				method := service.Methods().Get(j)
				c.methods[fmt.Sprintf("%s_%s", service.Name(), method.Name())] = method
			}
		}
		return true
	})
	return c, nil
}

// message finds a message by its full name; nil for names that belong to none.
func (c *contract) message(name string) protoreflect.MessageDescriptor {
	found, err := c.files.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return nil
	}
	message, _ := found.(protoreflect.MessageDescriptor)
	return message
}

// enumValue is a value of an enum with its comment.
type enumValue struct{ name, comment string }

// enum lists the values of an enum except the unspecified one.
func (c *contract) enum(name string) ([]enumValue, error) {
	found, err := c.files.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return nil, err
	}
	var values []enumValue
	all := found.(protoreflect.EnumDescriptor).Values()
	for i := range all.Len() {
		if all.Get(i).Number() != 0 {
			values = append(values, enumValue{string(all.Get(i).Name()), commentOf(all.Get(i))})
		}
	}
	return values, nil
}

// isMutation: the request has an operation id of its own to give.
func isMutation(method protoreflect.MethodDescriptor) bool {
	rule, _ := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	_, isRead := rule.GetPattern().(*annotations.HttpRule_Get)
	return !isRead && method.Input().Fields().ByName("operation_id") != nil
}

// isOperationID: the field is the operation id of a mutation. The document shows one way to give it, the header
// Idempotency-Key, although the gateway takes the field too.
func isOperationID(method protoreflect.MethodDescriptor, field protoreflect.FieldDescriptor) bool {
	return isMutation(method) && field.Name() == "operation_id"
}

// alwaysPresent: answers hold this field even when it has its default value.
func alwaysPresent(field protoreflect.FieldDescriptor) bool { return !field.HasPresence() }

func commentOf(descriptor protoreflect.Descriptor) string {
	location := descriptor.ParentFile().SourceLocations().ByDescriptor(descriptor)
	lines := strings.Split(strings.TrimSpace(location.LeadingComments), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "\n")
}

var (
	atMostCharacters = regexp.MustCompile(`at most (\d+) characters`)
	decimalWord      = regexp.MustCompile(`\b[Dd]ecimal\b`)
	emptyWord        = regexp.MustCompile(`\bempty\b`)
)

// Patterns of decimals, as the services parse and print them.
const (
	decimalPattern        = `^-?[0-9]{1,15}(\.[0-9]{1,8})?$`
	decimalOrEmptyPattern = `^(-?[0-9]{1,15}(\.[0-9]{1,8})?)?$`
	durationPattern       = `^-?[0-9]{1,12}(\.[0-9]{1,9})?s$`
	int64Pattern          = `^-?[0-9]{1,19}$`
)

// describe adds to the schema of a field what its type and its comment say.
func describe(field protoreflect.FieldDescriptor, schema object) {
	comment := commentOf(field)
	target := schema
	if items, ok := schema["items"].(object); ok {
		target = items
	}
	switch field.Kind() {
	case protoreflect.Int64Kind:
		target["pattern"] = int64Pattern
	case protoreflect.Int32Kind:
		target["minimum"], target["maximum"] = -1<<31, 1<<31-1
	case protoreflect.StringKind:
		if decimalWord.MatchString(comment) {
			target["format"], target["pattern"] = "decimal", decimalPattern
			if emptyWord.MatchString(comment) {
				target["pattern"] = decimalOrEmptyPattern
			}
		}
	case protoreflect.MessageKind:
		if field.Message().FullName() == "google.protobuf.Duration" {
			target["pattern"] = durationPattern
		}
	}
}
