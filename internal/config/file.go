package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"sort"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// envPrefix of the environment variables.
const envPrefix = "RIDEALONG"

// Options are what a command line needs to read a Config: flags win over the environment, it over the file, it over defaults.
func Options() []kong.Option {
	return []kong.Option{kong.DefaultEnvars(envPrefix), kong.Configuration(load)}
}

// file answers for the flags that stand in a YAML file.
type file map[string]any

func load(r io.Reader) (kong.Resolver, error) {
	var f file
	if err := yaml.NewDecoder(r).Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("config file: %w", err)
	}
	return f, nil
}

// Validate refuses keys that no flag has: a misspelt key would otherwise be a default that nobody chose.
func (f file) Validate(*kong.Application) error {
	known := map[string]bool{}
	for _, k := range Keys() {
		known[k.Name] = true
	}
	var unknown []string
	for key := range f {
		if !known[key] {
			unknown = append(unknown, key)
		}
	}
	sort.Strings(unknown)
	if len(unknown) > 0 {
		return &KeyError{unknown[0], "there is no such key; `ridealong config doc` lists them"}
	}
	return nil
}

// Resolve gives a flag's value from the file unless the environment has one.
func (f file) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, env := range flag.Envs {
		if _, set := os.LookupEnv(env); set {
			return nil, nil
		}
	}
	switch value := f[flag.Name].(type) {
	case []any:
		parts := make([]string, len(value))
		for i, v := range value {
			parts[i] = fmt.Sprint(v)
		}
		return strings.Join(parts, ","), nil
	case nil, string, bool:
		return value, nil
	case map[string]any:
		return nil, &KeyError{flag.Name, "wants a single value"}
	default:
		return fmt.Sprint(value), nil
	}
}

// Key documents one field of Config.
type Key struct {
	Name, Env, Default, Help, Type string
}

// Keys lists the fields in the order of the struct.
func Keys() []Key {
	var keys []Key
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		if _, hidden := field.Tag.Lookup("hidden"); hidden || field.Anonymous {
			continue
		}
		name := field.Tag.Get("name")
		if name == "" {
			name = strings.ToLower(field.Name)
		}
		env := envPrefix + "_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		keys = append(keys, Key{name, env, field.Tag.Get("default"), field.Tag.Get("help"), field.Type.String()})
	}
	return keys
}

// WriteDefaults writes a YAML file with every key, commented, at its default.
func WriteDefaults(w io.Writer) error {
	for _, k := range Keys() {
		if _, err := fmt.Fprintf(w, "# %s\n# %s: %s\n\n", k.Help, k.Name, yamlDefault(k)); err != nil {
			return err
		}
	}
	return nil
}

func yamlDefault(k Key) string {
	switch {
	case strings.HasPrefix(k.Type, "[]"):
		return "[" + strings.ReplaceAll(k.Default, ",", ", ") + "]"
	case k.Type == "bool":
		return "false"
	case k.Type == "int", k.Type == "int64":
		return k.Default
	default:
		return fmt.Sprintf("%q", k.Default)
	}
}

// WriteDoc writes the table of docs/configuration.md.
func WriteDoc(w io.Writer) error {
	if _, err := fmt.Fprint(w, "| key and flag | environment | default | what it is |\n|---|---|---|---|\n"); err != nil {
		return err
	}
	for _, k := range Keys() {
		if _, err := fmt.Fprintf(w, "| `%s` | `%s` | %s | %s |\n", k.Name, k.Env, docDefault(k.Default), k.Help); err != nil {
			return err
		}
	}
	return nil
}

func docDefault(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// Write prints the values in force, as a YAML file that would give them again.
func (c *Config) Write(w io.Writer) error {
	v := reflect.ValueOf(c).Elem()
	byName := map[string]any{}
	for _, field := range reflect.VisibleFields(v.Type()) {
		name := field.Tag.Get("name")
		if name == "" {
			name = strings.ToLower(field.Name)
		}
		byName[name] = v.FieldByIndex(field.Index).Interface()
	}
	for _, k := range Keys() {
		value := byName[k.Name]
		if d, ok := value.(fmt.Stringer); ok {
			value = d.String()
		}
		line, err := yaml.Marshal(map[string]any{k.Name: value})
		if err != nil {
			return err
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}
