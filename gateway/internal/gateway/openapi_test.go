package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"mtsuite.dev/gateway/openapi"
)

type object = map[string]any

// apiDocument is openapi.json, with its schemas ready to validate.
type apiDocument struct {
	*testing.T
	root     object
	compiler *jsonschema.Compiler
}

func readDocument(t *testing.T) *apiDocument {
	t.Helper()
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(openapi.Document))
	if err != nil {
		t.Fatal(err)
	}
	d := &apiDocument{T: t, root: root.(object), compiler: jsonschema.NewCompiler()}
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource("openapi.json", root); err != nil {
		t.Fatal(err)
	}
	return d
}

// validate checks a value against the schema at a place of the document.
func (d *apiDocument) validate(what string, value any, place ...string) {
	d.Helper()
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	pointer := ""
	for _, part := range place {
		pointer += "/" + escape.Replace(part)
	}
	schema, err := d.compiler.Compile("openapi.json#" + pointer)
	if err != nil {
		d.Fatalf("%s: %v", what, err)
	}
	if err := schema.Validate(value); err != nil {
		d.Errorf("%s: %v", what, err)
	}
}

// operations calls visit for each operation.
func (d *apiDocument) operations(visit func(path, method string, operation object)) {
	for path, item := range d.root["paths"].(object) {
		for method, operation := range item.(object) {
			visit(path, method, operation.(object))
		}
	}
}

func TestDocumentsAreValid(t *testing.T) {
	document, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	if err != nil {
		t.Fatal(err)
	}
	if err := document.Validate(context.Background()); err != nil {
		t.Errorf("openapi.json: %v", err)
	}
	var swagger openapi2.T
	if err := json.Unmarshal(openapi.Swagger, &swagger); err != nil {
		t.Fatal(err)
	}
	converted, err := openapi2conv.ToV3(&swagger)
	if err != nil {
		t.Fatal(err)
	}
	if err := converted.Validate(context.Background()); err != nil {
		t.Errorf("swagger.json: %v", err)
	}
}

func TestDocumentHasEveryRoute(t *testing.T) {
	d := readDocument(t)
	routes, err := newRouteTable(publicServices)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, r := range routes.all {
		path := strings.NewReplacer("{account.login}", "{login}", "{order.ticket}", "{ticket}", "{position.ticket}", "{ticket}", "{operation_id}", "{operationId}").Replace(r.template)
		want = append(want, strings.ToLower(r.method)+" "+path)
	}
	d.operations(func(path, method string, operation object) {
		got = append(got, method+" "+path)
		for _, key := range []string{"summary", "operationId", "tags"} {
			if operation[key] == nil {
				t.Errorf("%s %s has no %s", method, path, key)
			}
		}
	})
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		t.Errorf("the document has\n%s\nthe gateway serves\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestExamplesFitTheirSchemas(t *testing.T) {
	d := readDocument(t)
	const mediaType = "application/json"
	d.operations(func(path, method string, operation object) {
		name := operation["operationId"].(string)
		base := []string{"paths", path, method}
		if body, ok := operation["requestBody"].(object); ok {
			d.validate(name+" request", body["content"].(object)[mediaType].(object)["example"],
				append(base, "requestBody", "content", mediaType, "schema")...)
		}
		content := operation["responses"].(object)["200"].(object)["content"].(object)
		if stream, ok := content["text/event-stream"].(object); ok {
			d.validateStreamExample(name, stream)
			return
		}
		response := content[mediaType].(object)
		d.validate(name+" response", response["example"], append(base, "responses", "200", "content", mediaType, "schema")...)
	})
	for name, response := range d.root["components"].(object)["responses"].(object) {
		example := response.(object)["content"].(object)["application/problem+json"].(object)["example"].(object)
		d.validate(name, example, "components", "schemas", "Problem")
		if example["type"] != problemTypeBase+example["reason"].(string) || example["title"] != titleOf(example["reason"].(string)) {
			t.Errorf("%s: type or title is not what the gateway writes: %v", name, example)
		}
	}
}

// validateStreamExample checks the message in the example of a stream.
func (d *apiDocument) validateStreamExample(name string, content object) {
	d.Helper()
	_, data, _ := strings.Cut(content["example"].(string), "data: ")
	message, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.TrimSpace(data)))
	if err != nil {
		d.Fatalf("%s: %v", name, err)
	}
	reference := content["schema"].(object)["contentSchema"].(object)["$ref"].(string)
	d.validate(name, message, "components", "schemas", strings.TrimPrefix(reference, "#/components/schemas/"))
}

// Each example goes through the gateway: the request must be accepted, and the response must come out as it is shown.
func TestExamplesAreWhatTheGatewayTakesAndGives(t *testing.T) {
	d := readDocument(t)
	f := newFixture(t)
	d.operations(func(path, method string, operation object) {
		name := operation["operationId"].(string)
		content, isUnary := operation["responses"].(object)["200"].(object)["content"].(object)["application/json"].(object)
		if !isUnary {
			return
		}
		response := content["example"]
		text, _ := json.Marshal(response)
		rpc := methodNamed(t, strings.ToUpper(name[:1])+name[1:])
		answer, err := protoregistry.GlobalTypes.FindMessageByName(rpc.Output().FullName())
		if err != nil {
			t.Fatal(err)
		}
		message := answer.New().Interface()
		if err := protojson.Unmarshal(text, message); err != nil {
			t.Errorf("%s response: %v", name, err)
			return
		}
		f.backend.answerWith(func(context.Context, any) (any, error) { return message, nil })

		target := strings.NewReplacer("{server}", "mt5-demo", "{login}", "10001", "{operationId}", "op-1", "{ticket}", "7",
			"{symbol}", "EURUSD").Replace(path)
		body := ""
		if content, ok := operation["requestBody"].(object); ok {
			request, _ := json.Marshal(content["content"].(object)["application/json"].(object)["example"])
			body = string(request)
		}
		if name == "batchGetAccounts" {
			target += "?logins=10001&logins=10999"
		}
		got := f.expectOK(f.send(strings.ToUpper(method), target, body))
		var want object
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the gateway writes\n%v\nthe example is\n%v", name, got, want)
		}
	})
}

func methodNamed(t *testing.T, name string) protoreflect.MethodDescriptor {
	t.Helper()
	for _, service := range publicServices {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service))
		if err != nil {
			t.Fatal(err)
		}
		if method := found.(protoreflect.ServiceDescriptor).Methods().ByName(protoreflect.Name(name)); method != nil {
			return method
		}
	}
	t.Fatalf("no rpc %s", name)
	return nil
}

func TestProblemsFitTheirSchema(t *testing.T) {
	d := readDocument(t)
	f := newFixture(t)
	f.backend.fail(codes.FailedPrecondition, "no", reason("INSUFFICIENT_FREE_MARGIN", "free_margin", "1.00", "outcome", "REJECTED"))
	for _, answer := range []struct{ method, target, body, header string }{
		{"GET", "/nowhere", "", "X-A: b"},
		{"GET", accountPath, "", "Authorization: "},
		{"PUT", accountPath, "", "X-A: b"},
		{"POST", depositPath, "{", "X-A: b"},
		{"POST", depositPath, `{"a": 1}`, "X-A: b"},
		{"POST", depositPath, deposit, "X-A: b"},
		{"POST", depositPath, deposit, "Content-Type: "},
		{"GET", accountPath, "", "Request-Timeout: x"},
	} {
		recorder := f.send(answer.method, answer.target, answer.body, answer.header)
		value, err := jsonschema.UnmarshalJSON(recorder.Body)
		if err != nil || recorder.Code < 400 {
			t.Fatalf("%v: %d %v", answer, recorder.Code, err)
		}
		d.validate(answer.target, value, "components", "schemas", "Problem")
	}
}

func TestEveryMutationTakesAKeyAndEveryOperationAllErrors(t *testing.T) {
	d := readDocument(t)
	routes, err := newRouteTable(publicServices)
	if err != nil {
		t.Fatal(err)
	}
	mutations := map[string]bool{}
	for _, r := range routes.all {
		name := r.rpc[strings.LastIndexByte(r.rpc, '/')+1:]
		mutations[strings.ToLower(name[:1])+name[1:]] = r.mutation
	}
	d.operations(func(path, method string, operation object) {
		name := operation["operationId"].(string)
		text, _ := json.Marshal(operation["parameters"])
		if strings.Contains(string(text), "IdempotencyKey") != mutations[name] {
			t.Errorf("%s: Idempotency-Key in the document, mutation in the gateway: %v", name, mutations[name])
		}
		responses := operation["responses"].(object)
		for _, status := range []string{"200", "400", "401", "403", "404", "429", "500", "503", "504"} {
			if responses[status] == nil {
				t.Errorf("%s has no %s", name, status)
			}
		}
		_, hasConflict := responses["409"]
		if hasConflict != mutations[name] {
			t.Errorf("%s: 409 is there: %v", name, hasConflict)
		}
	})
}

// Requests with unknown fields are refused; answers may get more fields in later versions.
func TestInputsAreStrictAndOutputsAreOpen(t *testing.T) {
	d := readDocument(t)
	for name, value := range d.root["components"].(object)["schemas"].(object) {
		schema := value.(object)
		isInput := strings.HasSuffix(name, "Input") || strings.HasSuffix(name, "Body")
		if schema["type"] == "object" && (schema["additionalProperties"] == false) != isInput {
			t.Errorf("%s: additionalProperties = %v", name, schema["additionalProperties"])
		}
		properties, _ := schema["properties"].(object)
		for property, value := range properties {
			if value.(object)["description"] == nil && value.(object)["$ref"] == nil {
				t.Errorf("%s.%s has no description", name, property)
			}
		}
	}
}

func TestSwaggerHasTheSameOperations(t *testing.T) {
	d := readDocument(t)
	var swagger object
	if err := json.Unmarshal(openapi.Swagger, &swagger); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(openapi.Swagger), "#/components/") {
		t.Error("a reference of OpenAPI 3 is left")
	}
	count := 0
	d.operations(func(path, method string, operation object) {
		count++
		other, ok := swagger["paths"].(object)[path].(object)[method].(object)
		if !ok || other["operationId"] != operation["operationId"] {
			t.Errorf("%s %s is missing", method, path)
			return
		}
		wanted := len(operation["parameters"].([]any))
		if operation["requestBody"] != nil {
			wanted++
		}
		if got := len(other["parameters"].([]any)); got != wanted {
			t.Errorf("%s %s has %d parameters, want %d", method, path, got, wanted)
		}
	})
	if count == 0 {
		t.Error("no operations")
	}
	if swagger["swagger"] != "2.0" || len(swagger["definitions"].(object)) != len(d.root["components"].(object)["schemas"].(object)) {
		t.Error("definitions are missing")
	}
}

func TestDocumentNamesBothWaysToShowAKey(t *testing.T) {
	schemes := readDocument(t).root["components"].(object)["securitySchemes"].(object)
	if schemes["ApiKey"].(object)["scheme"] != "bearer" || schemes["ApiKeyHeader"].(object)["name"] != "X-Api-Key" {
		t.Errorf("schemes = %v", schemes)
	}
}
