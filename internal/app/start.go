package app

import (
	"context"
	"fmt"
	"strings"

	"ridealong/examples/shop"
)

// printStart tells the operator where the server is, and how to make the first account.
func (a *App) printStart(ctx context.Context) error {
	token, wanted, err := a.auth.SetupToken(ctx)
	if err != nil {
		return err
	}
	if wanted {
		_, err = fmt.Fprintf(a.Out, "\nRidealong is at %s\nMake the first account: %s/setup#%s\n(The link works once. A new one is printed at the next start.)\n\n", a.Config.PublicURL, a.Config.PublicURL, token)
		return err
	}
	_, err = fmt.Fprintf(a.Out, "\nRidealong is at %s\n\n", a.Config.PublicURL)
	return err
}

// NewDemo is New with the example shop on a second origin and an account to look around with.
func NewDemo(ctx context.Context, o Options, shopAddress string) (*App, error) {
	shopURL := "http://localhost:" + portOf(shopAddress)
	o.Config.Origins = append([]string{shopURL}, o.Config.Origins...)
	o.Config.Page = shopURL + "/"
	a, err := New(ctx, o)
	if err != nil {
		return nil, err
	}
	site, err := shop.New(shop.Config{Loader: o.Config.PublicURL + "/r/loader.js", Relay: o.Config.PublicURL})
	if err == nil {
		err = a.listen(ctx, "shop", shopAddress, site, nil)
	}
	if err != nil {
		a.close()
		return nil, err
	}
	a.greet = func(ctx context.Context) error { return a.printDemo(ctx, shopURL) }
	return a, nil
}

func (a *App) printDemo(ctx context.Context, shopURL string) error {
	link, err := a.auth.DemoLink(ctx, "ana@tern-and-tide.example", "Ana")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Out, `
Ridealong demo

  1. You are Ana, the agent. Open (signed in, works once):
       %s/login#token=%s
  2. Press New session, then copy the link.
  3. Be the customer: open the link in another window (a private one shows it best) and press Allow.
     The shop opens; what happens there is on Ana's screen.

  The shop by itself: %s
  Stop with Ctrl+C. Restart the demo for a new link.

`, a.Config.PublicURL, link, shopURL)
	return err
}

// portOf an address that config has checked.
func portOf(address string) string { return address[strings.LastIndex(address, ":")+1:] }
