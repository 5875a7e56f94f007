// Package auth signs agents in: local accounts, server-side logins, one-time links.
//
// Guarantees: passwords are kept as argon2id, every other secret as SHA-256 of 32 random bytes; an unknown account takes as long
// as a wrong password; at most two passwords are hashed at a time; tries are limited by address; the one-time link to the first
// account makes no second one, and a new one-time link ends the one before it.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Errors that callers branch on.
var (
	ErrNotFound = errors.New("auth: not found")
	ErrConflict = errors.New("auth: exists already")
	ErrDenied   = errors.New("auth: wrong e-mail or password")
	ErrLimited  = errors.New("auth: too many tries")
	ErrInvalid  = errors.New("auth: invalid")
)

// Roles of accounts.
const (
	RoleAdmin = "admin"
	RoleAgent = "agent"
)

// Account of an agent.
type Account struct {
	ID, Email, Name, Role string
}

// Hash of a secret.
type Hash [32]byte

// Login is one signed-in browser.
type Login struct {
	Secret            Hash
	Account           string
	CreatedAt, SeenAt time.Time
}

// OneTime is a secret that works once.
type OneTime struct {
	Secret    Hash
	Purpose   string // purposeSetup, purposeLogin
	Account   string
	ExpiresAt time.Time
}

const (
	purposeSetup = "setup" // CreateFirst takes it
	purposeLogin = "login"
)

// Store keeps accounts and logins; ErrNotFound and ErrConflict are its words. Every method is one transaction.
type Store interface {
	CreateAccount(ctx context.Context, a Account, password string, now time.Time) error
	// CreateFirst makes the first account and uses the setup's secret up: ErrNotFound when that is unknown or expired, ErrConflict
	// when there is an account.
	CreateFirst(ctx context.Context, setup Hash, a Account, password string, now time.Time) error
	Account(ctx context.Context, id string) (Account, error)
	// AccountByEmail also gives the password's hash.
	AccountByEmail(ctx context.Context, email string) (Account, string, error)
	Accounts(ctx context.Context) (int, error)
	PutLogin(ctx context.Context, l Login) error
	Login(ctx context.Context, secret Hash) (Login, error)
	TouchLogin(ctx context.Context, secret Hash, now time.Time) error
	DropLogin(ctx context.Context, secret Hash) error
	// DropStale forgets logins not seen since, logins made before, and one-time secrets that have expired.
	DropStale(ctx context.Context, seen, made, now time.Time) error
	// PutOneTime takes the place of the one before it with the same purpose and account.
	PutOneTime(ctx context.Context, o OneTime) error
	TakeOneTime(ctx context.Context, secret Hash, purpose string, now time.Time) (OneTime, error)
}

// Config of Auth.
type Config struct {
	Store  Store
	Now    func() time.Time
	Log    *slog.Logger
	Secure bool // the server is reached by HTTPS

	cost cost // of passwords; tests take a cheap one
}

// Auth signs agents in.
type Auth struct {
	c      Config
	hashes chan struct{} // a place for each password that is being hashed
	tries  *tries
	nobody string // a hash to compare with when there is no account
}

// How long a login lasts without use, and at most.
const (
	idleLife  = 12 * time.Hour
	loginLife = 7 * 24 * time.Hour
	touchStep = 5 * time.Minute
)

// New fills in defaults.
func New(c Config) *Auth {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.cost == (cost{}) {
		c.cost = standard
	}
	return &Auth{c: c, hashes: make(chan struct{}, 2), tries: newTries(c.Now), nobody: hashPassword("nobody has this password", c.cost)}
}

func hashOf(secret string) Hash { return sha256.Sum256([]byte(secret)) }

func newSecret() (string, Hash) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it does not fail
	s := base64.RawURLEncoding.EncodeToString(b[:])
	return s, hashOf(s)
}

// SetupToken makes the one-time token for the first account; wanted is false when there is an account.
func (a *Auth) SetupToken(ctx context.Context) (token string, wanted bool, err error) {
	n, err := a.c.Store.Accounts(ctx)
	if err != nil || n > 0 {
		return "", false, err
	}
	token, hash := newSecret()
	return token, true, a.c.Store.PutOneTime(ctx, OneTime{Secret: hash, Purpose: purposeSetup, ExpiresAt: a.c.Now().Add(24 * time.Hour)})
}

// Setup makes the first account and signs it in. Once there is one, no token does it again.
func (a *Auth) Setup(ctx context.Context, token, email, name, password, address string) (Account, string, error) {
	if !a.tries.allow(address) {
		return Account{}, "", ErrLimited
	}
	if err := check(email, name, password); err != nil {
		return Account{}, "", err
	}
	n, err := a.c.Store.Accounts(ctx)
	if err != nil {
		return Account{}, "", err
	}
	if n > 0 {
		return Account{}, "", ErrDenied
	}
	account := newAccount(email, name, RoleAdmin)
	hash, err := a.hash(ctx, password)
	if err != nil {
		return Account{}, "", err
	}
	if err := a.c.Store.CreateFirst(ctx, hashOf(token), account, hash, a.c.Now()); err != nil {
		a.c.Log.Warn("setup refused", "address", address)
		if errors.Is(err, ErrConflict) {
			err = ErrDenied
		}
		return Account{}, "", denied(err)
	}
	a.c.Log.Info("first account made", "account", account.ID)
	return a.signIn(ctx, account)
}

const (
	maxEmail    = 200
	maxPassword = 1000
)

// check says what is wrong in words for people.
func check(email, name, password string) error {
	if parsed, err := mail.ParseAddress(email); err != nil || parsed.Address != email || len(email) > maxEmail {
		return fmt.Errorf("%w: this is not an e-mail address", ErrInvalid)
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(name)); n == 0 || n > 100 || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return fmt.Errorf("%w: a name of 1 to 100 characters is needed", ErrInvalid)
	}
	if utf8.RuneCountInString(password) < 10 {
		return fmt.Errorf("%w: a password needs at least 10 characters", ErrInvalid)
	}
	if len(password) > maxPassword {
		return fmt.Errorf("%w: this password is too long", ErrInvalid)
	}
	return nil
}

func newAccount(email, name, role string) Account {
	_, id := newSecret()
	return Account{ID: base64.RawURLEncoding.EncodeToString(id[:12]), Email: strings.ToLower(email), Name: strings.TrimSpace(name), Role: role}
}

// hash waits for one of the places: argon2id takes 64 MiB.
func (a *Auth) hash(ctx context.Context, password string) (string, error) {
	select {
	case a.hashes <- struct{}{}:
		defer func() { <-a.hashes }()
		return hashPassword(password, a.c.cost), nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (a *Auth) verify(ctx context.Context, hash, password string) (bool, error) {
	select {
	case a.hashes <- struct{}{}:
		defer func() { <-a.hashes }()
		return verifyPassword(hash, password), nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

func denied(err error) error {
	if errors.Is(err, ErrNotFound) {
		return ErrDenied
	}
	return err
}

// SignIn by e-mail and password; the cookie's value.
func (a *Auth) SignIn(ctx context.Context, email, password, address string) (Account, string, error) {
	if !a.tries.allow(address) {
		return Account{}, "", ErrLimited
	}
	if len(password) > maxPassword || len(email) > maxEmail {
		return Account{}, "", ErrDenied
	}
	account, hash, err := a.c.Store.AccountByEmail(ctx, strings.ToLower(email))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Account{}, "", err
	}
	// Without an account, or with one that has no password, another hash takes the same time.
	_, unusable := parseHash(hash)
	if unusable != nil {
		hash = a.nobody
	}
	right, err := a.verify(ctx, hash, password)
	if err != nil {
		return Account{}, "", err
	}
	if unusable != nil || !right {
		a.c.Log.Warn("sign-in refused", "address", address)
		return Account{}, "", ErrDenied
	}
	return a.signIn(ctx, account)
}

// SignInOnce by a one-time link's token.
func (a *Auth) SignInOnce(ctx context.Context, token, address string) (Account, string, error) {
	if !a.tries.allow(address) {
		return Account{}, "", ErrLimited
	}
	once, err := a.c.Store.TakeOneTime(ctx, hashOf(token), purposeLogin, a.c.Now())
	if err != nil {
		return Account{}, "", denied(err)
	}
	account, err := a.c.Store.Account(ctx, once.Account)
	if err != nil {
		return Account{}, "", denied(err)
	}
	return a.signIn(ctx, account)
}

// DemoLink makes (once) an agent's account that has no usable password and returns the token of a one-time sign-in.
func (a *Auth) DemoLink(ctx context.Context, email, name string) (string, error) {
	account, _, err := a.c.Store.AccountByEmail(ctx, email)
	if errors.Is(err, ErrNotFound) {
		account = newAccount(email, name, RoleAdmin)
		err = a.c.Store.CreateAccount(ctx, account, noPassword, a.c.Now())
	}
	if err != nil {
		return "", err
	}
	token, hash := newSecret()
	return token, a.c.Store.PutOneTime(ctx, OneTime{Secret: hash, Purpose: purposeLogin, Account: account.ID, ExpiresAt: a.c.Now().Add(24 * time.Hour)})
}

func (a *Auth) signIn(ctx context.Context, account Account) (Account, string, error) {
	secret, hash := newSecret()
	now := a.c.Now()
	if err := a.c.Store.DropStale(ctx, now.Add(-idleLife), now.Add(-loginLife), now); err != nil {
		a.c.Log.Warn("forget old logins", "error", err)
	}
	if err := a.c.Store.PutLogin(ctx, Login{Secret: hash, Account: account.ID, CreatedAt: now, SeenAt: now}); err != nil {
		return Account{}, "", err
	}
	a.c.Log.Info("signed in", "account", account.ID)
	return account, secret, nil
}

// Account of a cookie's value; ErrDenied when it is none of ours or too old.
func (a *Auth) Account(ctx context.Context, cookie string) (Account, error) {
	if cookie == "" {
		return Account{}, ErrDenied
	}
	secret := hashOf(cookie)
	login, err := a.c.Store.Login(ctx, secret)
	if err != nil {
		return Account{}, denied(err)
	}
	now := a.c.Now()
	if now.Sub(login.SeenAt) >= idleLife || now.Sub(login.CreatedAt) >= loginLife {
		return Account{}, errors.Join(ErrDenied, a.c.Store.DropLogin(ctx, secret))
	}
	if now.Sub(login.SeenAt) > touchStep {
		if err := a.c.Store.TouchLogin(ctx, secret, now); err != nil { // costs at most an early sign-out
			a.c.Log.Warn("note that a login was seen", "error", err)
		}
	}
	account, err := a.c.Store.Account(ctx, login.Account)
	return account, denied(err)
}

// SignOut forgets a cookie's value.
func (a *Auth) SignOut(ctx context.Context, cookie string) error {
	return a.c.Store.DropLogin(ctx, hashOf(cookie))
}

// CookieName of the login; the prefix makes browsers insist on HTTPS and on this host.
func (a *Auth) CookieName() string {
	if a.c.Secure {
		return "__Host-ridealong"
	}
	return "ridealong"
}

// Cookie carries a login, or with an empty value takes it away.
func (a *Auth) Cookie(value string) *http.Cookie {
	c := &http.Cookie{Name: a.CookieName(), Value: value, Path: "/", HttpOnly: true, Secure: a.c.Secure, SameSite: http.SameSiteStrictMode, MaxAge: int(loginLife.Seconds())}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}
