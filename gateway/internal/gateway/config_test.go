package gateway

import (
	"strings"
	"testing"
	"time"
)

const minimalConfig = "backends:\n  accounts: {target: 127.0.0.1:1}\n  operations: {target: 127.0.0.1:2}\n"

func TestConfigDefaults(t *testing.T) {
	config, err := ParseConfig([]byte(minimalConfig))
	if err != nil {
		t.Fatal(err)
	}
	if config.Listen != "127.0.0.1:8080" || config.Limits.BodyBytes != 1<<20 || config.Limits.DefaultTimeout != 30*time.Second ||
		config.Backends.Accounts.Connections != 4 || config.CORS.AllowedOrigins != nil {
		t.Errorf("config = %+v", config)
	}
}

func TestConfigErrorsSayWhat(t *testing.T) {
	for text, want := range map[string]string{
		"lisen: x\n" + minimalConfig:                                       "line 1: field lisen not found",
		minimalConfig + "limits: {body_bites: 5}\n":                        "line 4: field body_bites not found",
		minimalConfig + "limits: {default_timeout: soon}\n":                "line 4",
		minimalConfig + "limits: {default_timeout: 2m}\n":                  "default_timeout 2m0s",
		minimalConfig + "limits: {body_bytes: 5}\n":                        "body_bytes 5",
		minimalConfig + "limits: {header_bytes: 5}\n":                      "header_bytes 5",
		minimalConfig + "limits: {concurrent_requests: 0}\n":               "concurrent_requests 0",
		minimalConfig + "log_level: loud\n":                                `"loud"`,
		minimalConfig + "tls: {cert_file: a}\n":                            "tls needs",
		minimalConfig + "listen: ''\n":                                     "listen is required",
		minimalConfig + "cors: {allowed_origins: ['*']}\n":                 "no wildcard",
		minimalConfig + "cors: {allowed_origins: ['https://*']}\n":         "no wildcard",
		minimalConfig + "cors: {allowed_origins: ['https://a.example/x']}": "is not an origin",
		minimalConfig + "streams: {heartbeat: 6s}\n":                       "heartbeat 6s",
		minimalConfig + "streams: {batch_interval: 0s}\n":                  "batch_interval 0s",
		minimalConfig + "streams: {stall_timeout: 2m}\n":                   "stall_timeout 2m0s",
		minimalConfig + "streams: {max: 0}\n":                              "streams.max 0",
		minimalConfig + "streams: {key_check_interval: 1ms}\n":             "key_check_interval 1ms",
		minimalConfig + "drain: {timeout: 0s}\n":                           "drain",
		"backends:\n  accounts: {target: a, connections: 99}\n":            "connections 99",
		"backends:\n  accounts: {target: a}\n":                             "backends.operations.target is required",
		"":                                                                 "EOF",
	} {
		_, err := ParseConfig([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error = %v, want %q", text, err, want)
		}
	}
}
