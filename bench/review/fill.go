package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"ridealong/internal/sqlstore"
	"ridealong/recording"
	"ridealong/recording/search"
)

const (
	recordings = 2000
	days       = 60 // over which they are spread
	words      = 20_000
)

// fill makes the recordings, unless they are there. The same numbers make the same ones every time.
func fill(ctx context.Context, db *sqlstore.DB, size int) error {
	if found, err := db.Moments().Moments(ctx, search.Query{}, 0, 1); err != nil || len(found) > 0 {
		return err
	}
	g := &generator{rand.New(rand.NewPCG(1, 2)), nil} //nolint:gosec // no secret
	g.zipf = rand.NewZipf(g.Rand, 1.1, 3, words-1)
	for n := range recordings {
		began := now.AddDate(0, 0, -days).Add(time.Duration(n) * days * 24 * time.Hour / recordings)
		r := recording.Recording{
			ID: fmt.Sprintf("01%024d", n), Reference: fmt.Sprintf("customer-%d", n), OwnerName: pick(g, "Ann", "Ben", "Cho", "Dee", "Eva", "Fay"),
			State: pick(g, recording.Complete, recording.Complete, recording.Complete, recording.Partial), Started: began, Duration: time.Hour,
			Browser: pick(g, "Chrome 149", "Chrome 148", "Firefox 152", "Safari 26.0", "Edge 149"), OS: pick(g, "Windows", "macOS", "Linux", "iOS", "Android"),
		}
		if _, err := db.Recordings().Begin(ctx, r); err != nil {
			return err
		}
		if n%50 == 0 {
			if err := db.Recordings().Update(ctx, r.ID, func(r *recording.Recording) { r.Tags = []string{"vip"} }); err != nil {
				return err
			}
		}
		moments := make([]search.Moment, size/recordings)
		at := int64(0)
		for i := range moments {
			at += g.Int64N(2 * time.Hour.Milliseconds() / int64(len(moments)))
			moments[i] = g.moment(n, i)
			moments[i].N, moments[i].At = uint32(i), at //nolint:gosec // small
		}
		if n == recordings/3 {
			moments[0].Title = "the needle is here"
		}
		if _, err := db.Moments().Add(ctx, r.ID, began, moments); err != nil {
			return err
		}
	}
	return nil
}

type generator struct {
	*rand.Rand
	zipf *rand.Zipf
}

func pick[T any](g *generator, of ...T) T { return of[g.IntN(len(of))] }

// text of some words, few of them often and many of them seldom.
func (g *generator) text(most int) string {
	out := ""
	for range 1 + g.IntN(most) {
		out += fmt.Sprintf("word%d ", g.zipf.Uint64())
	}
	return out
}

func (g *generator) moment(recording, i int) (m search.Moment) {
	m.Tab, m.Epoch = 1, 1
	m.Page = "https://shop.example/" + pick(g, "", "cart", "checkout", "products/"+fmt.Sprint(g.IntN(500)), "account")
	switch n := g.IntN(100); {
	case n < 45:
		m.Kind, m.Level = search.KindConsole, pick(g, "log", "log", "log", "info", "debug", "debug", "warn", "error")
		m.Title = pick(g, "rendered component "+g.text(4), "rendered "+g.text(8), g.text(12), "state changed "+g.text(5))
		if m.Level == "error" {
			m.Title = pick(g, "Cannot read properties of undefined (reading 'total') ", "Request failed ", "Cannot find ") + g.text(3)
		}
		m.Detail = m.Title + "\nhttps://shop.example/assets/app-4f2a.js:1:" + fmt.Sprint(g.IntN(90_000))
	case n < 78:
		m.Kind, m.Method = search.KindRequest, pick(g, "GET", "GET", "GET", "POST", "POST", "PUT", "DELETE")
		m.Status = pick(g, 200, 200, 200, 200, 200, 200, 200, 204, 304, 201, 404, 401, 500, 503, 0)
		m.Took = int64(g.ExpFloat64() * 300)
		path := pick(g, "/api/cart", "/api/pay", "/api/products/"+fmt.Sprint(g.IntN(5000)), "/api/search?q", "/api/account", "/api/track")
		m.Failed = m.Status == 0 || m.Status >= 400
		m.URL, m.Title = "https://shop.example"+path, fmt.Sprintf("%s %s %d", m.Method, path, m.Status)
	case n < 90:
		m.Kind, m.Title = search.KindClick, pick(g, "button “Pay”", "a “Details”", "button “Add to cart”", "div "+g.text(2))
	case n < 96:
		m.Kind, m.URL, m.Title = search.KindNavigation, m.Page, "/checkout"
	case n < 98:
		m.Kind, m.Level, m.Title = search.KindError, "error", "TypeError: Cannot read properties of undefined "+g.text(2)
		m.Detail = "at pay (https://shop.example/assets/app.js:1:2)\n" + g.text(10)
	case n == 98 && recording%40 == 0:
		m.Kind, m.Title = search.KindRage, "button “Pay”"
	default:
		m.Kind, m.Title, m.Detail = search.KindEvent, "step", fmt.Sprintf(`{"step":%d}`, i%7)
	}
	return m
}
