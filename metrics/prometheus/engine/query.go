package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/util/annotations"
)

type queryRequest struct {
	Query           string
	TimeMs          int64
	StartMs         int64
	EndMs           int64
	StepMs          int64
	TimeoutMs       int64
	LookbackDeltaMs int64
	Limit           int
}

var errTruncated = errors.New("results truncated due to limit")

func (e *engine) query(r *queryRequest) answer {
	return e.run(r, func(ctx context.Context, opts promql.QueryOpts) (promql.Query, error) {
		return e.promql.NewInstantQuery(ctx, e.store, opts, r.Query, time.UnixMilli(r.TimeMs).UTC())
	})
}

func (e *engine) queryRange(r *queryRequest) answer {
	if r.StepMs < 1 {
		return invalidParameter("step", errors.New("a resolution below 1ms is not supported"))
	}
	return e.run(r, func(ctx context.Context, opts promql.QueryOpts) (promql.Query, error) {
		start, end := time.UnixMilli(r.StartMs).UTC(), time.UnixMilli(r.EndMs).UTC()
		return e.promql.NewRangeQuery(ctx, e.store, opts, r.Query, start, end, time.Duration(r.StepMs)*time.Millisecond)
	})
}

func (e *engine) run(r *queryRequest, prepare func(context.Context, promql.QueryOpts) (promql.Query, error)) answer {
	err := e.checkBounds(r.Query, time.Duration(r.EndMs-r.StartMs)*time.Millisecond)
	if isTooManySamples(err) {
		return failed("execution", err)
	}
	if err != nil {
		return invalidParameter("query", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.TimeoutMs)*time.Millisecond)
	defer cancel()
	query, err := prepare(ctx, promql.NewPrometheusQueryOpts(false, time.Duration(r.LookbackDeltaMs)*time.Millisecond))
	if err != nil {
		return invalidParameter("query", err)
	}
	defer query.Close()
	result := query.Exec(ctx)
	if result.Err != nil {
		return failed(errorTypeOf(result.Err), result.Err)
	}
	value, truncated := truncate(result.Value, r.Limit)
	if truncated {
		result.Warnings.Add(errTruncated)
	}
	data, err := queryJSON(value)
	if err != nil {
		return failed("execution", err)
	}
	return succeeded(data, r.Query, result.Warnings)
}

func succeeded(data []byte, query string, notes annotations.Annotations) answer {
	warnings, infos := notes.AsStrings(query, 10, 10)
	return answer{head: answerHead{OK: true, Warnings: nonNil(warnings), Infos: nonNil(infos)}, data: data}
}

func failed(errorType string, err error) answer {
	return answer{head: answerHead{ErrorType: errorType, Error: err.Error()}}
}

func invalidParameter(name string, err error) answer {
	return failed("bad_data", fmt.Errorf("invalid parameter %q: %w", name, err))
}

func errorTypeOf(err error) string {
	var canceled promql.ErrQueryCanceled
	var timeout promql.ErrQueryTimeout
	var storage promql.ErrStorage
	switch {
	case errors.As(err, &canceled), errors.Is(err, context.Canceled):
		return "canceled"
	case errors.As(err, &timeout):
		return "timeout"
	case errors.As(err, &storage):
		return "internal"
	}
	return "execution"
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
