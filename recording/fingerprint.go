package recording

import (
	"errors"
	"regexp"
	"strings"
)

var (
	fingerprintLine = regexp.MustCompile(`(?im)^a=fingerprint:sha-256 ((?:[\dA-F]{2}:){31}[\dA-F]{2})\r?$`)
	fingerprintWord = regexp.MustCompile(`(?i)fingerprint`)
)

// fingerprintOf a description in the form that is proven (PROTOCOL.md §5.1). Exactly one: what another reader might take for a second
// one must not stand beside it.
func fingerprintOf(sdp string) (string, error) {
	found := fingerprintLine.FindStringSubmatch(sdp)
	if found == nil || len(fingerprintWord.FindAllString(sdp, 2)) != 1 {
		return "", errors.New("recording: a description without exactly one fingerprint")
	}
	return "sha-256 " + strings.ToUpper(found[1]), nil
}
