package wire

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func protocol(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheProtocolNamesEveryCloseCodeOnce(t *testing.T) {
	text := protocol(t)
	seen := map[int]bool{}
	for _, c := range CloseCodes {
		line := fmt.Sprintf("| %d | `%s` | %s |", c.Code, c.Name, c.Next)
		if !strings.Contains(text, line) || seen[c.Code] || c.Message == "" {
			t.Errorf("PROTOCOL.md lacks %q, or it stands twice", line)
		}
		seen[c.Code] = true
	}
}

func TestTheProtocolNamesEveryLimitWithItsValue(t *testing.T) {
	text := protocol(t)
	for name, value := range LimitTable() {
		if line := fmt.Sprintf("| `%s` | %d |", name, value); !strings.Contains(text, line) {
			t.Errorf("PROTOCOL.md lacks %q", line)
		}
	}
}

func TestTheProtocolNamesEveryRelayedMessage(t *testing.T) {
	text := protocol(t)
	for kind := range relayed {
		if !strings.Contains(text, kind) {
			t.Errorf("PROTOCOL.md lacks %s", kind)
		}
	}
}

func TestFallbackHeader(t *testing.T) {
	frame := append([]byte{1, 0xfe, 0xdc, 0xba, 0x98}, make([]byte, sealedLeast)...)
	if leg, ok := FallbackLeg(frame); !ok || leg != 0xfedcba98 {
		t.Errorf("leg %x, %v", leg, ok)
	}
	SetFallbackLeg(frame, 0x01020304)
	if leg, ok := FallbackLeg(frame); !ok || leg != 0x01020304 {
		t.Errorf("leg %x, %v", leg, ok)
	}
	for name, bad := range map[string][]byte{
		"empty": nil, "short": frame[:len(frame)-1], "kind": append([]byte{2}, frame[1:]...), "long": make([]byte, MaxFallback+1),
	} {
		if _, ok := FallbackLeg(bad); ok {
			t.Errorf("%s was taken", name)
		}
	}
}

func FuzzFallbackLeg(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, ok := FallbackLeg(data); ok && len(data) < fallbackHeader+sealedLeast {
			t.Fatalf("%d bytes were taken", len(data))
		}
	})
}
