package gateway

import (
	"fmt"
	"io"
	"reflect"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// newMarshaler returns the JSON of the API: proto JSON in camelCase with every field that always has a value; unset
// messages are left out. Input must be one JSON value without unknown or repeated fields.
func newMarshaler() runtime.Marshaler {
	return &strictJSON{runtime.JSONPb{
		MarshalOptions:   protojson.MarshalOptions{EmitDefaultValues: true},
		UnmarshalOptions: protojson.UnmarshalOptions{DiscardUnknown: false},
	}}
}

// strictJSON differs from JSONPb in its decoder, which takes the whole body for one value: JSONPb reads a first value,
// leaves the rest unread, and counts lines from where that value begins.
type strictJSON struct{ runtime.JSONPb }

// NewDecoder decodes all of `reader`. An empty body is io.EOF, which the generated code takes for an empty message.
func (s *strictJSON) NewDecoder(reader io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(value any) error {
		text, err := io.ReadAll(reader)
		if err != nil {
			return err
		}
		if len(text) == 0 {
			return io.EOF
		}
		if message := messageOf(value); message != nil {
			return s.UnmarshalOptions.Unmarshal(text, message)
		}
		return fmt.Errorf("a body of the type %T is not supported", value)
	})
}

// messageOf returns the message that a body is decoded into: the request itself, or its field that the body holds, which
// comes as a pointer to the field and is made here.
func messageOf(value any) proto.Message {
	if message, ok := value.(proto.Message); ok {
		return message
	}
	field := reflect.ValueOf(value).Elem()
	if field.Kind() != reflect.Pointer {
		return nil
	}
	if field.IsNil() {
		field.Set(reflect.New(field.Type().Elem()))
	}
	message, _ := field.Interface().(proto.Message)
	return message
}
