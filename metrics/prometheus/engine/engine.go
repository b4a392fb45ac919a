package main

import (
	"fmt"
	"runtime/debug"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

// Everything that outlives a call.
type engine struct {
	store        *store
	parser       parser.Parser
	promql       *promql.Engine
	targets      map[string]*target
	groups       []*ruleGroup
	removed      []*removedGroup
	loadedBefore bool
	// Of subqueries that name none.
	subqueryStep time.Duration
	// The latest time that a scrape or an evaluation was at.
	nowMs int64
}

type limits struct {
	MaxSeries       int
	MaxSamples      int
	MaxQuerySamples int
	LookbackDeltaMs int64
	QueryTimeoutMs  int64
	SubqueryStepMs  int64
}

func newEngine(l *limits) *engine {
	promqlParser := parser.NewParser(parser.Options{})
	e := &engine{
		store:        newStore(l.MaxSeries, l.MaxSamples),
		parser:       promqlParser,
		targets:      map[string]*target{},
		subqueryStep: time.Duration(l.SubqueryStepMs) * time.Millisecond,
	}
	e.promql = promql.NewEngine(promql.EngineOpts{
		MaxSamples:               l.MaxQuerySamples,
		Timeout:                  time.Duration(l.QueryTimeoutMs) * time.Millisecond,
		LookbackDelta:            time.Duration(l.LookbackDeltaMs) * time.Millisecond,
		NoStepSubqueryIntervalFn: func(int64) int64 { return e.subqueryStep.Milliseconds() },
		EnableAtModifier:         true,
		EnableNegativeOffset:     true,
		Parser:                   promqlParser,
	})
	return e
}

// The release of Prometheus that is linked: v0.313.5 as a Go module is 3.13.5.
func release() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		var major, minor, patch int
		if module.Path == "github.com/prometheus/prometheus" {
			if _, err := fmt.Sscanf(module.Version, "v0.%1d%2d.%d", &major, &minor, &patch); err == nil {
				return fmt.Sprintf("%d.%d.%d", major, minor, patch)
			}
		}
	}
	return "unknown"
}
