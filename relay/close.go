package relay

import "errors"

// Close closes the sockets of a server that does not run.
func (s *Server) Close() error {
	var problems []error
	for _, d := range s.udp {
		problems = append(problems, d.Close())
	}
	for _, l := range s.tcp {
		problems = append(problems, l.Close())
	}
	return errors.Join(problems...)
}
