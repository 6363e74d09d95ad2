package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// route is one HTTP method on one path, as the proto's google.api.http annotation has it.
type route struct {
	method   string
	template string // "/v1/servers/{server}/accounts/{login}"
	rpc      string // "/mtsuite.accounts.v1.AccountService/GetAccount"
	// Request fields that the path holds, for example "server", "account.login".
	pathFields []string
	// Request field that the body holds; "*" for all that the path does not, empty when there is no body.
	body string
	// Names that query parameters may have.
	query map[string]bool
	// Field operation_id of a mutation's request; nil for reads.
	operationID protoreflect.FieldDescriptor
	mutation    bool
	// The rpc streams: it is served by WebSocket and server-sent events, not by grpc-gateway.
	stream bool
}

// service is the name of the package behind the route, for messages: "accounts".
func (r *route) service() string {
	parts := strings.Split(r.rpc, ".")
	return parts[1]
}

// routeTable finds the route of a request.
type routeTable struct {
	all []*route
	// By method and pattern as grpc-gateway prints it: "GET /v1/servers/{server=*}".
	byPattern map[string]*route
}

// newRouteTable reads the annotations of the named services, which must be compiled in.
func newRouteTable(services []string) (*routeTable, error) {
	table := &routeTable{byPattern: map[string]*route{}}
	for _, name := range services {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
		if err != nil {
			return nil, fmt.Errorf("service %s: %w", name, err)
		}
		methods := found.(protoreflect.ServiceDescriptor).Methods()
		for i := range methods.Len() {
			if err := table.add(methods.Get(i)); err != nil {
				return nil, err
			}
		}
	}
	return table, nil
}

func (t *routeTable) add(method protoreflect.MethodDescriptor) error {
	rule, _ := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	httpMethod, template := httpPattern(rule)
	if httpMethod == "" {
		return fmt.Errorf("%s has no google.api.http annotation", method.FullName())
	}
	r := &route{
		method:     httpMethod,
		template:   template,
		rpc:        fmt.Sprintf("/%s/%s", method.Parent().FullName(), method.Name()),
		pathFields: templateFields(template),
		body:       rule.GetBody(),
		query:      map[string]bool{},
		stream:     method.IsStreamingServer(),
	}
	if httpMethod != http.MethodGet {
		r.operationID = method.Input().Fields().ByName("operation_id")
		r.mutation = r.operationID != nil
	}
	if r.body != "*" {
		r.addQueryNames(method.Input(), "", "")
	}
	t.all = append(t.all, r)
	t.byPattern[httpMethod+" "+strings.ReplaceAll(template, "}", "=*}")] = r
	return nil
}

// addQueryNames lists the fields that neither path nor body hold, under their JSON and their proto names.
func (r *route) addQueryNames(message protoreflect.MessageDescriptor, jsonPrefix, protoPrefix string) {
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		protoName := protoPrefix + string(field.Name())
		if slices.Contains(r.pathFields, protoName) || protoName == r.body {
			continue
		}
		jsonName := jsonPrefix + field.JSONName()
		nested := field.Message()
		if nested != nil && !field.IsList() && nested.ParentFile().Package() != "google.protobuf" {
			r.addQueryNames(nested, jsonName+".", protoName+".")
			continue
		}
		r.query[jsonName], r.query[protoName] = true, true
	}
}

// streamOf finds the stream that a request is for; nil when it is for something else.
func (t *routeTable) streamOf(method, escapedPath string) *route {
	if !strings.HasSuffix(escapedPath, ":stream") {
		return nil
	}
	for _, r := range t.all {
		if r.stream && r.method == method && matchesTemplate(r.template, escapedPath) {
			return r
		}
	}
	return nil
}

// methodsOf lists the methods that exist on a path, in the form that the URL has it, percent-encoding included.
func (t *routeTable) methodsOf(escapedPath string) []string {
	var methods []string
	for _, r := range t.all {
		if !slices.Contains(methods, r.method) && matchesTemplate(r.template, escapedPath) {
			methods = append(methods, r.method)
		}
	}
	slices.Sort(methods)
	return methods
}

func matchesTemplate(template, path string) bool {
	wanted, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(wanted) != len(got) {
		return false
	}
	for i, segment := range wanted {
		if !strings.HasPrefix(segment, "{") {
			if segment != got[i] {
				return false
			}
			continue
		}
		verb := segment[strings.Index(segment, "}")+1:]
		if !strings.HasSuffix(got[i], verb) || len(got[i]) == len(verb) {
			return false
		}
	}
	return true
}

func httpPattern(rule *annotations.HttpRule) (method, template string) {
	switch pattern := rule.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		return http.MethodGet, pattern.Get
	case *annotations.HttpRule_Post:
		return http.MethodPost, pattern.Post
	case *annotations.HttpRule_Put:
		return http.MethodPut, pattern.Put
	case *annotations.HttpRule_Patch:
		return http.MethodPatch, pattern.Patch
	case *annotations.HttpRule_Delete:
		return http.MethodDelete, pattern.Delete
	}
	return "", ""
}

func templateFields(template string) []string {
	var fields []string
	for _, segment := range strings.Split(template, "/") {
		if start := strings.IndexByte(segment, '{'); start >= 0 {
			fields = append(fields, segment[start+1:strings.IndexByte(segment, '}')])
		}
	}
	return fields
}
