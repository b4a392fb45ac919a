import { describe, expect, it } from 'vitest';
import { PrometheusError } from '../errors.ts';
import { loadConfiguration, parseConfiguration } from './configuration.ts';

function problemsOf(text: string): string[] {
  try {
    parseConfiguration('p.yml', text);
  } catch (error) {
    expect(error).toBeInstanceOf(PrometheusError);
    return (error as PrometheusError).message.split('\n');
  }
  return [];
}

function targetsOf(scrapeConfig: string, global = ''): ReturnType<typeof parseConfiguration>['targets'] {
  const job = scrapeConfig.replaceAll('\n', '\n    ');
  return parseConfiguration('p.yml', `${global}\nscrape_configs:\n  - ${job}\n`).targets;
}

describe('what is accepted', () => {
  it('has the defaults of Prometheus', () => {
    const { evaluationIntervalMs, ruleFiles, targets, jobs } = parseConfiguration('p.yml', '');
    expect({ evaluationIntervalMs, ruleFiles, targets, jobs }).toEqual({
      evaluationIntervalMs: 60_000,
      ruleFiles: [],
      targets: [],
      jobs: [],
    });
    const [target] = targetsOf("job_name: a\nstatic_configs: [{targets: ['h:1']}]");
    expect(target).toMatchObject({
      url: 'http://h:1/metrics',
      labels: { instance: 'h:1', job: 'a' },
      settings: {
        intervalMs: 60_000,
        timeoutMs: 10_000,
        honorLabels: false,
        honorTimestamps: true,
        compression: true,
        followRedirects: true,
        bodyBytes: 0,
        limits: { samples: 0, labels: 0, labelNameLength: 0, labelValueLength: 0 },
      },
    });
    expect(target?.discoveredLabels).toEqual({
      __address__: 'h:1',
      __always_scrape_classic_histograms__: 'false',
      __convert_classic_histograms_to_nhcb__: 'false',
      __metrics_path__: '/metrics',
      __scheme__: 'http',
      __scrape_interval__: '1m',
      __scrape_native_histograms__: 'false',
      __scrape_timeout__: '10s',
      job: 'a',
    });
  });

  it('takes from global what a job does not say, and no timeout longer than its interval', () => {
    const global = 'global: {scrape_interval: 5s, scrape_timeout: 3s, body_size_limit: 1MB, sample_limit: 7}';
    const [inherits] = targetsOf("job_name: a\nstatic_configs: [{targets: ['h:1']}]", global);
    expect(inherits?.settings).toMatchObject({
      intervalMs: 5000,
      timeoutMs: 3000,
      bodyBytes: 1_048_576,
      limits: { samples: 7 },
    });
    const [shorter] = targetsOf(
      "job_name: a\nscrape_interval: 1s\nsample_limit: 3\nstatic_configs: [{targets: ['h:1']}]",
      global,
    );
    expect(shorter?.settings).toMatchObject({ intervalMs: 1000, timeoutMs: 1000, limits: { samples: 3 } });
  });

  it('lets labels override job, path, parameters, interval and timeout', () => {
    const [target] = targetsOf(
      [
        'job_name: a',
        'params: {module: [m1, m2], plain: ["x y"]}',
        'static_configs:',
        "- targets: ['h:1']",
        '  labels: {job: b, instance: i, layer: 1.0, empty: "", __metrics_path__: /x, __param_module: m0, __scrape_interval__: 2s, __scrape_timeout__: 500ms}',
      ].join('\n'),
    );
    expect(target).toMatchObject({
      url: 'http://h:1/x?module=m0&module=m2&plain=x+y',
      settings: { intervalMs: 2000, timeoutMs: 500 },
    });
    // Scalars stay as they were written; a label without value is none.
    expect(target?.labels).toEqual({ instance: 'i', job: 'b', layer: '1.0' });
  });

  it('takes anchors, merge keys and empty sections', () => {
    const { targets } = parseConfiguration(
      'p.yml',
      'global:\nrule_files:\nscrape_configs:\n- &a\n  job_name: a\n  honor_labels: yes\n  static_configs: [{targets: ["h:1"]}]\n- <<: *a\n  job_name: b\n',
    );
    expect(targets.map(({ settings }) => [settings.job, settings.honorLabels])).toEqual([
      ['a', true],
      ['b', true],
    ]);
  });

  it('has a target that stands there twice only once, and the same id exactly for the same', () => {
    const twice = targetsOf("job_name: a\nstatic_configs: [{targets: ['h:1', 'h:1', 'h:2']}]");
    expect(twice.map(({ url }) => url)).toEqual(['http://h:1/metrics', 'http://h:2/metrics']);
    const [other] = targetsOf("job_name: a\nhonor_labels: true\nstatic_configs: [{targets: ['h:1']}]");
    expect(other?.id).not.toBe(twice[0]?.id);
  });

  it('makes globs of rule files relative to the folder of the configuration', () => {
    const text = 'rule_files: [a/*.yml, /b.yml]';
    expect(parseConfiguration('etc/p.yml', text).ruleFiles).toEqual(['etc/a/*.yml', '/b.yml']);
    expect(parseConfiguration('p.yml', text).ruleFiles).toEqual(['a/*.yml', '/b.yml']);
  });
});

describe('what is refused', () => {
  const job = (fields: string): string => `scrape_configs:\n- job_name: a\n  ${fields}\n`;

  it.each<[string, string, RegExp]>([
    ['a field with a typing error', 'globl: {}', /^p\.yml:1:1: globl is not supported; did you mean "global"\?$/],
    [
      'a field of Prometheus that is not supported',
      job('metric_relabel_configs: []'),
      /^p\.yml:3:3: scrape_configs\[0\]\.metric_relabel_configs is not supported; supported: job_name, scrape_interval,/,
    ],
    [
      'one deeper',
      job('static_configs: [{target: [x]}]'),
      /^p\.yml:3:21: scrape_configs\[0\]\.static_configs\[0\]\.target is not supported; did you mean "targets"\?$/,
    ],
    [
      'a job without name',
      'scrape_configs:\n- static_configs: []',
      /^p\.yml:2:3: scrape_configs\[0\]\.job_name is missing$/,
    ],
    ['an empty name', 'scrape_configs: [{job_name: ""}]', /job_name must not be empty$/],
    [
      'an empty label name',
      job("static_configs: [{targets: ['h:1'], labels: {'': x}}]"),
      /^p\.yml:3:\d+: scrape_configs\[0\]\.static_configs\[0\]\.labels\[""\] must not be empty$/,
    ],
    ['a job that is null', 'scrape_configs:\n-\n', /^p\.yml:\d:\d: scrape_configs\[0\] must be a map of fields$/],
    [
      'two jobs of one name',
      'scrape_configs:\n- job_name: a\n- job_name: a\n',
      /^p\.yml:3:13: scrape_configs\[1\]\.job_name "a" is the name of an earlier job$/,
    ],
    ['a list for a map', 'global: []', /^p\.yml:1:9: global must be a map of fields$/],
    ['a map for a list', 'scrape_configs: {}', /^p\.yml:1:17: scrape_configs must be a list$/],
    ['a scalar for a list', job('static_configs: [{targets: "h:1"}]'), /targets must be a list$/],
    ['a list for a scalar', job('metrics_path: [x]'), /metrics_path must be a single value$/],
    [
      'a bad duration',
      'global:\n  scrape_interval: 1.5s',
      /^p\.yml:2:20: global\.scrape_interval "1\.5s" is not a duration such as/,
    ],
    ['a bad size', 'global: {body_size_limit: 10}', /global\.body_size_limit "10" is not a size such as/],
    ['a bad number', job('sample_limit: -1'), /sample_limit "-1" is not a whole number/],
    ['a bad flag', job('honor_labels: maybe'), /honor_labels "maybe" is not true or false$/],
    ['https', job('scheme: https'), /scheme only http is supported$/],
    ['an unknown protocol', job('fallback_scrape_protocol: PrometheusProto'), /must be one of PrometheusText0\.0\.4, /],
    [
      'a target with a path',
      job("static_configs: [{targets: ['http://h/x']}]"),
      /^p\.yml:3:31: .*targets\[0\] must be HOST:PORT, without scheme and path$/,
    ],
    [
      'a target that is no address',
      job("static_configs: [{targets: ['a b']}]"),
      /^p\.yml:3:20: target "a b": is no HOST:PORT$/,
    ],
    ['a port that is none', job("static_configs: [{targets: ['h:99999']}]"), /is no HOST:PORT$/],
    [
      'a timeout over the interval',
      job('scrape_interval: 1s\n  scrape_timeout: 2s'),
      /^p\.yml:4:19: scrape_configs\[0\]\.scrape_timeout 2s is greater than scrape_interval 1s$/,
    ],
    [
      'the same of global',
      'global: {scrape_interval: 1s, scrape_timeout: 2s}',
      /^p\.yml:1:47: global\.scrape_timeout 2s is greater/,
    ],
    [
      'the same of labels',
      job("static_configs: [{targets: ['h:1'], labels: {__scrape_timeout__: 2m}}]"),
      /scrape timeout 2m is greater than scrape interval 1m$/,
    ],
    [
      'another scheme in a label',
      job("static_configs: [{targets: ['h:1'], labels: {__scheme__: https}}]"),
      /__scheme__ "https" is not supported/,
    ],
    [
      'a star in the middle of a path',
      'rule_files: ["*/a.yml"]',
      /rule_files\[0\] may have a \* in its last part only$/,
    ],
    ['a key twice', 'global: {}\nglobal: {}', /^p\.yml:2:1: Map keys must be unique$/],
    ['what is no YAML', 'a: [', /^p\.yml:1:\d: /],
    ['two documents', 'global: {}\n---\nglobal: {}', /multiple documents/],
  ])('%s, by name and place', (_what, text, message) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  it('all at once', () => {
    expect(problemsOf('global: {scrape_interval: x}\nalerting: {}\nremote_write: []')).toEqual([
      'p.yml: 3 problems',
      expect.stringMatching(/scrape_interval/),
      expect.stringMatching(/^p\.yml:2:1: alerting is not supported/),
      expect.stringMatching(/^p\.yml:3:1: remote_write is not supported/),
    ]);
  });

  it('a file that cannot be read', async () => {
    await expect(loadConfiguration('/nowhere/p.yml')).rejects.toThrow(/^\/nowhere\/p\.yml: cannot be read: ENOENT/);
  });

  it('an alias bomb', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(30).fill(`*${of}`).join(', ')}]\n`;
    const text = `a: &a [x]\n${level('b', 'a')}${level('c', 'b')}${level('d', 'c')}${level('e', 'd')}`;
    expect(problemsOf(text)[0]).toMatch(/^p\.yml: Excessive alias count/);
  });

  it('what is nested deeper than it can be read', () => {
    expect(problemsOf('['.repeat(50_000))).toHaveLength(1);
  });
});
