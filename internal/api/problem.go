package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"ridealong/internal/auth"
	"ridealong/recording"
	"ridealong/session"
)

// problem is an RFC 9457 error: Code for programs, Detail for people.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (p *problem) Error() string { return "api: " + p.Code }

func newProblem(status int, code, detail string) *problem {
	return &problem{"about:blank", http.StatusText(status), status, code, detail}
}

var (
	problemNotFound    = newProblem(http.StatusNotFound, "not-found", "There is nothing here.")
	problemGone        = newProblem(http.StatusNotFound, "gone", "This link or code is not valid any more. Ask the person you talk to for a new one.")
	problemClaimed     = newProblem(http.StatusConflict, "claimed", "Somebody else has opened this link already. Ask the person you talk to for a new one.")
	problemSignedOut   = newProblem(http.StatusUnauthorized, "signed-out", "You are signed out. Sign in to go on.")
	problemDenied      = newProblem(http.StatusUnauthorized, "denied", "The e-mail or the password is wrong, or the link was used before.")
	problemForbidden   = newProblem(http.StatusForbidden, "forbidden", "Your account may not do this.")
	problemCrossOrigin = newProblem(http.StatusForbidden, "cross-origin", "This request does not come from the server's own pages.")
	problemTooMany     = newProblem(http.StatusTooManyRequests, "too-many", "Too many tries. Wait a minute and try again.")
	problemTooLarge    = newProblem(http.StatusRequestEntityTooLarge, "too-large", "This request is too large.")
	problemBody        = newProblem(http.StatusBadRequest, "bad-request", "The request could not be read.")
	problemEnded       = newProblem(http.StatusGone, "ended", "This session has ended.")
	problemExists      = newProblem(http.StatusConflict, "exists", "There is an account with this e-mail already.")
	problemOldText     = newProblem(http.StatusConflict, "old-text", "This page is out of date. Reload it.")
	problemHeld        = newProblem(http.StatusConflict, "held", "This recording is on hold. Take the hold off to delete it.")
	problemInternal    = newProblem(http.StatusInternalServerError, "internal", "The server met an error. Try again in a moment.")
)

// known gives each error that a part returns its problem. The order matters where errors wrap each other: it does not.
var known = map[error]*problem{
	session.ErrNotFound: problemNotFound, session.ErrClaimed: problemClaimed, session.ErrEnded: problemEnded, session.ErrForbidden: problemForbidden,
	auth.ErrDenied: problemDenied, auth.ErrLimited: problemTooMany, auth.ErrConflict: problemExists,
	recording.ErrNotFound: problemNotFound, recording.ErrHeld: problemHeld,
}

func problemOf(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	for e, p := range known {
		if errors.Is(err, e) {
			return p
		}
	}
	// The message behind these is written for people.
	for _, e := range []error{session.ErrInvalid, auth.ErrInvalid, recording.ErrInvalid} {
		if errors.Is(err, e) {
			detail := strings.TrimPrefix(err.Error(), e.Error()+": ")
			return newProblem(http.StatusUnprocessableEntity, "invalid", strings.ToUpper(detail[:1])+detail[1:]+".")
		}
	}
	return problemInternal
}

// fail sends the problem and logs what is ours to mend.
func (a *api) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err)
	if p == problemInternal {
		a.Log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	if p.Status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "60")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}
