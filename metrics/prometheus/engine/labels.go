package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// Limits of one scrape; 0 is none.
type scrapeLimits struct {
	Samples          int
	Labels           int
	LabelNameLength  int
	LabelValueLength int
}

var (
	errSampleLimit = errors.New("sample limit exceeded")
	errNoName      = fmt.Errorf("missing metric name (%s label)", model.MetricNameLabel)
)

// Joins the labels of a sample with those of its target. Where both have one, the target's wins and the sample's is kept as
// `exported_…`, unless the sample is to be honored.
func withTargetLabels(sample, target labels.Labels, honor bool) labels.Labels {
	builder := labels.NewBuilder(sample)
	conflicts := []labels.Label{}
	target.Range(func(own labels.Label) {
		theirs := sample.Get(own.Name)
		if honor && sample.Has(own.Name) {
			return
		}
		if theirs != "" {
			conflicts = append(conflicts, labels.Label{Name: own.Name, Value: theirs})
		}
		builder.Set(own.Name, own.Value)
	})
	// Shortest first, so that a name is always free for the longer ones in the same way.
	slices.SortStableFunc(conflicts, func(a, b labels.Label) int { return len(a.Name) - len(b.Name) })
	for _, conflict := range conflicts {
		name := model.ExportedLabelPrefix + conflict.Name
		for builder.Get(name) != "" {
			name = model.ExportedLabelPrefix + name
		}
		builder.Set(name, conflict.Value)
	}
	return builder.Labels()
}

// Why a sample with these labels fails the scrape, in upstream's words.
func (l scrapeLimits) check(lset labels.Labels) error {
	if !lset.Has(model.MetricNameLabel) {
		return errNoName
	}
	if !lset.IsValid(model.UTF8Validation) {
		return fmt.Errorf("invalid metric name or label names: %s", lset.String())
	}
	metric := lset.Get(model.MetricNameLabel)
	if count := lset.Len(); l.Labels > 0 && count > l.Labels {
		return fmt.Errorf("label_limit exceeded (metric: %.50s, number of labels: %d, limit: %d)", metric, count, l.Labels)
	}
	return lset.Validate(func(label labels.Label) error {
		if length := len(label.Name); l.LabelNameLength > 0 && length > l.LabelNameLength {
			return fmt.Errorf("label_name_length_limit exceeded (metric: %.50s, label name: %.50s, length: %d, limit: %d)",
				metric, label.Name, length, l.LabelNameLength)
		}
		if length := len(label.Value); l.LabelValueLength > 0 && length > l.LabelValueLength {
			return fmt.Errorf("label_value_length_limit exceeded (metric: %.50s, label name: %.50s, value: %.50q, length: %d, limit: %d)",
				metric, label.Name, label.Value, length, l.LabelValueLength)
		}
		return nil
	})
}
