package sourcemaps

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Address is the address of a script as browsers write it, without credentials, query and fragment.
func Address(raw string) (string, error) {
	if len(raw) > MaxAddress || strings.ContainsFunc(raw, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", errors.New("this is no address of a script")
	}
	scheme, rest, ok := strings.Cut(raw, "://")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "https" && scheme != "http" {
		return "", fmt.Errorf("%q is no address such as https://shop.example/assets/app.js", raw)
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	host, path, _ := strings.Cut(strings.ReplaceAll(rest, `\`, "/"), "/")
	host, err := hostOf(scheme, host)
	if err != nil {
		return "", err
	}
	return scheme + "://" + host + "/" + strings.Join(walked(encoded(path)), "/"), nil
}

var standardPort = map[string]string{"https": ":443", "http": ":80"}

func hostOf(scheme, raw string) (string, error) {
	u, err := url.Parse(scheme + "://" + raw + "/")
	if err != nil || u.Hostname() == "" {
		return "", fmt.Errorf("%q is no host", raw)
	}
	host := strings.ToLower(u.Host)
	if strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return "", fmt.Errorf("%q has to be written in ASCII (xn--…), as browsers do", host)
	}
	return strings.TrimSuffix(strings.TrimSuffix(host, standardPort[scheme]), ":"), nil
}

// encoded escapes what browsers escape in a path, and nothing else.
func encoded(path string) string {
	var b strings.Builder
	for i := range len(path) {
		if c := path[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>^`{}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// walked is a path without "." and "..".
func walked(path string) []string {
	out := []string{}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		switch strings.ReplaceAll(strings.ToLower(part), "%2e", ".") {
		case ".":
			part = ""
		case "..":
			out = out[:max(0, len(out)-1)]
			part = ""
		default:
			out = append(out, part)
			continue
		}
		if i == len(parts)-1 {
			out = append(out, part)
		}
	}
	return out
}

// Told is what customers' pages tell of a script's address: parts that look like identifiers are gone. It is reduceUrl without keys of
// recorder-js/src/privacy/url.ts; recorder-js/testdata/scripts.json holds both to the same. Keys that a page told are left out.
func Told(address string) string {
	address, _, _ = strings.Cut(address, "?")
	scheme, rest, _ := strings.Cut(address, "://")
	host, path, _ := strings.Cut(rest, "/")
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = reduced(part)
	}
	return scheme + "://" + host + "/" + strings.Join(parts, "/")
}

func reduced(part string) string {
	name, _, _ := strings.Cut(part, ";") // what follows are parameters
	plain, err := url.PathUnescape(name)
	if err != nil || !utf8.ValidString(plain) {
		plain = name
	}
	if (len(plain) >= 100 || !built.MatchString(plain)) && (identifier(plain) || token(plain)) {
		return ":id"
	}
	return name
}

var (
	digits  = regexp.MustCompile(`[0-9]{4}`)
	digit   = regexp.MustCompile(`[0-9]`)
	capital = regexp.MustCompile(`[A-Z]`)
	uuid    = regexp.MustCompile(`(?i:^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$)`)
	hex     = regexp.MustCompile(`(?i:^[0-9a-f]{16,}$)`)
	built   = regexp.MustCompile(`^(?i:[a-z])[0-9A-Za-z_]*(?:[.-][0-9A-Za-z_]+)*?[.-][0-9A-Za-z_-]{6,24}\.(?i:m?js|css)$`)
	long    = regexp.MustCompile(`^[0-9A-Za-z_.~-]{12,}$`)
)

func identifier(s string) bool {
	if uuid.MatchString(s) || hex.MatchString(s) && digit.MatchString(s) {
		return true
	}
	// A dot of JavaScript's expressions is no end of a line.
	return !strings.ContainsAny(s, "\n\r\u2028\u2029") && (digits.MatchString(s) || strings.Contains(s, "@") || len(utf16.Encode([]rune(s))) >= 100)
}

// token says whether it is long and mixes digits and capitals.
func token(s string) bool {
	return long.MatchString(s) && digit.MatchString(s) && capital.MatchString(s)
}
