package auth_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ridealong/internal/auth"
	"ridealong/internal/sqlstore"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is an Auth on a real store, with a clock that is moved by hand.
type desk struct {
	*auth.Auth
	store auth.Store
	now   time.Time
	log   bytes.Buffer
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "ridealong.db"))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	d := &desk{store: db.Accounts(), now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	d.Auth = auth.NewCheap(auth.Config{Store: d.store, Now: func() time.Time { return d.now }, Log: slog.New(slog.NewTextHandler(&d.log, nil))})
	return d
}

const (
	email    = "ana@shop.example"
	password = "correct horse battery"
	address  = "192.0.2.7"
)

// settled has one account.
func settled(t *testing.T) (*desk, auth.Account) {
	t.Helper()
	d := newDesk(t)
	token, _, err := d.SetupToken(t.Context())
	must(t, err)
	account, _, err := d.Setup(t.Context(), token, "Ana@Shop.example", " Ana ", password, address)
	must(t, err)
	return d, account
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

func TestTheFirstAccountIsMadeOnceByTheNewestToken(t *testing.T) {
	d := newDesk(t)
	old, wanted, err := d.SetupToken(t.Context())
	must(t, err)
	token, again, err := d.SetupToken(t.Context())
	must(t, err)
	if !wanted || !again || old == token || len(token) < 43 {
		t.Fatalf("tokens %q, %q", old, token)
	}
	for _, bad := range []string{"", "guess", old} {
		_, _, err = d.Setup(t.Context(), bad, email, "Ana", password, address)
		wants(t, err, auth.ErrDenied)
	}
	account, cookie, err := d.Setup(t.Context(), token, "Ana@Shop.example", " Ana ", password, address)
	must(t, err)
	if account.Email != email || account.Name != "Ana" || account.Role != auth.RoleAdmin || account.ID == "" {
		t.Errorf("%+v", account)
	}
	signedIn, err := d.Account(t.Context(), cookie)
	must(t, err)
	if signedIn != account {
		t.Errorf("signed in as %+v", signedIn)
	}
	if _, wanted, err := d.SetupToken(t.Context()); err != nil || wanted {
		t.Errorf("another first account is wanted: %v", err)
	}
	_, _, err = d.Setup(t.Context(), token, "eve@evil.example", "Eve", password, address)
	wants(t, err, auth.ErrDenied)
}

// A token that was printed at an earlier start and never used makes no second administrator.
func TestAnUnusedTokenIsWorthlessOnceThereIsAnAccount(t *testing.T) {
	d := newDesk(t)
	token, _, err := d.SetupToken(t.Context())
	must(t, err)
	_, err = d.DemoLink(t.Context(), email, "Ana")
	must(t, err)
	_, _, err = d.Setup(t.Context(), token, "eve@evil.example", "Eve", password, address)
	wants(t, err, auth.ErrDenied)
}

func TestOfManyWhoSetUpAtOnceOneIsFirst(t *testing.T) {
	d := newDesk(t)
	token, _, err := d.SetupToken(t.Context())
	must(t, err)
	ctx := context.WithoutCancel(t.Context())
	results := make(chan error, 10)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			_, _, err := d.Setup(ctx, token, email, "Ana", password, address)
			results <- err
		})
	}
	wg.Wait()
	close(results)
	first := 0
	for err := range results {
		if err == nil {
			first++
		} else {
			wants(t, err, auth.ErrDenied)
		}
	}
	if n, err := d.store.Accounts(ctx); err != nil || first != 1 || n != 1 {
		t.Errorf("%d were first, %d accounts, %v", first, n, err)
	}
}

func TestASetupTokenLivesADay(t *testing.T) {
	d := newDesk(t)
	token, _, err := d.SetupToken(t.Context())
	must(t, err)
	d.now = d.now.Add(24 * time.Hour)
	_, _, err = d.Setup(t.Context(), token, email, "Ana", password, address)
	wants(t, err, auth.ErrDenied)
}

func TestWhatPeopleTypeIsCheckedBeforeTheTokenIsUsed(t *testing.T) {
	d := newDesk(t)
	token, _, err := d.SetupToken(t.Context())
	must(t, err)
	for _, bad := range [][3]string{
		{"", "Ana", password}, {"ana", "Ana", password}, {"Ana <ana@shop.example>", "Ana", password}, {strings.Repeat("a", 200) + "@shop.example", "Ana", password},
		{email, " ", password}, {email, strings.Repeat("ä", 101), password}, {email, "Ana\x00", password}, {email, "\xff", password},
		{email, "Ana", "too short"}, {email, "Ana", "äöüßéèêëñ"}, {email, "Ana", strings.Repeat("x", 1001)},
	} {
		if _, _, err := d.Setup(t.Context(), token, bad[0], bad[1], bad[2], address); !errors.Is(err, auth.ErrInvalid) {
			t.Errorf("%.60q: %v", bad, err)
		}
	}
	_, _, err = d.Setup(t.Context(), token, email, strings.Repeat("ä", 100), password, address)
	must(t, err)
}

func TestSignInTakesTheRightPasswordOnly(t *testing.T) {
	d, account := settled(t)
	for _, bad := range [][2]string{
		{email, "wrong horse battery"}, {email, ""}, {"eve@evil.example", password}, {"", ""}, {email, strings.Repeat("x", 1_000_000)}, {"' OR 1=1 --", password},
	} {
		if _, cookie, err := d.SignIn(t.Context(), bad[0], bad[1], address); !errors.Is(err, auth.ErrDenied) || cookie != "" {
			t.Errorf("%.60q: %v", bad, err)
		}
	}
	got, cookie, err := d.SignIn(t.Context(), "ANA@shop.example", password, address)
	must(t, err)
	if got != account || len(cookie) < 43 {
		t.Errorf("%+v, cookie %q", got, cookie)
	}
	_, other, err := d.SignIn(t.Context(), email, password, address)
	must(t, err)
	if other == cookie {
		t.Error("two logins share a cookie")
	}
	if log := d.log.String(); strings.Contains(log, password) || strings.Contains(log, cookie) || strings.Contains(log, "wrong horse") {
		t.Errorf("the log tells secrets: %s", log)
	}
}

func TestTriesAreLimitedForEveryWayIn(t *testing.T) {
	d, _ := settled(t)
	d.now = d.now.Add(time.Hour)
	for range 20 {
		_, _, err := d.SignIn(t.Context(), email, "wrong horse battery", address)
		wants(t, err, auth.ErrDenied)
	}
	_, _, err := d.SignIn(t.Context(), email, password, address)
	wants(t, err, auth.ErrLimited)
	_, _, err = d.SignInOnce(t.Context(), "guess", address)
	wants(t, err, auth.ErrLimited)
	_, _, err = d.Setup(t.Context(), "guess", email, "Ana", password, address)
	wants(t, err, auth.ErrLimited)
	_, _, err = d.SignIn(t.Context(), email, password, "192.0.2.8")
	must(t, err)
}

// Who has no account, or one without a password, waits as long as who types a wrong one.
func TestAnUnknownAccountTakesAsLongAsAWrongPassword(t *testing.T) {
	d, _ := settled(t)
	d.Auth = auth.NewDear(auth.Config{Store: d.store, Now: func() time.Time { return d.now }})
	_, err := d.DemoLink(t.Context(), "linked@shop.example", "Linked")
	must(t, err)
	// Ana's password was hashed cheaply; one like the desk's own is needed to compare.
	must(t, d.store.CreateAccount(t.Context(), auth.Account{ID: "b", Email: "ben@shop.example", Name: "Ben", Role: auth.RoleAgent}, auth.HashDear(password), d.now))
	fastest := func(email string) time.Duration {
		best := time.Hour
		for range 7 {
			start := time.Now()
			_, _, err := d.SignIn(t.Context(), email, "wrong horse battery", address)
			best = min(best, time.Since(start))
			wants(t, err, auth.ErrDenied)
			d.now = d.now.Add(time.Minute)
		}
		return best
	}
	wrong := fastest("ben@shop.example")
	for _, email := range []string{"nobody@shop.example", "linked@shop.example"} {
		if took := fastest(email); took < wrong/2 || took > wrong*2 {
			t.Errorf("%s took %v, a wrong password %v", email, took, wrong)
		}
	}
}

func TestALoginEndsWhenItIsNotUsedAndAfterAWeek(t *testing.T) {
	for name, c := range map[string]struct {
		step  time.Duration // between uses
		steps int           // that work
	}{
		"unused":      {12 * time.Hour, 0},
		"nearly idle": {12*time.Hour - time.Second, 14}, // a week has 14 halves of a day
		"in use":      {time.Hour, 7*24 - 1},
	} {
		t.Run(name, func(t *testing.T) {
			d, account := settled(t)
			_, cookie, err := d.SignIn(t.Context(), email, password, address)
			must(t, err)
			for range c.steps {
				d.now = d.now.Add(c.step)
				got, err := d.Account(t.Context(), cookie)
				must(t, err)
				if got != account {
					t.Fatalf("%+v", got)
				}
			}
			d.now = d.now.Add(c.step)
			for range 2 {
				_, err = d.Account(t.Context(), cookie)
				wants(t, err, auth.ErrDenied)
			}
		})
	}
}

func TestSignOutForgetsThisLoginOnly(t *testing.T) {
	d, _ := settled(t)
	_, here, err := d.SignIn(t.Context(), email, password, address)
	must(t, err)
	_, there, err := d.SignIn(t.Context(), email, password, address)
	must(t, err)
	must(t, d.SignOut(t.Context(), here))
	must(t, d.SignOut(t.Context(), here))
	_, err = d.Account(t.Context(), here)
	wants(t, err, auth.ErrDenied)
	_, err = d.Account(t.Context(), there)
	must(t, err)
	for _, bad := range []string{"", "guess", strings.Repeat("x", 10_000)} {
		_, err = d.Account(t.Context(), bad)
		wants(t, err, auth.ErrDenied)
	}
}

func TestADemoLinkSignsInOnce(t *testing.T) {
	d := newDesk(t)
	old, err := d.DemoLink(t.Context(), email, "Ana")
	must(t, err)
	token, err := d.DemoLink(t.Context(), email, "Ana")
	must(t, err)
	_, _, err = d.SignInOnce(t.Context(), old, address)
	wants(t, err, auth.ErrDenied)
	account, cookie, err := d.SignInOnce(t.Context(), token, address)
	must(t, err)
	if got, err := d.Account(t.Context(), cookie); err != nil || got != account || got.Email != email {
		t.Errorf("%+v, %v", got, err)
	}
	_, _, err = d.SignInOnce(t.Context(), token, address)
	wants(t, err, auth.ErrDenied)
	late, err := d.DemoLink(t.Context(), email, "Ana")
	must(t, err)
	d.now = d.now.Add(24 * time.Hour)
	_, _, err = d.SignInOnce(t.Context(), late, address)
	wants(t, err, auth.ErrDenied)
	for _, guess := range []string{"", "none", "nobody has this password"} {
		_, _, err = d.SignIn(t.Context(), email, guess, address)
		wants(t, err, auth.ErrDenied)
	}
	if n, err := d.store.Accounts(t.Context()); err != nil || n != 1 {
		t.Errorf("%d accounts, %v", n, err)
	}
}

// lazy is a Store that does not note when a login was seen.
type lazy struct{ auth.Store }

var errLocked = errors.New("database is locked")

func (lazy) TouchLogin(context.Context, auth.Hash, time.Time) error { return errLocked }

func TestADatabaseThatIsBusySignsNobodyOut(t *testing.T) {
	d, _ := settled(t)
	d.Auth = auth.NewCheap(auth.Config{Store: lazy{d.store}, Now: func() time.Time { return d.now }})
	_, cookie, err := d.SignIn(t.Context(), email, password, address)
	must(t, err)
	d.now = d.now.Add(time.Hour)
	_, err = d.Account(t.Context(), cookie)
	must(t, err)
}

func TestTheCookieIsForThisHostAndNoScript(t *testing.T) {
	plain := auth.NewCheap(auth.Config{})
	secure := auth.NewCheap(auth.Config{Secure: true})
	for name, c := range map[string]struct {
		cookie       *http.Cookie
		name, header string
	}{
		"https":    {secure.Cookie("v"), "__Host-ridealong", "__Host-ridealong=v; Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=Strict"},
		"http":     {plain.Cookie("v"), "ridealong", "ridealong=v; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict"},
		"sign-out": {secure.Cookie(""), "__Host-ridealong", "__Host-ridealong=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict"},
	} {
		if got := c.cookie.String(); got != c.header || c.cookie.Name != c.name {
			t.Errorf("%s: %s", name, got)
		}
	}
}
