package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

// Upstream has no such limits, and does badly without: planning takes the square of the depth, and per step of a subquery it
// takes 16 bytes before there is a single sample.
const (
	maxQueryBytes    = 32 << 10
	maxDepth         = 1000
	maxSubquerySteps = 10_000_000
)

var (
	errTooLong = fmt.Errorf("longer than %d bytes", maxQueryBytes)
	errTooDeep = fmt.Errorf("nested deeper than %d levels", maxDepth)
)

// Refuses what would keep the parser busy for minutes: its time is the square of the length.
type shortParser struct{ parser.Parser }

func (p shortParser) ParseExpr(query string) (parser.Expr, error) {
	if len(query) > maxQueryBytes {
		return nil, errTooLong
	}
	return p.Parser.ParseExpr(query)
}

// What an expression costs before it has a single sample.
type cost struct {
	engine        *engine
	subquerySteps int64
	tooDeep       bool
}

// Why a query is refused. span is the time from its first to its last step.
func (e *engine) checkBounds(query string, span time.Duration) error {
	if len(query) > maxQueryBytes {
		return errTooLong
	}
	expression, err := e.parser.ParseExpr(query)
	if err != nil {
		return nil // The engine says it better.
	}
	total := cost{engine: e}
	total.add(expression, 0, span)
	if total.tooDeep {
		return errTooDeep
	}
	if total.subquerySteps > maxSubquerySteps {
		return promql.ErrTooManySamples("query execution")
	}
	return nil
}

func (c *cost) add(node parser.Node, depth int, reach time.Duration) {
	if c.tooDeep = c.tooDeep || depth > maxDepth; c.tooDeep {
		return
	}
	if subquery, ok := node.(*parser.SubqueryExpr); ok {
		step := subquery.Step
		if step == 0 {
			step = c.engine.subqueryStep
		}
		reach += subquery.Range
		c.subquerySteps += int64(reach / max(time.Millisecond, step))
	}
	for child := range parser.ChildrenIter(node) {
		c.add(child, depth+1, reach)
	}
}

func isTooManySamples(err error) bool {
	var tooMany promql.ErrTooManySamples
	return errors.As(err, &tooMany)
}
