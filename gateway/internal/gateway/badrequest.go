package gateway

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

// What grpc-gateway and protojson say about input that does not fit the request message. Their texts may repeat the
// value, which may be a password, so a caller gets to see only the names and places that these expressions pick.
var (
	placeInBody    = regexp.MustCompile(`\(line (\d+):(\d+)\)`)
	unknownField   = regexp.MustCompile(`unknown field "([^"]*)"`)
	duplicateField = regexp.MustCompile(`duplicate field "([^"]*)"`)
	wrongKind      = regexp.MustCompile(`invalid value for (\w+) field`)
	wrongTime      = regexp.MustCompile(`google\.protobuf\.(Timestamp|Duration|FieldMask)`)
	pathParameter  = regexp.MustCompile(`parameter: ([\w.]+), error`)
	queryParameter = regexp.MustCompile(`(?:field|list) "([\w.]+)"|for field path "([\w.]+)"`)
)

var kindDescriptions = map[string]string{
	"int32":     "must be a whole number from -2147483648 to 2147483647",
	"int64":     "must be a whole number of 64 bits, best as a string",
	"bool":      "must be true or false",
	"string":    "must be a string of valid UTF-8",
	"enum":      "must be one of the names in the API description",
	"Timestamp": "must be a time such as 2026-11-22T18:30:00Z",
	"Duration":  "must be a duration such as 1.5s",
	"FieldMask": "must be a list of field names such as leverage,contact.email",
}

// explainBadRequest says what is wrong with a request that did not fit its rpc.
func explainBadRequest(c *call, err error) *Problem {
	text := err.Error()
	if place := placeInBody.FindStringSubmatch(text); place != nil && c != nil {
		return explainBody(c, text, place)
	}
	field, description := "", "has a value of the wrong kind"
	if found := pathParameter.FindStringSubmatch(text); found != nil {
		field, description = found[1], "must be a whole number of 64 bits"
	} else if found := queryParameter.FindStringSubmatch(text); found != nil {
		field = found[1] + found[2]
	}
	if strings.Contains(text, "duplicate field") || strings.Contains(text, "too many values") {
		description = "must be given once"
	}
	if field == "" || c == nil || c.route == nil {
		return newProblem(http.StatusBadRequest, typev1.ErrorReason_MALFORMED_REQUEST,
			"The request is not valid: its path, its query or its body cannot be read.")
	}
	field = c.route.jsonPath(field)
	return newProblem(http.StatusBadRequest, typev1.ErrorReason_FIELD_INVALID,
		fmt.Sprintf("The parameter %q %s.", field, description)).violating(field, description)
}

// explainBody says what is wrong at which place of a body.
func explainBody(c *call, text string, place []string) *Problem {
	line, _ := strconv.Atoi(place[1])
	column, _ := strconv.Atoi(place[2])
	where := fmt.Sprintf("line %d, column %d", line, column)
	field := pathAt(c.body, offsetOf(c.body, line, column))

	description := ""
	if unknownField.MatchString(text) {
		description = "is not a field of this request"
	} else if duplicateField.MatchString(text) {
		description = "must be given once"
	} else if found := wrongKind.FindStringSubmatch(text); found != nil {
		description = kindDescriptions[found[1]]
	} else if found := wrongTime.FindStringSubmatch(text); found != nil {
		description = kindDescriptions[found[1]]
	} else if strings.Contains(text, "oneof") {
		description = "excludes another field that is given"
	}
	if description == "" {
		detail := "The body is not valid JSON for this request at " + where
		if field != "" {
			detail += fmt.Sprintf(", in or near %q", field)
		}
		return newProblem(http.StatusBadRequest, typev1.ErrorReason_MALFORMED_REQUEST, detail+".").
			with("line", place[1]).with("column", place[2])
	}
	return newProblem(http.StatusBadRequest, typev1.ErrorReason_FIELD_INVALID,
		fmt.Sprintf("The field %q %s (%s).", field, description, where)).
		violating(field, description).with("line", place[1]).with("column", place[2])
}

// offsetOf finds the byte of a line and a column, both from 1; columns count characters.
func offsetOf(text []byte, line, column int) int {
	offset := 0
	for ; line > 1; line-- {
		next := bytes.IndexByte(text[offset:], '\n')
		if next < 0 {
			return len(text)
		}
		offset += next + 1
	}
	for ; column > 1 && offset < len(text); column-- {
		_, size := utf8.DecodeRune(text[offset:])
		offset += size
	}
	return offset
}
