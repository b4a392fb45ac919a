package main

import (
	"context"
	"errors"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

type selectionRequest struct {
	Label    string
	Matchers []string
	StartMs  int64
	EndMs    int64
	Limit    int
}

func (e *engine) series(r *selectionRequest) answer {
	sets, err := e.parseMatchers(r.Matchers)
	if err != nil {
		return invalidParameter("match[]", err)
	}
	found := []*series{}
	for _, matchers := range sets {
		for one := range e.store.matching(matchers) {
			// Upstream's newest chunk of a series is open: it reaches to the end of time.
			if len(one.points) > 0 && one.points[0].t <= r.EndMs {
				found = append(found, one)
			}
		}
	}
	if len(sets) > 1 {
		slices.SortFunc(found, byLabels)
		found = slices.Compact(found)
	}
	all := make([]labels.Labels, 0, len(found))
	for _, one := range found {
		all = append(all, one.labels)
	}
	return limited(all, r.Limit)
}

func (e *engine) labelNames(r *selectionRequest) answer {
	return e.labelStrings(r, func(q storage.Querier, matchers []*labels.Matcher) []string {
		names, _, _ := q.LabelNames(context.Background(), nil, matchers...)
		return names
	})
}

func (e *engine) labelValues(r *selectionRequest) answer {
	return e.labelStrings(r, func(q storage.Querier, matchers []*labels.Matcher) []string {
		values, _, _ := q.LabelValues(context.Background(), r.Label, nil, matchers...)
		return values
	})
}

func (e *engine) labelStrings(r *selectionRequest, list func(storage.Querier, []*labels.Matcher) []string) answer {
	sets, err := e.parseMatchers(r.Matchers)
	if err != nil {
		return failed("bad_data", err)
	}
	if len(sets) == 0 {
		sets = [][]*labels.Matcher{nil}
	}
	found := []string{}
	for _, matchers := range sets {
		found = append(found, list(querier{e.store, r.StartMs, r.EndMs}, matchers)...)
	}
	slices.Sort(found)
	return limited(slices.Compact(found), r.Limit)
}

func (e *engine) parseMatchers(selectors []string) ([][]*labels.Matcher, error) {
	sets, err := e.parser.ParseMetricSelectors(selectors)
	if err != nil {
		return nil, err
	}
	for _, matchers := range sets {
		if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches("") }) {
			return nil, errors.New("match[] must contain at least one non-empty matcher")
		}
	}
	return sets, nil
}

func limited[T any](all []T, limit int) answer {
	notes := annotations.Annotations{}
	if limit > 0 && len(all) > limit {
		all = all[:limit]
		notes.Add(errTruncated)
	}
	return succeeded(toJSON(all), "", notes)
}
