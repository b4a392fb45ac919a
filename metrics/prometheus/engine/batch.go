package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/metadata"
	"github.com/prometheus/prometheus/storage"
)

// Samples that enter the store together or not at all.
type batch struct {
	store *store
	// Older samples are out of bounds. Like upstream's, it is taken when the batch begins; in an empty store, from its first sample.
	notBefore int64
	pending   []pendingSample
	created   []*series
}

type pendingSample struct {
	series *series
	point
}

// No sample at all may be older: the span of the store must be a number.
const beginningOfTime = math.MinInt64 / 2

func (s *store) batch() *batch {
	b := &batch{store: s, notBefore: beginningOfTime}
	if s.samples > 0 {
		b.notBefore = max(beginningOfTime, s.newest-acceptedPastMs)
	}
	return b
}

// Takes a sample for a series that is given, or found by its labels, or created.
func (b *batch) append(known *series, lset labels.Labels, t int64, v float64, exempt bool) (*series, error) {
	if t < b.notBefore {
		return nil, storage.ErrOutOfBounds
	}
	if b.store.samples == 0 && len(b.pending) == 0 {
		b.notBefore = max(beginningOfTime, t-acceptedPastMs)
	}
	if known == nil || known.dead {
		known = b.store.find(lset)
	}
	if known == nil {
		if name, twice := lset.HasDuplicateLabelNames(); twice {
			return nil, fmt.Errorf("label name %q is not unique: invalid sample", name)
		}
		created, err := b.store.create(lset, exempt)
		if err != nil {
			return nil, err
		}
		known, b.created = created, append(b.created, created)
	}
	if err := known.appendable(t, v); err != nil {
		return nil, err
	}
	b.pending = append(b.pending, pendingSample{known, point{t, v}})
	return known, nil
}

// Checks again: of two samples of one batch, each may have been fine when only the store was looked at.
func (b *batch) commit() {
	for _, sample := range b.pending {
		if sample.series.appendable(sample.t, sample.v) == nil {
			b.store.add(sample.series, sample.t, sample.v)
		}
	}
	b.rollback()
	b.store.enforceCap()
}

func (b *batch) rollback() {
	if slices.ContainsFunc(b.created, func(one *series) bool { return len(one.points) == 0 }) {
		b.store.sweep()
	}
	b.pending, b.created = nil, nil
}

var errNoNativeHistograms = errors.New("native histograms are not supported")

// The store as the rules of upstream write to it.
type appender struct{ *batch }

func (s *store) Appender(context.Context) storage.Appender { return appender{s.batch()} }

func (a appender) Append(_ storage.SeriesRef, lset labels.Labels, t int64, v float64) (storage.SeriesRef, error) {
	_, err := a.append(nil, lset.WithoutEmpty(), t, v, false)
	return 0, err
}

func (a appender) Commit() error {
	a.commit()
	return nil
}

func (a appender) Rollback() error {
	a.rollback()
	return nil
}

func (appender) SetOptions(*storage.AppendOptions) {}

func (appender) AppendExemplar(storage.SeriesRef, labels.Labels, exemplar.Exemplar) (storage.SeriesRef, error) {
	return 0, nil
}

func (appender) AppendHistogram(storage.SeriesRef, labels.Labels, int64, *histogram.Histogram, *histogram.FloatHistogram) (storage.SeriesRef, error) {
	return 0, errNoNativeHistograms
}

func (appender) AppendHistogramSTZeroSample(storage.SeriesRef, labels.Labels, int64, int64, *histogram.Histogram, *histogram.FloatHistogram) (storage.SeriesRef, error) {
	return 0, errNoNativeHistograms
}

func (appender) UpdateMetadata(storage.SeriesRef, labels.Labels, metadata.Metadata) (storage.SeriesRef, error) {
	return 0, nil
}

func (appender) AppendSTZeroSample(storage.SeriesRef, labels.Labels, int64, int64) (storage.SeriesRef, error) {
	return 0, nil
}
