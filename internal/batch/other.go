//go:build !linux

package batch

import "context"

func listen(ctx context.Context, o Options) ([]Socket, error) { return listenPortable(ctx, o) }
