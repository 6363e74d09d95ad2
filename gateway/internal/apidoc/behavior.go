package apidoc

import (
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// behavior is the google.api.field_behavior of a field.
type behavior struct{ required, outputOnly bool }

func behaviorOf(field protoreflect.FieldDescriptor) behavior {
	var found behavior
	all, _ := proto.GetExtension(field.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
	for _, one := range all {
		switch one {
		case annotations.FieldBehavior_REQUIRED:
			found.required = true
		case annotations.FieldBehavior_OUTPUT_ONLY:
			found.outputOnly = true
		}
	}
	return found
}
