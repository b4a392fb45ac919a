package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
)

type rulesRequest struct {
	Files                []ruleFile
	EvaluationIntervalMs int64
}

type ruleFile struct{ Path, Content string }

type groupName struct {
	File       string `json:"file"`
	Name       string `json:"name"`
	IntervalMs int64  `json:"intervalMs"`
}

type evaluateRequest struct {
	Group  groupName
	TimeMs int64
}

// Files that the caller has read, as upstream's manager asks for them.
type loader struct {
	contents map[string]string
	parser   parser.Parser
}

func (l loader) Load(path string, ignoreUnknown bool, scheme model.ValidationScheme) (*rulefmt.RuleGroups, []error) {
	groups, errs := rulefmt.Parse([]byte(l.contents[path]), ignoreUnknown, scheme, l.parser, promslog.NewNopLogger())
	for i := range errs {
		errs[i] = fmt.Errorf("%s: %w", path, errs[i])
	}
	return groups, errs
}

func (l loader) Parse(query string) (parser.Expr, error) { return l.parser.ParseExpr(query) }

// A group and how often it was evaluated.
type ruleGroup struct {
	*rules.Group
	evaluations int
	// No alert can be found in a store that began empty, but upstream looks for them after the second evaluation, and
	// writes no ALERTS before.
	restores bool
}

// Replaces all groups; those that stay the same go on, those that change keep their alerts.
func (e *engine) loadRules(r *rulesRequest) ([]groupName, error) {
	contents, paths := map[string]string{}, []string{}
	for _, file := range r.Files {
		contents[file.Path] = file.Content
		paths = append(paths, file.Path)
	}
	options := &rules.ManagerOptions{
		GroupLoader: loader{contents, shortParser{e.parser}},
		Parser:      shortParser{e.parser},
		QueryFunc:   e.ruleQuery,
		NotifyFunc:  func(context.Context, string, ...*rules.Alert) {},
		Context:     context.Background(),
		Appendable:  e.store,
		Queryable:   e.store,
		ExternalURL: &url.URL{},
		Logger:      promslog.NewNopLogger(),
	}
	interval := time.Duration(r.EvaluationIntervalMs) * time.Millisecond
	loaded, errs := rules.NewManager(options).LoadGroups(interval, labels.EmptyLabels(), "", nil, false, paths...)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	groups := make([]*ruleGroup, 0, len(loaded))
	for _, group := range loaded {
		groups = append(groups, e.succeed(group))
	}
	slices.SortFunc(groups, func(a, b *ruleGroup) int {
		return strings.Compare(a.File()+"\x00"+a.Name(), b.File()+"\x00"+b.Name())
	})
	e.remove(loaded, options)
	e.groups, e.loadedBefore, e.subqueryStep = groups, true, interval
	names := make([]groupName, 0, len(groups))
	for _, group := range groups {
		names = append(names, groupName{group.File(), group.Name(), group.Interval().Milliseconds()})
	}
	return names, nil
}

func (e *engine) ruleQuery(ctx context.Context, query string, at time.Time) (promql.Vector, error) {
	if err := e.checkBounds(query, 0); err != nil {
		return nil, err
	}
	return rules.EngineQueryFunc(e.promql, e.store)(ctx, query, at)
}

func (e *engine) succeed(group *rules.Group) *ruleGroup {
	if before := e.group(group.File(), group.Name()); before != nil {
		if before.Equals(group) {
			return before
		}
		group.CopyState(before.Group)
	}
	if e.loadedBefore {
		for _, alert := range group.AlertingRules() {
			alert.SetRestored(true)
		}
	}
	return &ruleGroup{Group: group, restores: !e.loadedBefore}
}

func (e *engine) group(file, name string) *ruleGroup {
	for _, group := range e.groups {
		if group.File() == file && group.Name() == name {
			return group
		}
	}
	return nil
}

func (e *engine) evaluate(r *evaluateRequest) error {
	group := e.group(r.Group.File, r.Group.Name)
	if group == nil {
		return fmt.Errorf("no rule group %q in %s", r.Group.Name, r.Group.File)
	}
	e.passTime(r.TimeMs)
	at := time.UnixMilli(r.TimeMs).UTC()
	rules.DefaultEvalIterationFunc(context.Background(), group.Group, at)
	group.evaluations++
	if group.restores && group.evaluations == 2 {
		group.RestoreForState(at)
	}
	return nil
}
