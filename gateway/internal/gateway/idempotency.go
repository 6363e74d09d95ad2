package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

// maxOperationIDLength is that of the field operation_id.
const maxOperationIDLength = 64

// takeIdempotencyKey reads the header of a mutation. A key may stand in double quotes, as the IETF draft of the header
// has it; they are not part of it.
func (c *call) takeIdempotencyKey(header http.Header) *Problem {
	values := header.Values("Idempotency-Key")
	if !c.route.mutation || len(values) == 0 {
		return nil
	}
	key := values[0]
	if len(key) >= 2 && key[0] == '"' && key[len(key)-1] == '"' {
		key = key[1 : len(key)-1]
	}
	if len(values) > 1 || !isOperationID(key) {
		const description = "must be one value of 1 to 64 visible ASCII characters, best a UUID"
		return newProblem(http.StatusBadRequest, typev1.ErrorReason_OPERATION_ID_INVALID,
			"The header Idempotency-Key "+description+".").violating("Idempotency-Key", description)
	}
	c.operationID, c.operationIDFromHeader = key, true
	return nil
}

func isOperationID(text string) bool {
	return text != "" && len(text) <= maxOperationIDLength && isVisibleASCII(text)
}

func isVisibleASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// settleOperationID makes the message of a mutation and the call agree on one operation id: that of the header, that of
// the message, or a new one. So the caller has an id to ask for even when the backend's answer is lost.
func (c *call) settleOperationID(request proto.Message) error {
	if !c.route.mutation {
		return nil
	}
	if checked, ok := request.(interface{ GetValidateOnly() bool }); ok {
		c.validateOnly = checked.GetValidateOnly()
	}
	message := request.ProtoReflect()
	given := message.Get(c.route.operationID).String()
	switch {
	case c.operationIDFromHeader && given != "" && given != c.operationID:
		const description = "differs from the header Idempotency-Key; send one of the two"
		return newProblem(http.StatusBadRequest, typev1.ErrorReason_OPERATION_ID_INVALID,
			"The field operationId "+description+".").violating("operationId", description)
	case given != "" && !isOperationID(given):
		const description = "must be 1 to 64 visible ASCII characters, best a UUID"
		return newProblem(http.StatusBadRequest, typev1.ErrorReason_OPERATION_ID_INVALID,
			"The field operationId "+description+".").violating("operationId", description)
	case given != "":
		c.operationID = given
		return nil
	case !c.operationIDFromHeader:
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("making an operation id: %w", err)
		}
		c.operationID = id.String()
	}
	message.Set(c.route.operationID, protoreflect.ValueOfString(c.operationID))
	return nil
}

// noteAnswer takes what the backend says about the operation in the metadata of its answer.
func (c *call) noteAnswer(headers ...metadata.MD) {
	for _, header := range headers {
		if id := header.Get("operation-id"); len(id) > 0 && id[0] != "" && c.route.mutation {
			c.operationID = id[0]
		}
		if replayed := header.Get("operation-replayed"); len(replayed) > 0 {
			c.replayed = replayed[0] == "true" || replayed[0] == "1"
		}
	}
}

// checkPathAgrees refuses a body whose fields contradict the path, which grpc-gateway would let win silently.
func checkPathAgrees(c *call, parameters map[string]string) *Problem {
	var body map[string]json.RawMessage
	for field, inPath := range parameters {
		if !bytes.Contains(c.body, []byte(`"`+c.route.jsonPath(field)+`"`)) && !bytes.ContainsRune(c.body, '\\') {
			continue // The usual case, and cheap.
		}
		if body == nil && json.Unmarshal(c.body, &body) != nil {
			return nil // The decoder finds the words for what is wrong.
		}
		name := c.route.jsonPath(field)
		raw, given := body[name]
		text := string(raw)
		_ = json.Unmarshal(raw, &text) // A number stays as it is written.
		if given && text != inPath && string(raw) != "null" {
			const description = "differs from the path; leave it out"
			return newProblem(http.StatusBadRequest, typev1.ErrorReason_FIELD_INVALID,
				fmt.Sprintf("The field %q %s.", name, description)).violating(name, description)
		}
	}
	return nil
}

// tidyUpdateMask brings the mask of an update into the form that services expect. Masks in the query come with JSON
// names, as the caller knows them. What the path names is left out: it says which resource, it is nothing to change.
func (c *call) tidyUpdateMask(request proto.Message) {
	masked, ok := request.(interface{ GetUpdateMask() *fieldmaskpb.FieldMask })
	if !ok || masked.GetUpdateMask() == nil {
		return
	}
	mask := masked.GetUpdateMask()
	for i, path := range mask.Paths {
		mask.Paths[i] = protoPath(path)
	}
	mask.Paths = slices.DeleteFunc(mask.Paths, func(path string) bool {
		return slices.Contains(c.route.pathFields, c.route.body+"."+path)
	})
}
