package wire

import "time"

// Limits of the protocol (PROTOCOL.md §9). A decoder refuses what goes beyond them; nothing is allocated for a
// length before it was checked.
const (
	Version = 1 // of the protocol, in hello and welcome

	MaxPiece        = 16 << 10      // bytes of one transport message: small enough that no lane blocks another
	MaxFrame        = 32 << 20      // bytes of one frame after its pieces are joined
	MaxRaw          = 64 << 20      // bytes of one payload after inflating
	MaxInflateRatio = 1032          // the most that deflate can do; a larger declared length is a lie
	MaxControl      = 64 << 10      // bytes of one control message
	MaxMessage      = 64 << 10      // bytes of one signaling message
	MaxFallback     = MaxPiece + 64 // bytes of one binary message on the socket
	MaxSDP          = 32 << 10      // bytes of one session description
	MaxCandidates   = 32            // per link and side
	MaxNodes        = 250_000       // live nodes of one document
	MaxDepth        = 512           // nesting of one tree
	MaxAttributes   = 256           // of one element
	MaxText         = 4 << 20       // UTF-8 bytes of one string
	MaxStrings      = 65_536        // entries of one string table
	MaxStringBytes  = 4 << 20       // UTF-8 bytes kept in one string table
	MaxRules        = 65_536        // rules of one style sheet
	MaxBlob         = 8 << 20       // bytes of one picture or font
	MaxHeld         = 1 << 20       // bytes held by a reader while it waits for a missing frame
	MaxEntry        = 256 << 10     // bytes of one telemetry entry
	MaxItems        = 1000          // of one value in it
	MaxValueDepth   = 16            // nesting of one value
	RingBytes       = 2 << 20       // bytes of frames a recorder keeps for resuming
	KeepBytes       = 16 << 20      // bytes of frames a recorder keeps that an archiver has not acknowledged
	RingAge         = 60 * time.Second
	HelloTimeout    = 5 * time.Second // from accept to hello
	PingEvery       = 15 * time.Second
	HandoffLife     = 60 * time.Second
)

// LimitTable gives the limits by name, times in milliseconds, for the TypeScript side.
func LimitTable() map[string]int64 {
	return map[string]int64{
		"Version": Version, "MaxPiece": MaxPiece, "MaxFrame": MaxFrame, "MaxRaw": MaxRaw, "MaxInflateRatio": MaxInflateRatio,
		"MaxControl": MaxControl, "MaxMessage": MaxMessage, "MaxFallback": MaxFallback, "MaxSDP": MaxSDP, "MaxCandidates": MaxCandidates,
		"MaxNodes": MaxNodes, "MaxDepth": MaxDepth, "MaxAttributes": MaxAttributes, "MaxText": MaxText, "MaxStrings": MaxStrings,
		"MaxStringBytes": MaxStringBytes, "MaxRules": MaxRules, "MaxBlob": MaxBlob, "MaxHeld": MaxHeld, "MaxEntry": MaxEntry, "MaxItems": MaxItems, "MaxValueDepth": MaxValueDepth, "RingBytes": RingBytes, "KeepBytes": KeepBytes,
		"RingAge": RingAge.Milliseconds(), "HelloTimeout": HelloTimeout.Milliseconds(), "PingEvery": PingEvery.Milliseconds(), "HandoffLife": HandoffLife.Milliseconds(),
	}
}
