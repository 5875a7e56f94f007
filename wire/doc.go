// Package wire is the contract between the Go server and the TypeScript in the two browsers: messages, frames, limits and
// close codes. PROTOCOL.md is normative; the vectors in testdata are read by both languages.
//
// Guarantees: decoding allocates no more than the input justifies and never panics; an encoder's output decodes to what
// went in; nothing here does I/O, keeps time or starts a goroutine.
package wire

//go:generate go run ./wiregen
