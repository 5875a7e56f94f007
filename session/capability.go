package session

import (
	"slices"
	"time"

	"ridealong/wire"
)

// roleMay lists what each role can be given. A grant beyond it counts for nothing, whoever wrote it.
var roleMay = map[wire.Role][]Capability{
	wire.RoleCustomer: nil, // the page is theirs already
	wire.RoleAgent:    {CapView, CapPoint, CapControl, CapNavigate},
	wire.RoleObserver: {CapView},
	wire.RoleArchiver: {CapView, CapRecord},
}

// Capabilities lists all there are.
var Capabilities = []Capability{CapView, CapPoint, CapControl, CapNavigate, CapRecord}

// May says whether p has a capability now.
func (s *Service) May(p Participant, c Capability, now time.Time) bool {
	if !slices.Contains(roleMay[p.Role], c) {
		return false
	}
	return slices.ContainsFunc(p.Grants, func(g Grant) bool {
		return g.Capability == c && !now.Before(g.At) && (g.Until.IsZero() || now.Before(g.Until))
	})
}
