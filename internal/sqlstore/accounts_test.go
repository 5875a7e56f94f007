package sqlstore

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ridealong/internal/auth"
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 678_000, time.UTC)

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

func secret(name string) (h auth.Hash) {
	copy(h[:], name)
	return h
}

var ana = auth.Account{ID: "a", Email: "ana@shop.example", Name: "Ana Ærø", Role: auth.RoleAgent}

func TestAnAccountComesBackAsItWas(t *testing.T) {
	store := opened(t).Accounts()
	must(t, store.CreateAccount(t.Context(), ana, "hash", at))
	wants(t, store.CreateAccount(t.Context(), ana, "hash", at), auth.ErrConflict)
	wants(t, store.CreateAccount(t.Context(), auth.Account{ID: "b", Email: ana.Email}, "hash", at), auth.ErrConflict)
	byID, err := store.Account(t.Context(), "a")
	must(t, err)
	byEmail, hash, err := store.AccountByEmail(t.Context(), ana.Email)
	must(t, err)
	if byID != ana || byEmail != ana || hash != "hash" {
		t.Errorf("%+v, %+v, %q", byID, byEmail, hash)
	}
	_, err = store.Account(t.Context(), "b")
	wants(t, err, auth.ErrNotFound)
	_, _, err = store.AccountByEmail(t.Context(), "ben@shop.example")
	wants(t, err, auth.ErrNotFound)
	if n, err := store.Accounts(t.Context()); err != nil || n != 1 {
		t.Errorf("%d accounts, %v", n, err)
	}
}

func TestTheFirstAccountIsFirst(t *testing.T) {
	store := opened(t).Accounts()
	put := func(name string) {
		t.Helper()
		must(t, store.PutOneTime(t.Context(), auth.OneTime{Secret: secret(name), Purpose: "setup", ExpiresAt: at.Add(time.Hour)}))
	}
	put("one")
	wants(t, store.CreateFirst(t.Context(), secret("guess"), ana, "hash", at), auth.ErrNotFound)
	wants(t, store.CreateFirst(t.Context(), secret("one"), ana, "hash", at.Add(time.Hour)), auth.ErrNotFound)
	must(t, store.CreateFirst(t.Context(), secret("one"), ana, "hash", at))
	put("two")
	wants(t, store.CreateFirst(t.Context(), secret("two"), auth.Account{ID: "e", Email: "eve@evil.example"}, "hash", at), auth.ErrConflict)
	if n, err := store.Accounts(t.Context()); err != nil || n != 1 {
		t.Errorf("%d accounts, %v", n, err)
	}
	// A link of another purpose makes no account.
	empty := opened(t).Accounts()
	must(t, empty.PutOneTime(t.Context(), auth.OneTime{Secret: secret("l"), Purpose: "login", ExpiresAt: at.Add(time.Hour)}))
	wants(t, empty.CreateFirst(t.Context(), secret("l"), ana, "hash", at), auth.ErrNotFound)
}

func TestLoginsComeAndGo(t *testing.T) {
	store := opened(t).Accounts()
	must(t, store.CreateAccount(t.Context(), ana, "hash", at))
	put := func(name string, made, seen time.Time) auth.Login {
		t.Helper()
		l := auth.Login{Secret: secret(name), Account: "a", CreatedAt: made, SeenAt: seen}
		must(t, store.PutLogin(t.Context(), l))
		return l
	}
	l := put("kept", at, at)
	put("idle", at, at.Add(-2*time.Hour))
	put("old", at.Add(-3*time.Hour), at)
	put("gone", at, at)
	must(t, store.DropLogin(t.Context(), secret("gone")))
	must(t, store.TouchLogin(t.Context(), l.Secret, at.Add(time.Minute)))
	l.SeenAt = at.Add(time.Minute)
	got, err := store.Login(t.Context(), l.Secret)
	must(t, err)
	if diff := cmp.Diff(l, got); diff != "" {
		t.Error(diff)
	}
	for range 2 {
		for name, want := range map[string]error{"kept": nil, "idle": nil, "old": nil, "gone": auth.ErrNotFound, "never": auth.ErrNotFound} {
			_, err := store.Login(t.Context(), secret(name))
			wants(t, err, want)
		}
		must(t, store.DropStale(t.Context(), at.Add(-3*time.Hour), at.Add(-4*time.Hour), at))
	}
	must(t, store.DropStale(t.Context(), at.Add(-time.Hour), at.Add(-2*time.Hour), at))
	for name, want := range map[string]error{"kept": nil, "idle": auth.ErrNotFound, "old": auth.ErrNotFound} {
		_, err := store.Login(t.Context(), secret(name))
		wants(t, err, want)
	}
}

func TestAOneTimeSecretWorksOnceAndTheNewestOnly(t *testing.T) {
	store := opened(t).Accounts()
	put := func(name, purpose, account string) {
		t.Helper()
		must(t, store.PutOneTime(t.Context(), auth.OneTime{Secret: secret(name), Purpose: purpose, Account: account, ExpiresAt: at.Add(time.Hour)}))
	}
	take := func(name, purpose string, now time.Time, want error) {
		t.Helper()
		got, err := store.TakeOneTime(t.Context(), secret(name), purpose, now)
		wants(t, err, want)
		if err == nil && (got.Account != "a" || !got.ExpiresAt.Equal(at.Add(time.Hour))) {
			t.Errorf("%+v", got)
		}
	}
	put("before", "login", "a")
	put("one", "login", "a")
	put("other", "login", "b") // another account's does not replace it
	put("setup", "setup", "")
	take("before", "login", at, auth.ErrNotFound)
	take("one", "setup", at, auth.ErrNotFound)
	take("one", "login", at.Add(time.Hour), auth.ErrNotFound)
	take("one", "login", at, nil)
	take("one", "login", at, auth.ErrNotFound)
	put("two", "login", "a")
	must(t, store.DropStale(t.Context(), at, at, at.Add(time.Hour)))
	take("two", "login", at, auth.ErrNotFound)
}
