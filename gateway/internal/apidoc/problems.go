package apidoc

import (
	"net/http"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// addProblemSchemas describes the body of every error.
func (b *builder) addProblemSchemas() error {
	for _, enum := range []struct{ name, intro string }{
		{"ErrorReason", "Why a request failed. Programs decide by this."},
		{"Outcome", "What became of a mutation that failed."},
	} {
		values, err := b.contract.enum("mtsuite.type.v1." + enum.name)
		if err != nil {
			return err
		}
		names := []any{}
		for _, value := range values {
			names = append(names, value.name)
		}
		b.schemas[enum.name] = object{"type": "string", "enum": names, "description": describeValues(enum.intro, values)}
	}
	b.schemas["Violation"] = object{
		"type": "object", "description": "What is wrong with one field.",
		"required": []any{"field", "description"},
		"properties": object{
			"field":       text("Path of the field in the request's JSON, or the name of the parameter or header."),
			"description": text("What is allowed."),
		},
	}
	b.schemas["Problem"] = object{
		"type": "object", "description": "Why a request failed: RFC 9457 with the members of mtsuite.",
		"required": []any{"type", "title", "status", "detail", "instance", "reason", "requestId"},
		"properties": object{
			"type":        object{"type": "string", "format": "uri", "description": "Identifies the reason; the same for all problems of one."},
			"title":       text("The reason in words."),
			"status":      object{"type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status."},
			"detail":      text("What happened and what to do, for people."),
			"instance":    object{"type": "string", "format": "uri-reference", "description": "Path of the request."},
			"reason":      reference("ErrorReason"),
			"outcome":     reference("Outcome"),
			"operationId": text("Id of the mutation, for GET …/operations/{operationId}."),
			"requestId":   text("Id of the request, as in `X-Request-Id`; the logs know it."),
			"retryAfter":  object{"type": "integer", "minimum": 1, "description": "Seconds to wait before a retry can succeed."},
			"violations":  object{"type": "array", "items": reference("Violation"), "description": "The fields that are wrong."},
			"metadata": object{"type": "object", "additionalProperties": object{"type": "string"},
				"description": "The values of `detail` in machine-readable form."},
		},
	}
	return nil
}

func text(description string) object { return object{"type": "string", "description": description} }

func reference(name string) object { return object{"$ref": schemaPrefix + name} }

// responseName is that of an error status in components/responses.
func responseName(status string) string {
	code, _ := strconv.Atoi(status)
	return strings.ReplaceAll(http.StatusText(code), " ", "")
}

func (b *builder) problemResponses() object {
	responses := object{}
	for status, description := range b.settings.Errors {
		headers := object{"X-Request-Id": object{"$ref": "#/components/headers/X-Request-Id"}}
		switch status {
		case "401":
			headers["WWW-Authenticate"] = object{"$ref": "#/components/headers/WWW-Authenticate"}
		case "429", "503", "504":
			headers["Retry-After"] = object{"$ref": "#/components/headers/Retry-After"}
		}
		if status != "401" {
			headers["Operation-Id"] = object{"$ref": "#/components/headers/Operation-Id"}
		}
		responses[responseName(status)] = object{
			"description": description,
			"headers":     headers,
			"content": object{"application/problem+json": object{
				"schema": reference("Problem"), "example": b.settings.Examples.Errors[status],
			}},
		}
	}
	return responses
}

func headerParameters() object {
	idempotencyKey := func(maxLength int, description string) object {
		return object{
			"name": "Idempotency-Key", "in": "header", "description": description,
			"schema": object{"type": "string", "minLength": 1, "maxLength": maxLength, "pattern": "^[!-~]+$"},
		}
	}
	const made = "The gateway makes one when it is absent; without one of your own, a lost answer cannot be asked for again."
	return object{
		"IdempotencyKey": idempotencyKey(64, "Your id for this mutation, best a UUID: it happens once, however often the "+
			"request is sent. "+made),
		"BatchIdempotencyKey": idempotencyKey(56, "Your id for this batch, best a UUID; item N is the operation `<id>.N`. Each "+
			"item happens once, however often the request is sent. "+made),
		"CloseAllIdempotencyKey": idempotencyKey(43, "Your id for this call, best a UUID; the position with ticket T is closed by "+
			"the operation `<id>.T`. Each is closed once, however often the request is sent. "+made),
		"LastEventId": object{
			"name": "Last-Event-ID", "in": "header",
			"description": "Server-sent events only: the `id` of the last event that arrived, to resume after it. Browsers send it " +
				"when they connect again. It goes before `resumeAfter`.",
			"schema": object{"type": "string", "maxLength": 128, "pattern": "^[!-~]+:[0-9]{1,19}$"},
		},
		"RequestId": object{
			"name": "X-Request-Id", "in": "header",
			"description": "Your id for this request, for the logs. Anything but 1 to 64 letters, digits and `._:/+=-` is replaced.",
			"schema":      object{"type": "string"},
		},
		"RequestTimeout": object{
			"name": "Request-Timeout", "in": "header",
			"description": "Whole seconds that the request may take; 30 when absent.",
			"schema":      object{"type": "integer", "minimum": 1, "maximum": 60},
		},
	}
}

func responseHeaders() object {
	header := func(description string, schema object) object {
		return object{"description": description, "schema": schema}
	}
	return object{
		"X-Request-Id":       header("Id of the request.", object{"type": "string"}),
		"Operation-Id":       header("Id of the mutation: the Idempotency-Key, or the one that was made.", object{"type": "string"}),
		"Operation-Replayed": header("`true` when this is the first answer again.", object{"type": "string", "enum": []any{"true"}}),
		"Retry-After":        header("Seconds to wait.", object{"type": "integer", "minimum": 1}),
		"WWW-Authenticate":   header("How to show a key.", object{"type": "string"}),
	}
}

func securitySchemes() object {
	return object{
		"ApiKey": object{
			"type": "http", "scheme": "bearer", "bearerFormat": "mts_…",
			"description": "An API key: `Authorization: Bearer mts_…`.",
		},
		"ApiKeyHeader": object{
			"type": "apiKey", "in": "header", "name": "X-Api-Key",
			"description": "The same key, for tools that cannot send `Authorization`.",
		},
	}
}

func httpTemplate(method protoreflect.MethodDescriptor) string {
	rule, _ := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	for _, template := range []string{rule.GetGet(), rule.GetPost(), rule.GetPut(), rule.GetPatch(), rule.GetDelete()} {
		if template != "" {
			return template
		}
	}
	return ""
}
