package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// How far behind the newest sample of all a sample may be: half of the two hours that a block of upstream's spans.
const acceptedPastMs = int64(60 * 60 * 1000)

type point struct {
	t int64
	v float64
}

// One series: its labels and its samples, oldest first.
type series struct {
	labels labels.Labels
	points []point
	// Samples that were cut off at the front, but whose memory is still held.
	wasted int
	// Forgotten by the store; whoever still holds it must look its labels up again.
	dead bool
}

// The samples, in memory only. Series are kept in the order of their creation, in which upstream answers instant queries too.
type store struct {
	maxSeries  int
	maxSamples int

	all    []*series
	byHash map[uint64][]*series
	byName map[string][]*series

	samples int
	// Times of the oldest and newest sample; meaningless while there is none.
	oldest, newest int64
}

func newStore(maxSeries, maxSamples int) *store {
	s := &store{maxSeries: maxSeries, maxSamples: maxSamples, byHash: map[uint64][]*series{}, byName: map[string][]*series{}}
	s.oldest, s.newest = math.MaxInt64, math.MinInt64
	return s
}

func (s *store) find(lset labels.Labels) *series {
	for _, candidate := range s.byHash[lset.Hash()] {
		if labels.Equal(candidate.labels, lset) {
			return candidate
		}
	}
	return nil
}

var errTooManySeries = errors.New("too many series")

// Creates a series. A target's own series (`up`, …) are exempt from the cap: they say that it was hit.
func (s *store) create(lset labels.Labels, exempt bool) (*series, error) {
	if !exempt && len(s.all) >= s.maxSeries {
		return nil, fmt.Errorf("%w: the limit is %d", errTooManySeries, s.maxSeries)
	}
	created := &series{labels: lset}
	s.all = append(s.all, created)
	hash := lset.Hash()
	s.byHash[hash] = append(s.byHash[hash], created)
	name := lset.Get(model.MetricNameLabel)
	s.byName[name] = append(s.byName[name], created)
	return created, nil
}

// Whether a series takes this sample, by the rules of upstream's head block without a window for the out of order.
func (s *series) appendable(t int64, v float64) error {
	if len(s.points) == 0 {
		return nil
	}
	last := s.points[len(s.points)-1]
	if t < last.t {
		return storage.ErrOutOfOrderSample
	}
	if t == last.t && math.Float64bits(v) != math.Float64bits(last.v) {
		return storage.NewDuplicateFloatErr(t, last.v, v)
	}
	return nil
}

func (s *store) add(to *series, t int64, v float64) {
	if n := len(to.points); n > 0 && to.points[n-1].t == t {
		return
	}
	to.points = append(to.points, point{t, v})
	s.samples++
	s.oldest = min(s.oldest, t)
	s.newest = max(s.newest, t)
}

// Forgets samples older than t, and series that have none left.
func (s *store) forgetBefore(t int64) {
	if s.samples > 0 && t <= s.oldest {
		return
	}
	for _, one := range s.all {
		cut := one.search(t)
		if cut == 0 {
			continue
		}
		s.samples -= cut
		one.cut(cut)
	}
	s.sweep()
}

// Forgets the oldest tenth where there are more samples than allowed.
func (s *store) enforceCap() {
	if s.samples <= s.maxSamples {
		return
	}
	keep := s.maxSamples - s.maxSamples/10
	span := int(s.newest - s.oldest + 1)
	s.forgetBefore(s.oldest + int64(sort.Search(span, func(offset int) bool {
		return s.countFrom(s.oldest+int64(offset)) <= keep
	})))
}

func (s *store) countFrom(t int64) int {
	count := 0
	for _, one := range s.all {
		count += len(one.points) - one.search(t)
	}
	return count
}

// Removes series without samples, and takes the times of what is left.
func (s *store) sweep() {
	for _, one := range s.all {
		one.dead = len(one.points) == 0
	}
	dead := func(one *series) bool { return one.dead }
	s.all = slices.DeleteFunc(s.all, dead)
	for key, list := range s.byHash {
		if s.byHash[key] = slices.DeleteFunc(list, dead); len(s.byHash[key]) == 0 {
			delete(s.byHash, key)
		}
	}
	for key, list := range s.byName {
		if s.byName[key] = slices.DeleteFunc(list, dead); len(s.byName[key]) == 0 {
			delete(s.byName, key)
		}
	}
	s.oldest, s.newest = math.MaxInt64, math.MinInt64
	for _, one := range s.all {
		s.oldest = min(s.oldest, one.points[0].t)
		s.newest = max(s.newest, one.points[len(one.points)-1].t)
	}
}

// Index of the first sample that is not older than t.
func (s *series) search(t int64) int {
	return sort.Search(len(s.points), func(i int) bool { return s.points[i].t >= t })
}

// Drops the first samples, and copies the rest only where that frees as much as it takes.
func (s *series) cut(count int) {
	s.points = s.points[count:]
	if s.wasted += count; s.wasted >= len(s.points) {
		s.points, s.wasted = slices.Clone(s.points), 0
	}
}
