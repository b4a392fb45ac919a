package promql

import (
	"context"
	"time"
)

// In WebAssembly nothing runs beside an evaluation, not even the timer that would end its context. So look at the clock.
func contextDone(ctx context.Context, env string) error {
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		return contextErr(context.DeadlineExceeded, env)
	}
	return contextDoneByItself(ctx, env)
}
