package apidoc

import (
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// buildStreamResponses describes an rpc that streams: the gateway serves it as WebSocket and as server-sent events, and
// both carry the messages of the rpc as JSON.
func (b *builder) buildStreamResponses(method protoreflect.MethodDescriptor, example Example) object {
	message := reference(string(method.Output().FullName()))
	b.renameReferences(message, "")
	requestID := object{"X-Request-Id": object{"$ref": "#/components/headers/X-Request-Id"}}
	responses := object{
		"101": object{
			"description": "A WebSocket opens. Every text message of the server is one " + string(method.Output().Name()) +
				", or one of the frames that docs/streaming.md tells of.",
			"headers": requestID,
		},
		"200": object{
			"description": "Server-sent events. The data of each is one " + string(method.Output().Name()) +
				", or `{\"error\": Problem}` as the last one. The id is the position to resume after.",
			"headers": requestID,
			"content": object{"text/event-stream": object{
				"schema":  object{"type": "string", "contentMediaType": "application/json", "contentSchema": message},
				"example": exampleEvent(example.Response),
			}},
		},
	}
	for status := range b.settings.Errors {
		switch status {
		case "409", "413", "415":
			continue
		}
		responses[status] = object{"$ref": "#/components/responses/" + responseName(status)}
	}
	return responses
}

// exampleEvent is a message as the gateway writes it.
func exampleEvent(message any) string {
	text, err := json.Marshal(message)
	if err != nil { // It comes from YAML.
		panic(err)
	}
	var parts struct {
		Position struct{ Epoch, Sequence string }
	}
	if err := json.Unmarshal(text, &parts); err != nil {
		panic(err)
	}
	return fmt.Sprintf("id: %s:%s\ndata: %s\n\n", parts.Position.Epoch, parts.Position.Sequence, text)
}
