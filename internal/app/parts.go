package app

import (
	"ridealong/internal/metrics"
	"ridealong/internal/web"
	recorderjs "ridealong/recorder-js"
	"ridealong/relay"
	"ridealong/session"
	"ridealong/signaling"
	"ridealong/viewer"
	"ridealong/wire"
)

// oneProject is the project that the configuration describes.
type oneProject struct{ project session.Project }

func (p oneProject) Project(id string) (session.Project, bool) {
	return p.project, id == p.project.ID
}

func (p oneProject) Projects() []session.Project { return []session.Project{p.project} }

// iceServers is what a participant's browser gets.
func (a *App) iceServers(p session.Participant) (servers []wire.ICEServer, relayOnly bool) {
	if len(a.Config.STUN) > 0 {
		servers = append(servers, wire.ICEServer{URLs: a.Config.STUN})
	}
	return append(servers, a.relayServers(p)...), a.Config.RelayOnly
}

func (a *App) webConfig() web.Config {
	return web.Config{
		App: viewer.App(), Stage: web.Stage{Page: viewer.StagePage(), Script: viewer.StageScript()}, Recorder: recorderjs.Files(),
		HTTPS: a.secure(), E2E: a.Config.E2E, Origin: a.Config.PublicURL,
	}
}

func newMetrics() *metrics.Metrics {
	names := metrics.Names{DropReasons: signaling.DropReasons(), RelayDrops: relay.DropReasons()}
	for _, r := range []wire.Role{wire.RoleCustomer, wire.RoleAgent, wire.RoleObserver, wire.RoleArchiver} {
		names.Roles = append(names.Roles, string(r))
	}
	for _, c := range wire.CloseCodes {
		names.CloseCodes = append(names.CloseCodes, c.Name)
	}
	return metrics.New(names)
}
