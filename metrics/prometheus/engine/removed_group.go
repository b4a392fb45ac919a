package main

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/prometheus/rules"
)

// A group that a reload removed. As upstream does, its series end at the time of their removal, but two intervals later: what
// another group has taken over until then goes on.
type removedGroup struct {
	// A successor without rules: all that its predecessor wrote goes stale when it is evaluated.
	*rules.Group
	at    time.Time
	dueMs int64
}

// Notes the groups that are not among the new ones.
func (e *engine) remove(loaded map[string]*rules.Group, options *rules.ManagerOptions) {
	for _, before := range e.groups {
		if _, stays := loaded[rules.GroupKey(before.File(), before.Name())]; stays {
			continue
		}
		successor := rules.NewGroup(rules.GroupOptions{
			Name: before.Name(), File: before.File(), Interval: before.Interval(), Opts: options,
		})
		successor.CopyState(before.Group)
		// After its last samples, which may be of this very millisecond.
		atMs := e.nowMs + 1
		e.removed = append(e.removed, &removedGroup{successor, time.UnixMilli(atMs).UTC(), atMs + 2*before.Interval().Milliseconds()})
	}
}

// Lets the engine know what time it is, and does what is due.
func (e *engine) passTime(ms int64) {
	e.nowMs = max(e.nowMs, ms)
	e.removed = slices.DeleteFunc(e.removed, func(group *removedGroup) bool {
		due := group.dueMs <= e.nowMs
		if due {
			group.Eval(context.Background(), group.at)
		}
		return due
	})
}
