// Package notifier is what upstream's rules need of it: the form of an alert on its way to an Alertmanager. We send none; the
// whole package would link the clients of three clouds.
package notifier

import (
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

type Alert struct {
	Labels, Annotations labels.Labels
	StartsAt, EndsAt    time.Time
	GeneratorURL        string
}
