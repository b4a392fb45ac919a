package main

import (
	"context"
	"maps"
	"slices"
	"sort"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/annotations"
)

// The store as upstream's engine reads it, within a range of time.
type querier struct {
	store      *store
	mint, maxt int64
}

func (s *store) Querier(mint, maxt int64) (storage.Querier, error) {
	return querier{s, mint, maxt}, nil
}

func (querier) Close() error { return nil }

func (q querier) Select(_ context.Context, sorted bool, hints *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	mint, maxt := q.mint, q.maxt
	if hints != nil {
		mint, maxt = hints.Start, hints.End
	}
	found := []*series{}
	for one := range q.store.matching(matchers) {
		if from := one.search(mint); from < len(one.points) && one.points[from].t <= maxt {
			found = append(found, one)
		}
	}
	if sorted {
		slices.SortFunc(found, byLabels)
	}
	return &seriesSet{found: found, mint: mint, maxt: maxt, at: -1}
}

// As upstream's head block: names and values of all that it holds, if it reaches into the range at all.
func (q querier) LabelNames(_ context.Context, _ *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	names := map[string]struct{}{}
	for one := range q.store.within(q.mint, q.maxt, matchers) {
		one.labels.Range(func(l labels.Label) { names[l.Name] = struct{}{} })
	}
	return slices.Sorted(maps.Keys(names)), nil, nil
}

func (q querier) LabelValues(_ context.Context, name string, _ *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	values := map[string]struct{}{}
	for one := range q.store.within(q.mint, q.maxt, matchers) {
		if value := one.labels.Get(name); value != "" {
			values[value] = struct{}{}
		}
	}
	return slices.Sorted(maps.Keys(values)), nil, nil
}

func (s *store) within(mint, maxt int64, matchers []*labels.Matcher) func(yield func(*series) bool) {
	if mint > s.newest || maxt < s.oldest {
		return func(func(*series) bool) {}
	}
	return s.matching(matchers)
}

// Series that fit all matchers, in the order of their creation.
func (s *store) matching(matchers []*labels.Matcher) func(yield func(*series) bool) {
	candidates := s.all
	for _, m := range matchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			candidates = s.byName[m.Value]
		}
	}
	return func(yield func(*series) bool) {
		for _, one := range candidates {
			if one.matches(matchers) && !yield(one) {
				return
			}
		}
	}
}

func (s *series) matches(matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		if !m.Matches(s.labels.Get(m.Name)) {
			return false
		}
	}
	return true
}

func byLabels(a, b *series) int { return labels.Compare(a.labels, b.labels) }

type seriesSet struct {
	found      []*series
	mint, maxt int64
	at         int
}

func (s *seriesSet) Next() bool {
	s.at++
	return s.at < len(s.found)
}

func (s *seriesSet) At() storage.Series {
	one := s.found[s.at]
	end := sort.Search(len(one.points), func(i int) bool { return one.points[i].t > s.maxt })
	return seriesView{one.labels, one.points[one.search(s.mint):end]}
}

func (*seriesSet) Err() error                        { return nil }
func (*seriesSet) Warnings() annotations.Annotations { return nil }

// The part of a series that lies within a query's range.
type seriesView struct {
	labels labels.Labels
	points []point
}

func (v seriesView) Labels() labels.Labels { return v.labels }

func (v seriesView) Iterator(reuse chunkenc.Iterator) chunkenc.Iterator {
	it, ok := reuse.(*iterator)
	if !ok {
		it = &iterator{}
	}
	it.points, it.at = v.points, -1
	return it
}

type iterator struct {
	points []point
	at     int
}

func (it *iterator) Next() chunkenc.ValueType {
	it.at = min(it.at+1, len(it.points))
	return it.valueType()
}

func (it *iterator) Seek(t int64) chunkenc.ValueType {
	it.at = max(it.at, 0)
	if it.at < len(it.points) && it.points[it.at].t < t {
		it.at += (&series{points: it.points[it.at:]}).search(t)
	}
	return it.valueType()
}

func (it *iterator) valueType() chunkenc.ValueType {
	if it.at < len(it.points) {
		return chunkenc.ValFloat
	}
	return chunkenc.ValNone
}

func (it *iterator) At() (int64, float64) { return it.points[it.at].t, it.points[it.at].v }
func (it *iterator) AtT() int64           { return it.points[it.at].t }
func (*iterator) AtST() int64             { return 0 }
func (*iterator) Err() error              { return nil }

func (*iterator) AtHistogram(*histogram.Histogram) (int64, *histogram.Histogram) { return 0, nil }
func (*iterator) AtFloatHistogram(*histogram.FloatHistogram) (int64, *histogram.FloatHistogram) {
	return 0, nil
}
