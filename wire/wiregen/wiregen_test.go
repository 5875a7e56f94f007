package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestGeneratedFilesAreFresh(t *testing.T) {
	files, err := Generate("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", "ts", "src", name))
		if err != nil || string(got) != want {
			t.Errorf("%s is stale (%v): run `go generate ./wire`", name, err)
		}
	}
}
