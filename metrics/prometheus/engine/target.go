package main

import "github.com/prometheus/prometheus/model/labels"

// What is known of a target from one scrape to the next. Mirrors upstream's scrape cache, its quirks included:
// after a scrape that failed half way, what was read of it counts as seen.
type target struct {
	scrapes uint64
	// Entries in the cache after the last scrape that went well.
	succeeded int
	// By the text of the series as exposed, such as `a{b="c"}`.
	cache map[string]*cached
	// Series that this scrape and the one before it exposed without a timestamp.
	current, previous map[*series]*cached
}

type cached struct {
	series *series
	// The labels under which it is stored.
	labels     labels.Labels
	lastScrape uint64
}

func newTarget() *target {
	return &target{cache: map[string]*cached{}, current: map[*series]*cached{}, previous: map[*series]*cached{}}
}

// Finds a series by its exposed text, and says whether this scrape had it already.
func (t *target) get(text []byte) (entry *cached, again bool) {
	entry = t.cache[string(text)]
	if entry == nil {
		return nil, false
	}
	again = entry.lastScrape == t.scrapes
	entry.lastScrape = t.scrapes
	return entry, again
}

func (t *target) put(text []byte, stored *series, lset labels.Labels) *cached {
	entry := &cached{series: stored, labels: lset, lastScrape: t.scrapes}
	t.cache[string(text)] = entry
	return entry
}

// Ends a scrape. flush drops entries that it did not have; forced where failed scrapes would make the cache grow without end.
func (t *target) done(flush bool) {
	if flush {
		t.succeeded = len(t.cache)
	} else if len(t.cache) > 2*t.succeeded+1000 {
		flush = true
	}
	if flush {
		for text, entry := range t.cache {
			if entry.lastScrape != t.scrapes {
				delete(t.cache, text)
			}
		}
	}
	t.previous, t.current = t.current, t.previous
	clear(t.current)
	t.scrapes++
}
