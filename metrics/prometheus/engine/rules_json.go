package main

import (
	"strconv"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/rules"
)

// The forms of `data` of /api/v1/rules and /api/v1/alerts.

type groupsJSON struct {
	Groups []groupJSON `json:"groups"`
}

type groupJSON struct {
	Name           string    `json:"name"`
	File           string    `json:"file"`
	Rules          []any     `json:"rules"`
	Interval       float64   `json:"interval"`
	Limit          int       `json:"limit"`
	EvaluationTime float64   `json:"evaluationTime"`
	LastEvaluation time.Time `json:"lastEvaluation"`
}

type alertingJSON struct {
	State          string           `json:"state"`
	Name           string           `json:"name"`
	Query          string           `json:"query"`
	Duration       float64          `json:"duration"`
	KeepFiringFor  float64          `json:"keepFiringFor"`
	Labels         labels.Labels    `json:"labels"`
	Annotations    labels.Labels    `json:"annotations"`
	Alerts         []alertJSON      `json:"alerts"`
	Health         rules.RuleHealth `json:"health"`
	LastError      string           `json:"lastError,omitempty"`
	EvaluationTime float64          `json:"evaluationTime"`
	LastEvaluation time.Time        `json:"lastEvaluation"`
	Type           string           `json:"type"`
}

type recordingJSON struct {
	Name           string           `json:"name"`
	Query          string           `json:"query"`
	Labels         labels.Labels    `json:"labels"`
	Health         rules.RuleHealth `json:"health"`
	LastError      string           `json:"lastError,omitempty"`
	EvaluationTime float64          `json:"evaluationTime"`
	LastEvaluation time.Time        `json:"lastEvaluation"`
	Type           string           `json:"type"`
}

type alertsJSON struct {
	Alerts []alertJSON `json:"alerts"`
}

type alertJSON struct {
	Labels          labels.Labels `json:"labels"`
	Annotations     labels.Labels `json:"annotations"`
	State           string        `json:"state"`
	ActiveAt        *time.Time    `json:"activeAt,omitempty"`
	KeepFiringSince *time.Time    `json:"keepFiringSince,omitempty"`
	Value           string        `json:"value"`
}

func (e *engine) rulesJSON() []byte {
	all := groupsJSON{Groups: []groupJSON{}}
	for _, group := range e.groups {
		one := groupJSON{
			Name: group.Name(), File: group.File(), Rules: []any{}, Interval: group.Interval().Seconds(), Limit: group.Limit(),
			EvaluationTime: group.GetEvaluationTime().Seconds(), LastEvaluation: group.GetLastEvaluation(),
		}
		for _, rule := range group.Rules() {
			one.Rules = append(one.Rules, ruleJSON(rule))
		}
		if len(one.Rules) > 0 {
			all.Groups = append(all.Groups, one)
		}
	}
	return toJSON(all)
}

func ruleJSON(rule rules.Rule) any {
	lastError := ""
	if err := rule.LastError(); err != nil {
		lastError = err.Error()
	}
	alerting, ok := rule.(*rules.AlertingRule)
	if !ok {
		return recordingJSON{
			Name: rule.Name(), Query: rule.Query().String(), Labels: rule.Labels(), Health: rule.Health(), LastError: lastError,
			EvaluationTime: rule.GetEvaluationDuration().Seconds(), LastEvaluation: rule.GetEvaluationTimestamp(), Type: "recording",
		}
	}
	return alertingJSON{
		State: alerting.State().String(), Name: alerting.Name(), Query: alerting.Query().String(),
		Duration: alerting.HoldDuration().Seconds(), KeepFiringFor: alerting.KeepFiringFor().Seconds(),
		Labels: alerting.Labels(), Annotations: alerting.Annotations(), Alerts: activeAlerts(alerting),
		Health: alerting.Health(), LastError: lastError, EvaluationTime: alerting.GetEvaluationDuration().Seconds(),
		LastEvaluation: alerting.GetEvaluationTimestamp(), Type: "alerting",
	}
}

func (e *engine) alertsJSON() []byte {
	all := alertsJSON{Alerts: []alertJSON{}}
	for _, group := range e.groups {
		// Not group.AlertingRules(): it sorts them, and upstream's API keeps the order of the file.
		for _, rule := range group.Rules() {
			if alerting, ok := rule.(*rules.AlertingRule); ok {
				all.Alerts = append(all.Alerts, activeAlerts(alerting)...)
			}
		}
	}
	return toJSON(all)
}

func activeAlerts(rule *rules.AlertingRule) []alertJSON {
	active := rule.ActiveAlerts()
	all := make([]alertJSON, 0, len(active))
	for _, alert := range active {
		one := alertJSON{
			Labels: alert.Labels, Annotations: alert.Annotations, State: alert.State.String(), ActiveAt: &alert.ActiveAt,
			Value: strconv.FormatFloat(alert.Value, 'e', -1, 64),
		}
		if !alert.KeepFiringSince.IsZero() {
			one.KeepFiringSince = &alert.KeepFiringSince
		}
		all = append(all, one)
	}
	return all
}
