package api

import (
	"encoding/base64"
	"errors"
	"math"
	"time"

	"ridealong/session"
	"ridealong/wire"
)

// consentText is the version of the words on the consent page; a change of the words is a new version.
const consentText = "2026-12-01"

type joinBody struct {
	Auth    string
	Code    string
	Consent wire.Consent
}

// way reads how the customer comes in: exactly one of the two.
func (b joinBody) way() (session.Way, error) {
	if (b.Auth == "") == (b.Code == "") {
		return session.Way{}, problemBody
	}
	if b.Code != "" {
		return session.Way{Code: b.Code}, nil
	}
	secret, err := base64.RawURLEncoding.DecodeString(b.Auth)
	if err != nil || len(secret) != 16 {
		return session.Way{}, problemGone
	}
	return session.Way{Auth: secret}, nil
}

func (a *api) way(r *request) (session.Way, wire.Consent, error) {
	var body joinBody
	if err := decode(r, maxJoinBody, &body); err != nil {
		return session.Way{}, wire.Consent{}, err
	}
	w, err := body.way()
	return w, body.Consent, err
}

// gone gives one answer for unknown, expired and ended.
func gone(err error) error {
	if errors.Is(err, session.ErrNotFound) || errors.Is(err, session.ErrEnded) {
		return problemGone
	}
	return err
}

func (a *api) peek(r *request) (any, error) {
	w, _, err := a.way(r)
	if err != nil {
		return nil, err
	}
	invitation, err := a.Service.Peek(r.Context(), w)
	if err != nil {
		return nil, gone(err)
	}
	origin, _ := session.OriginOf(invitation.Session.Page)
	return struct {
		Organisation string    `json:"organisation"`
		Agent        string    `json:"agent"`
		Page         string    `json:"page"`
		Origin       string    `json:"origin"`
		ExpiresAt    time.Time `json:"expiresAt"`
		TextVersion  string    `json:"textVersion"`
		KeepDays     *int      `json:"keepDays,omitempty"` // how long a recording is kept, 0 for no end; absent where none can be
	}{a.Organisation, invitation.Agent, invitation.Session.Page, origin, invitation.Session.ExpiresAt, consentText, a.keepDays()}, nil
}

// keepDays of a recording, nil where there is none.
func (a *api) keepDays() *int {
	if a.Recordings == nil {
		return nil
	}
	days := int(math.Ceil(a.Keep.Hours() / 24))
	return &days
}

func (a *api) claim(r *request) (any, error) {
	w, consent, err := a.way(r)
	if err != nil {
		return nil, err
	}
	if consent.TextVersion != consentText {
		return nil, problemOldText
	}
	consent.Record = consent.Record && a.Recordings != nil
	claimed, err := a.Service.Claim(r.Context(), w, consent)
	if err != nil {
		return nil, gone(err)
	}
	return map[string]string{"handoff": claimed.Handoff, "page": claimed.Session.Page}, nil
}
