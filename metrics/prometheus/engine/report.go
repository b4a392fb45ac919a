package main

import (
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// A target's own series.
var reportMetrics = []string{
	"up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added",
}

// No exposed text can be this: it isn't UTF-8.
func reportKey(metric string) []byte { return []byte(metric + "\xff") }

func (s *scrape) report(healthy bool) {
	up := 0.0
	if healthy {
		up = 1
	}
	values := []float64{up, s.DurationMs / 1000, float64(s.counts.total), float64(s.counts.kept), float64(s.counts.seriesAdded)}
	for i, metric := range reportMetrics {
		key := reportKey(metric)
		entry, _ := s.target.get(key)
		stored, lset := (*series)(nil), labels.EmptyLabels()
		if entry != nil {
			stored, lset = entry.series, entry.labels
		} else {
			builder := labels.NewBuilder(s.targetLabels)
			builder.Set(model.MetricNameLabel, metric)
			lset = builder.Labels()
		}
		if stored, err := s.batch.append(stored, lset, s.TimeMs, values[i], true); err == nil && entry == nil {
			s.target.put(key, stored, lset)
		}
	}
}

// Marks all of a target stale, its own series too.
func (e *engine) endTarget(name string, timeMs int64) {
	known := e.targets[name]
	if known == nil {
		return
	}
	delete(e.targets, name)
	s := &scrape{scrapeRequest: &scrapeRequest{TimeMs: timeMs}, target: known, batch: e.store.batch()}
	s.markStale()
	for _, metric := range reportMetrics {
		if entry, _ := known.get(reportKey(metric)); entry != nil {
			_, _ = s.batch.append(entry.series, entry.labels, timeMs, staleMarker, true)
		}
	}
	s.batch.commit()
}
