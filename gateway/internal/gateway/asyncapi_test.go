package gateway

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// readAsyncAPI returns docs/asyncapi.yaml as JSON.
func readAsyncAPI(t *testing.T) object {
	t.Helper()
	text, err := os.ReadFile("../../../docs/asyncapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document object
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	plain, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(plain)))
	if err != nil {
		t.Fatal(err)
	}
	return value.(object)
}

func TestAsyncAPIDocumentIsValid(t *testing.T) {
	const schemaFile = "../../../.tools/node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json"
	if _, err := os.Stat(schemaFile); err != nil {
		t.Fatalf("the schema of AsyncAPI is missing (%v); tools/setup test installs it", err)
	}
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(readAsyncAPI(t)); err != nil {
		t.Error(err)
	}
}

// The examples of each message must be what its payload says, including the parts that are in openapi.json.
func TestAsyncAPIExamplesFitTheirPayloads(t *testing.T) {
	document := readAsyncAPI(t)
	base, err := filepath.Abs("../../../docs/asyncapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(base, document); err != nil {
		t.Fatal(err)
	}
	for name, value := range document["components"].(object)["messages"].(object) {
		message := value.(object)
		pointer := "#/components/messages/" + name + "/payload"
		if _, isOther := message["payload"].(object)["schemaFormat"]; isOther {
			pointer += "/schema"
		}
		schema, err := compiler.Compile(base + pointer)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		examples := message["examples"].([]any)
		for i, example := range examples {
			if err := schema.Validate(example.(object)["payload"]); err != nil {
				t.Errorf("%s, example %d: %v", name, i, err)
			}
		}
		if len(examples) == 0 {
			t.Errorf("%s has no example", name)
		}
	}
}

// The document has the paths and the query parameters that the gateway takes.
func TestAsyncAPIHasEveryStream(t *testing.T) {
	routes, err := newRouteTable(publicServices)
	if err != nil {
		t.Fatal(err)
	}
	channels := map[string]object{}
	for _, value := range readAsyncAPI(t)["channels"].(object) {
		channels[value.(object)["address"].(string)] = value.(object)
	}
	streams := 0
	for _, rt := range routes.all {
		if !rt.stream {
			continue
		}
		streams++
		channel, ok := channels[rt.template]
		if !ok {
			t.Errorf("%s is missing", rt.template)
			continue
		}
		var want, got []string
		for name := range rt.query {
			if !strings.Contains(name, "_") {
				want = append(want, name)
			}
		}
		for name := range channel["bindings"].(object)["ws"].(object)["query"].(object)["properties"].(object) {
			got = append(got, name)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%s has the parameters %v, the gateway takes %v", rt.template, got, want)
		}
	}
	if streams != len(channels) {
		t.Errorf("%d channels, %d streams", len(channels), streams)
	}
}
