package sourcemaps

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const fetchTime = 30 * time.Second

// Fetch gets a script and the map that it names. Both have to be on the host of the address, whatever the site answers: an address
// that the operator did not write is not asked.
func Fetch(ctx context.Context, script string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*fetchTime)
	defer cancel()
	from, err := url.Parse(script)
	if err != nil || from.Host == "" || from.Scheme != "https" && from.Scheme != "http" {
		return nil, fmt.Errorf("%q is no address such as https://shop.example/assets/app.js", script)
	}
	transport, _ := http.DefaultTransport.(*http.Transport)
	transport = transport.Clone()
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: fetchTime, CheckRedirect: func(to *http.Request, via []*http.Request) error {
		if len(via) > 5 {
			return errors.New("too many redirects")
		}
		return sameHost(from, to.URL)
	}}
	text, header, base, err := get(ctx, client, from)
	if err != nil {
		return nil, fmt.Errorf("the script: %w", err)
	}
	named := header.Get("SourceMap")
	if named == "" {
		named = mappingURL(text)
	}
	if named == "" {
		return nil, errors.New("the script names no source map")
	}
	if strings.HasPrefix(named, "data:") {
		return inline(named)
	}
	to, err := base.Parse(named)
	if err != nil {
		return nil, fmt.Errorf("the script names %.100q, which is no address", named)
	}
	if err := sameHost(from, to); err != nil {
		return nil, fmt.Errorf("the map: %w", err)
	}
	if text, _, _, err = get(ctx, client, to); err != nil {
		return nil, fmt.Errorf("the map: %w", err)
	}
	return text, nil
}

// sameHost refuses another host or port, and a way back from HTTPS. From the usual port of HTTP to that of HTTPS is the same host.
func sameHost(from, to *url.URL) error {
	upgraded := from.Scheme == "http" && to.Scheme == "https" && from.Port() == "" && to.Port() == ""
	if strings.EqualFold(from.Hostname(), to.Hostname()) && (upgraded || from.Scheme == to.Scheme && from.Port() == to.Port()) {
		return nil
	}
	return fmt.Errorf("%s://%s is not asked: it is not %s://%s; upload the map instead", to.Scheme, to.Host, from.Scheme, from.Host)
}

func get(ctx context.Context, client *http.Client, at *url.URL) ([]byte, http.Header, *url.URL, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), http.NoBody)
	if err != nil {
		return nil, nil, nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, nil, nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, nil, nil, fmt.Errorf("the site answers %s", response.Status)
	}
	text, err := ReadMap(response.Body)
	return text, response.Header, response.Request.URL, err
}

// mappingURL is what the last such comment of a script says.
func mappingURL(script []byte) string {
	const name = "# sourceMappingURL="
	at := max(bytes.LastIndex(script, []byte("//"+name)), bytes.LastIndex(script, []byte("//@"+name[1:])))
	if at < 0 {
		return ""
	}
	line, _, _ := bytes.Cut(script[at+len("//")+len(name):], []byte("\n"))
	return string(bytes.TrimSpace(line))
}

func inline(address string) ([]byte, error) {
	head, data, ok := strings.Cut(address, ",")
	if !ok {
		return nil, errors.New("the map in the script cannot be read")
	}
	if !strings.HasSuffix(head, ";base64") {
		text, err := url.PathUnescape(data)
		return []byte(text), err
	}
	text, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return nil, fmt.Errorf("the map in the script cannot be read: %w", err)
	}
	return text, nil
}
