package apidoc

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// Settings is what openapi/document.yaml and openapi/examples.yaml add to the contract.
type Settings struct {
	Title       string            `yaml:"title"`
	Version     string            `yaml:"version"`
	Description string            `yaml:"description"`
	License     map[string]string `yaml:"license"`
	Tags        []struct {
		Service string `yaml:"service"`
		Name    string `yaml:"name"`
	} `yaml:"tags"`
	// Examples of path parameters.
	Parameters map[string]string `yaml:"parameters"`
	// JSON Schema keywords of request fields, by "Message.field" or "*.field".
	Inputs map[string]map[string]any `yaml:"inputs"`
	// Fields that a message has not when it is part of another message of a request.
	Omit map[string][]string `yaml:"omit"`
	// Meaning of each HTTP status of an error.
	Errors map[string]string `yaml:"errors"`

	Examples Examples `yaml:"-"`
}

// Examples are the values of examples.yaml.
type Examples struct {
	// By operation id.
	Operations map[string]Example `yaml:"operations"`
	// Problems by HTTP status.
	Errors map[string]map[string]any `yaml:"errors"`
}

// Example shows one operation: what is sent (nothing when there is no body), and what is answered.
type Example struct {
	Request  any `yaml:"request"`
	Response any `yaml:"response"`
}

// ReadSettings reads the two files in `folder`.
func ReadSettings(folder string) (*Settings, error) {
	var settings Settings
	if err := readYAML(filepath.Join(folder, "document.yaml"), &settings); err != nil {
		return nil, err
	}
	return &settings, readYAML(filepath.Join(folder, "examples.yaml"), &settings.Examples)
}

func readYAML(path string, value any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(value); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
