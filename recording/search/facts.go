package search

// What the list shows of a recording, counted and read from the same entries.

import (
	"regexp"
	"strings"

	"ridealong/wire"
)

// Counts of a recording.
type Counts struct{ Pages, Errors, Failed, Clicks int }

// Plus adds.
func (c Counts) Plus(more Counts) Counts {
	return Counts{c.Pages + more.Pages, c.Errors + more.Errors, c.Failed + more.Failed, c.Clicks + more.Clicks}
}

// Counts is what a moment adds to its recording's.
func (m Moment) Counts() (c Counts) {
	switch m.Kind {
	case KindNavigation:
		c.Pages = 1
	case KindError:
		c.Errors = 1
	case KindClick:
		c.Clicks = 1
	case KindRequest:
		if m.Failed {
			c.Failed = 1
		}
	case KindConsole, KindRage, KindDead, KindForm, KindMessage, KindEvent:
	}
	return c
}

// Marked tells whether a moment has its mark on a recording's time line.
func (m Moment) Marked() bool {
	return m.Kind != KindConsole && (m.Kind != KindRequest || m.Failed)
}

// Has are the words for which has: finds the recording of a moment.
func (m Moment) Has() string {
	switch m.Kind {
	case KindError, KindRage, KindDead, KindForm, KindMessage, KindEvent:
		return string(m.Kind)
	case KindRequest:
		if m.Failed {
			return "failed-request"
		}
	case KindConsole, KindNavigation, KindClick:
	}
	return ""
}

// BrowserAndOS of an environment; empty where it does not say.
func BrowserAndOS(e *wire.EnvironmentEntry) (browser, os string) {
	for _, pair := range e.Values {
		if pair.Name == "userAgent" {
			return browserOf(pair.Value), osOf(pair.Value)
		}
	}
	return "", ""
}

// browsers by the word that their agent strings have, the more particular first: most say that they are Chrome and Safari, too.
var browsers = []struct {
	name string
	word *regexp.Regexp
}{
	{"Edge", regexp.MustCompile(`Edg(?:e|A|iOS)?/(\d{1,4})`)},
	{"Opera", regexp.MustCompile(`(?:OPR|Opera)/(\d{1,4})`)},
	{"Samsung Internet", regexp.MustCompile(`SamsungBrowser/(\d{1,4})`)},
	{"Firefox", regexp.MustCompile(`(?:Firefox|FxiOS)/(\d{1,4})`)},
	{"Chrome", regexp.MustCompile(`(?:HeadlessChrome|Chrome|CriOS)/(\d{1,4})`)},
	{"Safari", regexp.MustCompile(`Version/(\d{1,4}(?:\.\d{1,3})?).*Safari/`)},
	{"Safari", regexp.MustCompile(`AppleWebKit/(\d{1,4})`)},
}

func browserOf(agent string) string {
	for _, b := range browsers {
		if found := b.word.FindStringSubmatch(agent); found != nil {
			return b.name + " " + found[1]
		}
	}
	return ""
}

func osOf(agent string) string {
	for _, one := range [][2]string{
		{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iOS"}, {"iPad", "iOS"}, {"CrOS", "ChromeOS"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
	} {
		if strings.Contains(agent, one[0]) {
			return one[1]
		}
	}
	return ""
}
