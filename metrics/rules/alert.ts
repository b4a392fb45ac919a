/** What an alert is: a condition in PromQL, how long it must last, and all that a person who is woken by it needs. */

export interface AlertSpec {
  readonly expr: string;
  /** How long the condition must hold. */
  readonly forSeconds: number;
  /** The longest window that it looks at, where that is minutes to days: no run of the harness can judge it. */
  readonly windowSeconds?: number;
  /** `page`: somebody gets up. `ticket`: somebody looks in working hours. */
  readonly severity: 'page' | 'ticket';
  /** Labels of the system that tell one alert from another; an alert has these, `alertname` and `severity`. */
  readonly labels: readonly string[];
  /** One line; a template of Prometheus's, with `$labels` and `$value`. */
  readonly summary: string;
  /** Sentences with the value in words; a template, too. */
  readonly description: string;
  readonly runbook: Runbook;
}

/** Sentences for whoever is called. No templates: the same text stands in `metrics/rules/README.md`. */
export interface Runbook {
  readonly means: string;
  /** What a user of the system notices of it. */
  readonly noticed: string;
  /** How to look: a command or a query, each with what it tells. */
  readonly look: readonly Look[];
  readonly mend: string;
}

export type Look = { readonly tells: string } & ({ readonly run: string } | { readonly ask: string });
