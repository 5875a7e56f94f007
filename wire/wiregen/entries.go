package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// entryTypes writes the numbers and the interfaces of entries, the arguments that a writer takes and the shapes that both codecs go by.
func entryTypes(dir string) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, "entry.go"), nil, parser.ParseComments)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(header)
	structs := map[string]*ast.StructType{}
	var entries []string
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || len(g.Specs) == 0 {
			continue
		}
		switch g.Tok { //nolint:exhaustive // imports and variables are not the contract's
		case token.CONST:
			if err := writeNumbers(&b, g); err != nil {
				return "", err
			}
		case token.TYPE:
			spec := g.Specs[0].(*ast.TypeSpec)
			if s, ok := spec.Type.(*ast.StructType); ok && spec.Name.Name != "Entry" {
				structs[spec.Name.Name] = s
				if name, is := strings.CutSuffix(spec.Name.Name, "Entry"); is {
					entries = append(entries, name)
				}
				if err := writeEntryInterface(&b, g.Doc, spec.Name.Name, s); err != nil {
					return "", err
				}
			}
		}
	}
	writeTables(&b, entries, structs)
	return b.String(), nil
}

// writeNumbers writes `export const Name = { first: 0, … } as const`, going on in the object of an earlier block of the same type.
func writeNumbers(b *strings.Builder, g *ast.GenDecl) error {
	kind, at, step := "", 0, false
	var lines []string
	for _, spec := range g.Specs {
		v := spec.(*ast.ValueSpec)
		if v.Type != nil {
			kind = v.Type.(*ast.Ident).Name
		}
		if len(v.Values) == 1 {
			switch e := v.Values[0].(type) {
			case *ast.Ident: // iota
				at, step = 0, true
			case *ast.BinaryExpr: // n + iota
				at, step = number(e.X), true
			case *ast.BasicLit:
				at, step = number(e), false
			default:
				return fmt.Errorf("%s: a value that wiregen does not know", v.Names[0].Name)
			}
		}
		name := strings.TrimPrefix(v.Names[0].Name, prefixOf(kind))
		line := fmt.Sprintf("  %s: %d,\n", lowerFirst(name), at)
		if text := strings.TrimSpace(v.Comment.Text()); text != "" {
			line = fmt.Sprintf("  /** %s */\n%s", text, line)
		}
		lines = append(lines, line)
		if step {
			at++
		}
	}
	text := b.String()
	if open := "export const " + kind + " = {\n"; strings.Contains(text, open) {
		before, rest, _ := strings.Cut(text, open)
		inside, after, _ := strings.Cut(rest, "} as const;\n")
		b.Reset()
		b.WriteString(before + open + inside + strings.Join(lines, "") + "} as const;\n" + after)
		return nil
	}
	writeComment(b, g.Doc)
	fmt.Fprintf(b, "export const %s = {\n%s} as const;\n\n", kind, strings.Join(lines, ""))
	return nil
}

// prefixOf the constants of a type: ValueKind's are Value…, LeftOut's LeftOut….
func prefixOf(kind string) string {
	for _, end := range []string{"Kind", "Code", "State", "Method", "Flag"} {
		kind = strings.TrimSuffix(kind, end)
	}
	return kind
}

func number(e ast.Expr) int {
	n, _ := strconv.Atoi(e.(*ast.BasicLit).Value)
	return n
}

func lowerFirst(name string) string {
	if name == strings.ToUpper(name) {
		return strings.ToLower(name)
	}
	for n, c := range name {
		if c < 'A' || c > 'Z' {
			n = max(n-1, 1)
			return strings.ToLower(name[:n]) + name[n:]
		}
	}
	return name
}

// tuples are told without the names of their fields: a recorder makes many of them.
var tuples = map[string]bool{"Value": true, "Item": true, "Pair": true}

func writeEntryInterface(b *strings.Builder, doc *ast.CommentGroup, name string, s *ast.StructType) error {
	writeComment(b, doc)
	if tuples[name] {
		_, _, fields := shapeOf(s)
		fmt.Fprintf(b, "export type %s = readonly [%s];\n\n", name, strings.Join(fields, ", "))
		return nil
	}
	fmt.Fprintf(b, "export interface %s {\n", name)
	for _, f := range s.Fields.List {
		for _, one := range f.Names {
			if text := strings.Join(strings.Fields(f.Doc.Text()+f.Comment.Text()), " "); text != "" {
				fmt.Fprintf(b, "  /** %s */\n", text)
			}
			kind, err := entryFieldType(f.Type)
			if err != nil {
				return fmt.Errorf("%s.%s: %w", name, one.Name, err)
			}
			fmt.Fprintf(b, "  %s: %s;\n", lowerFirst(one.Name), kind)
		}
	}
	b.WriteString("}\n\n")
	return nil
}

func entryFieldType(e ast.Expr) (string, error) {
	if list, ok := e.(*ast.ArrayType); ok {
		element, err := entryFieldType(list.Elt)
		return "readonly " + element + "[]", err
	}
	name, ok := e.(*ast.Ident)
	if !ok {
		return "", fmt.Errorf("no TypeScript type for %T", e)
	}
	switch name.Name {
	case "string":
		return "string", nil
	case "Value", "Item", "Pair", "Transfer":
		return name.Name, nil
	}
	return "number", nil
}

// shape of a field, in one letter: b u8, n varint, z zigzag, s text, v value, p pair, t transfer; in capitals a list of these.
func shape(e ast.Expr) string {
	if list, ok := e.(*ast.ArrayType); ok {
		return strings.ToUpper(shape(list.Elt))
	}
	switch name := e.(*ast.Ident).Name; name {
	case "string":
		return "s"
	case "uint32":
		return "n"
	case "int32":
		return "z"
	case "Value", "Item", "Pair", "Transfer":
		return strings.ToLower(name[:1])
	default:
		return "b"
	}
}

func shapeOf(s *ast.StructType) (shapes string, names []string, args []string) {
	for _, f := range s.Fields.List {
		for _, one := range f.Names {
			kind, _ := entryFieldType(f.Type)
			shapes += shape(f.Type)
			names = append(names, "'"+lowerFirst(one.Name)+"'")
			if kind == "Transfer" {
				kind = "TransferArgs"
			}
			mark := ": "
			if name := lowerFirst(one.Name); name == "items" {
				mark = "?: " // what has none
			}
			args = append(args, lowerFirst(one.Name)+mark+kind)
		}
	}
	return shapes, names, args
}

func writeTables(b *strings.Builder, entries []string, structs map[string]*ast.StructType) {
	var shapes, names, args, kinds strings.Builder
	for _, entry := range entries {
		s, n, a := shapeOf(structs[entry+"Entry"])
		fmt.Fprintf(&shapes, "  '%s',\n", s)
		fmt.Fprintf(&names, "  %s: [%s],\n", lowerFirst(entry), strings.Join(n, ", "))
		fmt.Fprintf(&args, "  [EntryCode.%s]: [%s];\n", lowerFirst(entry), strings.Join(a, ", "))
		fmt.Fprintf(&kinds, "  %s: %sEntry;\n", lowerFirst(entry), entry)
	}
	transfer, transferNames, transferArgs := shapeOf(structs["Transfer"])
	fmt.Fprintf(b, "export type TransferArgs = readonly [%s];\n\n", strings.Join(transferArgs, ", "))
	b.WriteString("/** What each entry is made of, by its name. */\nexport interface EntryKinds {\n" + kinds.String() + "}\n\n")
	b.WriteString("/** What a writer is given of each, by its code. */\nexport interface EntryArgs {\n" + args.String() + "}\n\n")
	b.WriteString("/** The fields of each, by its code: b u8, n varint, z zigzag, s text, v value, p pair, t transfer; in capitals a list of these. */\n")
	b.WriteString("export const EntryShapes: readonly string[] = [\n  '',\n" + shapes.String() + "];\n\n")
	fmt.Fprintf(b, "export const TransferShape = '%s';\n\n", transfer)
	b.WriteString("/** The names of these fields, in the order of the codes. */\nexport const EntryNames = {\n" + names.String() + "} as const;\n\n")
	fmt.Fprintf(b, "export const TransferNames = [%s] as const;\n", strings.Join(transferNames, ", "))
}
