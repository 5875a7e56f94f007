package export_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"ridealong/recording/chunk"
	"ridealong/recording/export"
	"ridealong/wire"
)

var began = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func input(records ...chunk.Record) export.Input {
	return export.Input{Started: began, Records: func(yield func(chunk.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}}
}

func telemetry(at, epoch, seq uint32, entries ...wire.Entry) chunk.Record {
	f := wire.Frame{Kind: wire.KindEntries, Flags: wire.FlagFresh, Epoch: epoch, Seq: seq, Time: at, Payload: wire.AppendEntries(nil, at, entries)}
	return chunk.Record{At: at, Tab: 1, Lane: wire.LaneTelemetry, Frame: f.Append(nil)}
}

func failingPayment() chunk.Record {
	return telemetry(1000, 1, 1,
		wire.Entry{N: 1, At: 10, What: &wire.ResourceEntry{Kind: "navigation", URL: "https://shop.example/checkout", Status: 200}},
		wire.Entry{N: 2, At: 2000, What: &wire.RequestEntry{
			ID: 1, Method: "POST", URL: "https://shop.example/api/pay?a=&b c=", Headers: []wire.Pair{{Name: "Content-Type", Value: "application/json"}},
			Body: wire.BodyWhole, Size: 12, Text: `{"items":"••"}`,
		}},
		wire.Entry{N: 3, At: 2500, What: &wire.ResponseEntry{ID: 1, Status: 500, Reason: "Internal Server Error", MIME: "application/json"}},
		wire.Entry{N: 4, At: 2600, What: &wire.DoneEntry{ID: 1, Body: wire.BodyWhole, Text: `{"error":"x"}`, Transfer: wire.Transfer{
			Duration: 600, Marks: []uint32{1, 0, 0, 11, 21, 31, 41, 501}, Protocol: "h2", Encoded: 13, Decoded: 13,
		}}},
		wire.Entry{N: 5, At: 2700, What: &wire.ConsoleEntry{Method: wire.ConsoleError, Values: []wire.Value{
			{Kind: wire.ValueFormat, Text: "payment %s"}, {Kind: wire.ValueString, Text: "failed"}, {Kind: wire.ValueNumber, Text: "500"},
			{Kind: wire.ValueObject, Size: 1, Items: []wire.Item{{Name: "error", Value: wire.Value{Kind: wire.ValueMasked, Size: 3}}}},
		}}},
		wire.Entry{N: 6, At: 2800, What: &wire.FailureEntry{Name: "Error", Message: "pay\x1b[2J: x", Where: "https://shop.example/shop.js:3:4"}},
		wire.Entry{N: 7, At: 2900, What: &wire.DoneEntry{ID: 9, Outcome: wire.OutcomeOffline}},
	)
}

// required has what HAR 1.2 asks of each of its objects, and of what type.
var required = map[string]map[string]string{
	"log":      {"version": "string", "creator": "object", "entries": "array", "pages": "array"},
	"creator":  {"name": "string", "version": "string"},
	"pages":    {"startedDateTime": "date", "id": "string", "title": "string", "pageTimings": "object"},
	"entries":  {"startedDateTime": "date", "time": "number", "request": "object", "response": "object", "cache": "object", "timings": "object"},
	"request":  {"method": "string", "url": "uri", "httpVersion": "string", "cookies": "array", "headers": "array", "queryString": "array", "headersSize": "number", "bodySize": "number"},
	"response": {"status": "number", "statusText": "string", "httpVersion": "string", "cookies": "array", "headers": "array", "content": "object", "redirectURL": "string", "headersSize": "number", "bodySize": "number"},
	"content":  {"size": "number", "mimeType": "string"},
	"postData": {"mimeType": "string", "text": "string"},
	"timings":  {"send": "span", "wait": "span", "receive": "span", "blocked": "number", "dns": "number", "connect": "number", "ssl": "number"},
	"headers":  {"name": "string", "value": "string"}, "queryString": {"name": "string", "value": "string"},
}

func harProblems(name string, v any) (out []string) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			out = append(out, harProblems(name, one)...)
		}
	case map[string]any:
		for field, kind := range required[name] {
			if problem := wrong(v[field], kind); problem {
				out = append(out, fmt.Sprintf("%s.%s is %v, which is no %s", name, field, v[field], kind))
			}
		}
		for field, one := range v {
			out = append(out, harProblems(field, one)...)
		}
	}
	return out
}

func wrong(v any, kind string) bool {
	text, isText := v.(string)
	number, isNumber := v.(float64)
	switch kind {
	case "string":
		return !isText
	case "date":
		_, err := time.Parse(time.RFC3339Nano, text)
		return err != nil
	case "uri":
		u, err := url.Parse(text)
		return err != nil || u.Scheme == ""
	case "number":
		return !isNumber || number < -1
	case "span":
		return !isNumber || number < 0
	case "array":
		_, ok := v.([]any)
		return !ok
	default:
		_, ok := v.(map[string]any)
		return !ok
	}
}

func TestTheArchiveIsHAR12AndHasTheFailingRequestWithItsStatus(t *testing.T) {
	var b bytes.Buffer
	if err := export.HAR(&b, input(failingPayment())); err != nil {
		t.Fatal(err)
	}
	var whole map[string]any
	if err := json.Unmarshal(b.Bytes(), &whole); err != nil {
		t.Fatal(err)
	}
	if problems := append(harProblems("log", whole["log"]), harProblems("", whole)...); len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(harProblems("request", map[string]any{"method": "GET"})) == 0 {
		t.Fatal("the check finds nothing wrong with a request without an address")
	}
	var har struct {
		Log struct {
			Pages   []struct{ Title string }
			Entries []struct {
				StartedDateTime, Comment string
				Time                     float64
				Request                  struct {
					Method, URL string
					QueryString []struct{ Name string }
					PostData    struct{ MimeType, Text string }
				}
				Response struct {
					Status  int
					Content struct{ Text string }
				}
				Timings struct{ Blocked, DNS, Connect, SSL, Wait, Receive float64 }
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &har); err != nil {
		t.Fatal(err)
	}
	if len(har.Log.Entries) != 3 || har.Log.Pages[0].Title != "https://shop.example/checkout" {
		t.Fatalf("%s", b.String())
	}
	pay, lost := har.Log.Entries[1], har.Log.Entries[2]
	if pay.Response.Status != 500 || pay.Request.Method != http.MethodPost || pay.Request.URL != "https://shop.example/api/pay?a=&b%20c=" || pay.Time != 60 ||
		pay.StartedDateTime != "2026-03-04T05:06:07.200Z" || pay.Request.PostData.MimeType != "application/json" ||
		pay.Response.Content.Text != `{"error":"x"}` || len(pay.Request.QueryString) != 2 || pay.Request.QueryString[1].Name != "b c" {
		t.Errorf("%+v", pay)
	}
	if pay.Timings.Connect != 2 || pay.Timings.SSL != 1 || pay.Timings.Wait != 46 || pay.Timings.Receive != 10 || pay.Timings.DNS != -1 || pay.Timings.Blocked != 1 {
		t.Errorf("%+v", pay.Timings)
	}
	if lost.Comment != "Its beginning did not arrive." || lost.Request.URL != "about:blank" {
		t.Errorf("%+v", lost)
	}
}

func TestTheConsoleHasErrorsAndFailedRequestsAndNothingThatATerminalObeys(t *testing.T) {
	var b bytes.Buffer
	if err := export.Console(&b, input(failingPayment())); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"00:00.270  error      payment failed 500 {error: ••••••}\n",
		"00:00.260  network    POST https://shop.example/api/pay?a=&b c=  500\n",
		"00:00.280  uncaught   Error: pay\ufffd[2J: x  (https://shop.example/shop.js:3:4)\n",
	} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("no line %q in\n%s", line, b.String())
		}
	}
}

func TestWhatCannotBeReadIsLeftOutAndWhatFollowsIsThere(t *testing.T) {
	bad := wire.Frame{Kind: wire.KindEntries, Flags: wire.FlagDeflated, Epoch: 1, Seq: 1, Payload: []byte{9, 1, 2, 3}}
	follows := telemetry(0, 1, 2, wire.Entry{N: 1, What: &wire.ConsoleEntry{Values: []wire.Value{{Kind: wire.ValueString, Text: "here"}}}})
	var b bytes.Buffer
	err := export.Console(&b, input(chunk.Record{Tab: 1, Lane: wire.LaneTelemetry, Frame: bad.Append(nil)},
		chunk.Record{Tab: 1, Lane: wire.LaneTelemetry, Frame: nil}, follows))
	if err != nil || !strings.Contains(b.String(), "here") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestARecordingThatCannotBeReadToItsEndIsAnError(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, f := range export.Formats {
		in := export.Input{Started: began, Records: iter.Seq2[chunk.Record, error](func(yield func(chunk.Record, error) bool) { yield(chunk.Record{}, broken) })}
		if err := f.Write(&bytes.Buffer{}, in); !errors.Is(err, broken) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}
