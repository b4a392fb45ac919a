/** The files that both servers are started with: one job for each script, and rules. */
import { type ScriptName, scripts } from './scripts.ts';

/** Options of a job beyond its path. */
const jobOptions: Partial<Record<ScriptName, readonly string[]>> = {
  history: ['scrape_interval: 4s', 'scrape_timeout: 4s'],
  claims: ['honor_labels: true'],
  flapping: ['scrape_interval: 2s', 'scrape_timeout: 2s'],
  wavering: ['scrape_interval: 2s', 'scrape_timeout: 2s'],
  dated: ['honor_timestamps: false'],
  silent: ['scrape_timeout: 300ms'],
  stalled: ['scrape_timeout: 300ms'],
  fallback: ['fallback_scrape_protocol: PrometheusText0.0.4'],
  too_many_samples: ['sample_limit: 4'],
  too_many_labels: ['label_limit: 5'],
  too_long_value: ['label_value_length_limit: 50'],
  too_long_name: ['label_name_length_limit: 50'],
  too_big: ['body_size_limit: 4KB'],
};

/** Nobody listens on it: tcpmux. */
const closedAddress = '127.0.0.1:1';

function job(name: string, path: string, addresses: readonly string[], options: readonly string[] = []): string {
  const lines = [
    `metrics_path: /${path}`,
    ...options,
    'static_configs:',
    `  - targets: [${addresses.map((a) => `'${a}'`).join(', ')}]`,
  ];
  return [`  - job_name: ${name}`, ...lines.map((line) => `    ${line}`)].join('\n');
}

/** Targets in the configuration: one for each script, and six more. */
export const targetCount = Object.keys(scripts).length + 6;

/** `prometheus.yml`; the rules stand beside it. */
export function prometheusYaml(address: string): string {
  const names = Object.keys(scripts) as ScriptName[];
  return `global:
  # Long enough for a busy machine: a scrape that times out would miss its turn in a play.
  scrape_interval: 1500ms
  scrape_timeout: 1500ms
  evaluation_interval: 500ms
rule_files:
  - rules.yml
scrape_configs:
${names.map((name) => job(name, name, [address], jobOptions[name])).join('\n')}
${job('claims_renamed', 'claims', [address])}
${job('labelled', 'plain', [address])}
        labels:
          site: 'north "pole"'
          instance: named
${job('asked_with', 'plain', [address], ['params: {a: [b], ü: ["&"]}'])}
${job('not_followed', 'moved', [address], ['follow_redirects: false'])}
${job('uncompressed', 'compressed_if_asked', [address], ['enable_compression: false'])}
${job('refused', 'nothing', [closedAddress])}
`;
}

/** `rules.yml`. Recording rules look at fixed moments of the history: their values don't depend on when they run. */
export function rulesYaml(baseMs: number): string {
  const T = (seconds: number) => baseMs / 1_000 + seconds;
  return `groups:
  - name: recorded
    rules:
      - record: method:requests:sum
        expr: sum by (method) (requests_total @ ${T(300)})
      - record: method:requests:double
        expr: 2 * method:requests:sum
        labels:
          origin: rule
          untouched: '{{ $value }}'
      - record: history:requests:rate1m
        expr: rate(requests_total{code="200"}[1m] @ ${T(300)})
        labels: {code: ''}
      - record: broken:many_to_many
        expr: requests_total @ ${T(300)} * on (method) requests_total @ ${T(300)}
      - record: broken:duplicates
        expr: requests_total @ ${T(300)}
        labels: {method: same, code: same}
      - record: nothing:here
        expr: no_such_metric
  - name: alarms
    interval: 500ms
    labels: {team: night}
    rules:
      - alert: AlarmRaised
        expr: alarm_level > 0
        for: 2s
        labels:
          severity: page
          level: '{{ $value }}'
        annotations:
          summary: 'Line {{ $labels.line }} of {{ $labels.job }} at {{ $value | humanize }}'
      - alert: AlarmLingers
        expr: alarm_level > 0
        keep_firing_for: 2s
      - alert: AlwaysOn
        expr: vector(1) > 0
        annotations:
          query: '{{ with query "flat @ ${T(300)}" }}{{ . | first | value }}{{ end }}'
          broken: '{{ query "1 +" }}'
      - alert: NeverOn
        expr: no_such_metric > 0
        for: 1m
  - name: empty
    limit: 1
    rules:
      - record: limited
        expr: requests_total @ ${T(300)}
`;
}
