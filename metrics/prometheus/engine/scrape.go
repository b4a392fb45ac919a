package main

import (
	"errors"
	"io"
	"math"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
)

// How far ahead of the scrape a timestamp in an exposition may be.
const acceptedFutureMs = int64(10 * 60 * 1000)

var staleMarker = math.Float64frombits(value.StaleNaN)

type scrapeRequest struct {
	Target          string
	Labels          map[string]string
	HonorLabels     bool
	HonorTimestamps bool
	TimeMs          int64
	DurationMs      float64
	// The target answered; its body follows the request.
	Answered         bool
	ContentType      string
	FallbackProtocol string
	Limits           scrapeLimits
}

type scrapeAnswer struct {
	Error          string `json:"error,omitempty"`
	SamplesScraped int    `json:"samplesScraped"`
	SeriesAdded    int    `json:"seriesAdded"`
}

type scrapeCounts struct{ total, kept, seriesAdded int }

// One scrape of one target on its way into the store.
type scrape struct {
	*scrapeRequest
	target       *target
	targetLabels labels.Labels
	batch        *batch
	counts       scrapeCounts
	appended     int
}

func (e *engine) ingest(request *scrapeRequest, body []byte) scrapeAnswer {
	known := e.targets[request.Target]
	if known == nil {
		known = newTarget()
		e.targets[request.Target] = known
	}
	s := &scrape{scrapeRequest: request, target: known, targetLabels: labels.FromMap(request.Labels), batch: e.store.batch()}
	e.passTime(request.TimeMs)
	err := s.append(body)
	if err != nil {
		s.batch.rollback()
		s.markStale()
		known.done(false)
	}
	s.report(request.Answered && err == nil)
	s.batch.commit()
	answer := scrapeAnswer{SamplesScraped: s.counts.total, SeriesAdded: s.counts.seriesAdded}
	if err != nil {
		answer.Error = shorten(err.Error())
	}
	return answer
}

// Parses and appends an exposition. On an error nothing of it may be kept.
func (s *scrape) append(body []byte) error {
	if len(body) == 0 {
		s.markStale()
		s.target.done(false)
		return nil
	}
	parser, err := textparse.New(body, s.ContentType, nil, textparse.ParserOptions{
		IgnoreNativeHistograms: true,
		FallbackContentType:    mediaTypes[s.FallbackProtocol],
	})
	if parser == nil {
		return err
	}
	var overLimit error
	for {
		entry, err := parser.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if entry != textparse.EntrySeries {
			continue
		}
		s.counts.total++
		if err := s.appendSample(parser, overLimit != nil); errors.Is(err, errSampleLimit) {
			// Go on, so that all are counted.
			overLimit = err
		} else if err != nil {
			return err
		}
	}
	if overLimit != nil {
		return overLimit
	}
	s.markStale()
	s.target.done(true)
	return nil
}

func (s *scrape) appendSample(parser textparse.Parser, overLimit bool) error {
	text, own, v := parser.Series()
	t := s.TimeMs
	if !s.HonorTimestamps {
		own = nil
	}
	if own != nil {
		t = *own
	}
	entry, again := s.target.get(text)
	stored, lset := (*series)(nil), labels.EmptyLabels()
	if entry != nil {
		stored, lset = entry.series, entry.labels
	} else {
		parser.Labels(&lset)
		lset = withTargetLabels(lset, s.targetLabels, s.HonorLabels)
		if err := s.Limits.check(lset); err != nil {
			return err
		}
	}
	var err error = storage.ErrDuplicateSampleForTimestamp
	if !again || own != nil {
		stored, err = s.appendWithinLimits(stored, lset, t, v)
	}
	if err == nil && entry != nil && own == nil {
		entry.series = stored
		s.target.current[stored] = entry
	}
	if isDropped(err) {
		s.counts.kept++
		return nil
	}
	if errors.Is(err, errSampleLimit) {
		s.counts.kept++
		return err
	}
	if err != nil {
		return err
	}
	if entry == nil {
		entry = s.target.put(text, stored, lset)
		if own == nil {
			s.target.current[stored] = entry
		}
		if !overLimit {
			s.counts.seriesAdded++
		}
	}
	s.counts.kept++
	return nil
}

func (s *scrape) appendWithinLimits(stored *series, lset labels.Labels, t int64, v float64) (*series, error) {
	if stored == nil || !value.IsStaleNaN(v) {
		s.appended++
		if s.Limits.Samples > 0 && s.appended > s.Limits.Samples {
			return nil, errSampleLimit
		}
	}
	if t > s.TimeMs+acceptedFutureMs {
		return nil, storage.ErrOutOfBounds
	}
	return s.batch.append(stored, lset, t, v, false)
}

// Samples that are left out without failing the scrape.
func isDropped(err error) bool {
	return errors.Is(err, storage.ErrOutOfOrderSample) ||
		errors.Is(err, storage.ErrDuplicateSampleForTimestamp) ||
		errors.Is(err, storage.ErrOutOfBounds)
}

// Ends the series that the scrape before had and this one has not.
func (s *scrape) markStale() {
	for stored, entry := range s.target.previous {
		if _, still := s.target.current[stored]; !still {
			_, _ = s.batch.append(entry.series, entry.labels, s.TimeMs, staleMarker, true)
		}
	}
}

// Media types by upstream's names of protocols.
var mediaTypes = map[string]string{
	"PrometheusProto":      "application/vnd.google.protobuf",
	"PrometheusText0.0.4":  "text/plain",
	"PrometheusText1.0.0":  "text/plain",
	"OpenMetricsText0.0.1": "application/openmetrics-text",
	"OpenMetricsText1.0.0": "application/openmetrics-text",
}

// An error of the parser quotes the line that it is about, however long.
func shorten(message string) string {
	const most = 1024
	if len(message) <= most {
		return message
	}
	return strings.ToValidUTF8(message[:most], "") + "…"
}
