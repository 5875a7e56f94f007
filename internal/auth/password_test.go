package auth

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

var cheap = cost{memory: 64, passes: 1, lanes: 1}

func TestAPasswordFitsItsHashOnly(t *testing.T) {
	hash := hashPassword("correct horse", cheap)
	if !verifyPassword(hash, "correct horse") {
		t.Error("the password does not fit")
	}
	for _, other := range []string{"", "correct hors", "Correct horse", "correct horse ", hash} {
		if verifyPassword(hash, other) {
			t.Errorf("%q fits too", other)
		}
	}
	if hashPassword("correct horse", cheap) == hash {
		t.Error("two hashes share their salt")
	}
}

// The form is the one other programs read, with costs as RFC 9106 wants them.
func TestTheHashIsPHC(t *testing.T) {
	if hash := hashPassword("x", standard); !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,p=1$") || !verifyPassword(hash, "x") {
		t.Errorf("hash %q", hash)
	}
	// From the tests of the reference implementation.
	if !verifyPassword("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password") {
		t.Error("a hash of the reference implementation does not fit")
	}
}

func TestWhatIsNotOurHashFitsNothing(t *testing.T) {
	good := hashPassword("x", cheap)
	for name, bad := range map[string]string{
		"empty": "", "no password": noPassword, "another kind": strings.Replace(good, "argon2id", "argon2i", 1), "another version": strings.Replace(good, "v=19", "v=16", 1),
		"no memory": strings.Replace(good, "m=64", "m=0", 1), "endless memory": strings.Replace(good, "m=64", "m=4194304", 1), "no passes": strings.Replace(good, "t=1", "t=0", 1),
		"endless passes": strings.Replace(good, "t=1", "t=4000000000", 1), "no lanes": strings.Replace(good, "p=1", "p=0", 1), "too many lanes": strings.Replace(good, "p=1", "p=255", 1),
		"more costs": strings.Replace(good, "p=1", "p=1,x=1", 1), "cut": good[:len(good)-30], "no key": good[:strings.LastIndex(good, "$")+1], "more": good + "$x", "before": "x" + good,
	} {
		if _, err := parseHash(bad); err == nil || verifyPassword(bad, "x") {
			t.Errorf("%s: %q is taken", name, bad)
		}
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add(hashPassword("x", cheap))
	f.Add("$argon2id$v=19$m=64,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, phc string) {
		k, err := parseHash(phc)
		if err == nil && (k.memory > most.memory || k.passes > most.passes || k.lanes < 1 || len(k.salt) < 8 || len(k.key) < 16) {
			t.Errorf("%q is taken as %+v", phc, k)
		}
	})
}

func TestPasswordsAreHashedTwoAtATime(t *testing.T) {
	a := NewCheap(Config{})
	a.hashes <- struct{}{}
	a.hashes <- struct{}{} // both places are taken
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := a.verify(ctx, a.nobody, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third was hashed: %v", err)
	}
	if _, err := a.hash(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third was hashed: %v", err)
	}
	<-a.hashes
	if _, err := a.hash(t.Context(), "x"); err != nil {
		t.Error(err)
	}
}

func TestAnAddressIsOneHousehold(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "192.0.2.7:4321": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8::1": "2001:db8::/64", "[2001:db8::2]:80": "2001:db8::/64",
		"2001:db8:0:1::1": "2001:db8:0:1::/64", "fe80::1%eth0": "fe80::/64", "pipe": "pipe",
	} {
		if got := AddressKey(in); got != want {
			t.Errorf("%s counts as %s, want %s", in, got, want)
		}
	}
}

func TestTriesAreLimitedByAddress(t *testing.T) {
	now := time.Unix(0, 0)
	tries := newTries(func() time.Time { return now })
	for i := range 20 {
		if !tries.allow("192.0.2.7") {
			t.Fatalf("try %d is refused", i)
		}
	}
	if tries.allow("192.0.2.7") || !tries.allow("192.0.2.8") {
		t.Error("the limit is not the address's")
	}
	now = now.Add(3 * time.Second)
	if !tries.allow("192.0.2.7") || tries.allow("192.0.2.7") {
		t.Error("one more try every three seconds")
	}
	for i := range 20_000 { // many others come by; who goes on trying is not forgotten
		if i%1000 == 0 {
			tries.allow("192.0.2.7")
		}
		tries.allow("198.51.100.1:" + time.Duration(i).String())
	}
	if tries.allow("192.0.2.7") {
		t.Error("the address was forgotten")
	}
	if n := tries.limiters.Len(); n > 10_000 {
		t.Errorf("%d addresses are kept", n)
	}
}
