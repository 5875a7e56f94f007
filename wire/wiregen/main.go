// Command wiregen writes the TypeScript side of the contract from the Go structs: messages, limits and close codes.
// It runs by `go generate ./wire`, in the directory of package wire.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"ridealong/wire"
)

const header = "// Generated from package wire by wiregen. Do not edit.\n\n"

func main() {
	files, err := Generate(".")
	if err == nil {
		for name, text := range files {
			if err = os.WriteFile(filepath.Join("ts", "src", name), []byte(text), 0o644); err != nil {
				break
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "wiregen:", err)
		os.Exit(1)
	}
}

// Generate returns the files by name; dir is the directory of package wire.
func Generate(dir string) (map[string]string, error) {
	messages, err := messageTypes(filepath.Join(dir, "message.go"))
	if err != nil {
		return nil, err
	}
	limits, err := limitValues(filepath.Join(dir, "limits.go"))
	if err != nil {
		return nil, err
	}
	entries, err := entryTypes(dir)
	if err != nil {
		return nil, err
	}
	return map[string]string{"entry.gen.ts": entries, "message.gen.ts": messages, "limits.gen.ts": limits, "code.gen.ts": codes()}, nil
}

func codes() string {
	var b strings.Builder
	b.WriteString(header + "/** What a client does after its socket was closed. */\nexport type Next = 'reconnect' | 'renew' | 'stop';\n\n")
	b.WriteString("export interface CloseCode {\n  code: number;\n  name: string;\n  next: Next;\n  message: string;\n}\n\nexport const CloseCodes: readonly CloseCode[] = [\n")
	for _, c := range wire.CloseCodes {
		fmt.Fprintf(&b, "  { code: %d, name: '%s', next: '%s', message: %q },\n", c.Code, c.Name, c.Next, c.Message)
	}
	b.WriteString("];\n")
	return b.String()
}

// limitValues takes the names from the source and the values from the compiled package, so that arithmetic is Go's.
func limitValues(name string) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		return "", err
	}
	values := wire.LimitTable()
	var b strings.Builder
	b.WriteString(header + "/** Bytes, counts and, where the name says so, milliseconds. */\nexport const Limits = {\n")
	for _, d := range file.Decls {
		constants, ok := d.(*ast.GenDecl)
		if !ok || constants.Tok != token.CONST {
			continue
		}
		for _, spec := range constants.Specs {
			name := spec.(*ast.ValueSpec).Names[0].Name
			value, ok := values[name]
			if !ok {
				return "", fmt.Errorf("limit %s is not in LimitTable", name)
			}
			fmt.Fprintf(&b, "  %s: %d,\n", name, value)
		}
	}
	b.WriteString("} as const;\n")
	return b.String(), nil
}

// relayed and the two directions, for the unions.
var (
	relayed    = []string{"Greet", "Accept", "Proof", "Negotiate", "Candidate", "Unlink", "KeyCommit", "KeyShare", "KeyReveal"}
	fromServer = []string{"Welcome", "Presence", "Ended", "Error", "SecondClaim", "Dropped", "Pong", "Handoff", "ICE"}
	fromClient = []string{"Hello", "Leave", "End", "Withdraw", "Page", "Ping", "NewTab"}
)

func messageTypes(name string) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
	if err != nil {
		return "", err
	}
	structs := map[string]*ast.StructType{}
	var b strings.Builder
	b.WriteString(header)
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		spec := g.Specs[0].(*ast.TypeSpec)
		if s, ok := spec.Type.(*ast.StructType); ok {
			structs[spec.Name.Name] = s
			writeComment(&b, g.Doc)
			fmt.Fprintf(&b, "export interface %s {\n", spec.Name.Name)
			if err := writeFields(&b, s, structs); err != nil {
				return "", fmt.Errorf("%s: %w", spec.Name.Name, err)
			}
			b.WriteString("}\n\n")
			continue
		}
		writeComment(&b, g.Doc)
		fmt.Fprintf(&b, "export type %s = %s;\n\n", spec.Name.Name, strings.Join(constantsOf(file, spec.Name.Name), " | "))
	}
	fmt.Fprintf(&b, "export type RelayedMessage = %s;\n", strings.Join(relayed, " | "))
	fmt.Fprintf(&b, "export type ServerMessage = %s | RelayedMessage;\n", strings.Join(fromServer, " | "))
	fmt.Fprintf(&b, "export type ClientMessage = %s | RelayedMessage;\n", strings.Join(fromClient, " | "))
	return b.String(), nil
}

func writeComment(b *strings.Builder, doc *ast.CommentGroup) {
	if text := strings.TrimSpace(doc.Text()); text != "" {
		fmt.Fprintf(b, "/** %s */\n", strings.ReplaceAll(text, "\n", " "))
	}
}

func writeFields(b *strings.Builder, s *ast.StructType, structs map[string]*ast.StructType) error {
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 { // embedded: its fields are ours
			if err := writeFields(b, structs[f.Type.(*ast.Ident).Name], structs); err != nil {
				return err
			}
			continue
		}
		tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
		key, options, _ := strings.Cut(tag.Get("json"), ",")
		kind := tag.Get("ts")
		if kind == "" {
			var err error
			if kind, err = typeOf(f.Type); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
		if text := strings.TrimSpace(f.Comment.Text()); text != "" {
			fmt.Fprintf(b, "  /** %s */\n", text)
		}
		optional := ""
		if strings.Contains(options, "omitempty") {
			optional = "?"
		}
		fmt.Fprintf(b, "  %s%s: %s;\n", key, optional, kind)
	}
	return nil
}

func typeOf(e ast.Expr) (string, error) {
	switch t := e.(type) {
	case *ast.Ident:
		switch t.Name {
		case "string":
			return "string", nil
		case "bool":
			return "boolean", nil
		case "int", "uint32", "float64":
			return "number", nil
		}
		return t.Name, nil
	case *ast.StarExpr:
		return typeOf(t.X)
	case *ast.ArrayType:
		element, err := typeOf(t.Elt)
		return element + "[]", err
	}
	return "", fmt.Errorf("no TypeScript type for %T", e)
}

// constantsOf lists the values of a string type in the order of the source.
func constantsOf(file *ast.File, name string) []string {
	var values []string
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			if id, ok := v.Type.(*ast.Ident); ok && id.Name == name {
				values = append(values, "'"+strings.Trim(v.Values[0].(*ast.BasicLit).Value, `"`)+"'")
			}
		}
	}
	return values
}
