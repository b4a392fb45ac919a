/** Rules: what they record, and the life of an alert. */
import { describe, expect, test } from 'vitest';
import type { RuleGroup } from './engine.ts';
import { rigForAll, startMs } from './fixture.ts';

const open = rigForAll();

const content = `
groups:
  - name: g
    interval: 5s
    rules:
      - record: job:load:double
        expr: sum by (job) (load) * 2
        labels: {team: a}
      - alert: Loaded
        expr: load > 10
        for: 2s
        keep_firing_for: 3s
        labels: {severity: "{{ if gt $value 50.0 }}high{{ else }}low{{ end }}"}
        annotations: {summary: "{{ $labels.instance }} at {{ $value }}"}
`;

const options = { evaluationIntervalMs: 1000 };

test('an alert is pending, fires, is kept firing, and is resolved', async () => {
  const { engine } = open();
  const [group, ...more] = await engine.loadRules([{ path: 'r.yml', content }], options);
  expect([group, more]).toEqual([{ file: 'r.yml', name: 'g', intervalMs: 5000 }, []]);
  const states: string[] = [];
  const loads = [5, 20, 20, 20, 5, 5, 5, 5, 5];
  for (const [second, load] of loads.entries()) {
    await open().scrape(`load ${load}\n`, { second });
    await engine.evaluate(group as RuleGroup, startMs + second * 1000);
    const { alerts } = JSON.parse(await engine.alerts());
    states.push(alerts.map((alert: { state: string }) => alert.state).join());
    if (second === 3) {
      expect(alerts).toEqual([
        {
          labels: { alertname: 'Loaded', instance: 'i', job: 'j', severity: 'low' },
          annotations: { summary: 'i at 20' },
          state: 'firing',
          activeAt: '2023-11-14T22:13:21Z',
          value: '2e+01',
        },
      ]);
    }
  }
  // 4 to 6: the condition is gone, and the alert is kept for 3 seconds.
  expect(states).toEqual(['', 'pending', 'pending', 'firing', 'firing', 'firing', 'firing', '', '']);
  expect(await open().vector('job:load:double', 1)).toEqual({ 'job:load:double{team="a"}': '40' });
  // As upstream: no ALERTS before the state of alerts was restored, after the second evaluation.
  expect(await open().vector('ALERTS', 1)).toEqual({});
  expect(await open().vector('ALERTS', 2)).toEqual({
    'ALERTS{alertname="Loaded",alertstate="pending",severity="low"}': '1',
  });
  expect(await open().vector('ALERTS', 3)).toEqual({
    'ALERTS{alertname="Loaded",alertstate="firing",severity="low"}': '1',
  });
  expect(await open().vector('ALERTS_FOR_STATE', 3)).toEqual({
    'ALERTS_FOR_STATE{alertname="Loaded",severity="low"}': String(startMs / 1000 + 1),
  });
  expect(await open().vector('ALERTS', 8)).toEqual({});
});

test('the form of /api/v1/rules', async () => {
  const { engine } = open();
  await engine.loadRules([{ path: 'form.yml', content }], options);
  const { groups } = JSON.parse(await engine.rules());
  expect(groups).toMatchObject([{ name: 'g', file: 'form.yml', interval: 5, limit: 0 }]);
  expect(groups[0].rules).toMatchObject([
    {
      name: 'job:load:double',
      query: 'sum by (job) (load) * 2',
      labels: { team: 'a' },
      health: 'unknown',
      type: 'recording',
    },
    {
      name: 'Loaded',
      query: 'load > 10',
      duration: 2,
      keepFiringFor: 3,
      state: expect.any(String),
      alerts: [],
      type: 'alerting',
    },
  ]);
});

test('a rule that fails says why, the others go on', async () => {
  const { engine } = open();
  const failing =
    'groups: [{name: g, rules: [{record: a, expr: "up + on () {job=\\"j\\"}"}, {record: b, expr: "vector(3)"}]}]';
  const [group] = await engine.loadRules([{ path: 'f.yml', content: failing }], options);
  await open().scrape('a 1\n', { second: 30 });
  await engine.evaluate(group as RuleGroup, startMs + 30_000);
  const [{ rules }] = JSON.parse(await engine.rules()).groups;
  expect(rules).toMatchObject([
    { health: 'err', lastError: expect.stringMatching(/duplicate series/) },
    { health: 'ok' },
  ]);
  expect(await open().vector('b', 30)).toEqual({ b: '3' });
});

test('a bad file is refused by name and line, and the rules stay as they were', async () => {
  const { engine } = open();
  await engine.loadRules([{ path: 'good.yml', content }], options);
  const bad = 'groups:\n  - name: g\n    rules:\n      - record: a\n        expr: sum(\n';
  await expect(engine.loadRules([{ path: 'bad.yml', content: bad }], options)).rejects.toThrow(
    /^bad\.yml: 5:15: group "g", rule 1, "a": could not parse expression: 1:5: parse error/,
  );
  expect(JSON.parse(await engine.rules()).groups[0].file).toBe('good.yml');
});

test('a rule that would keep the parser busy for minutes is refused', async () => {
  const long = `groups: [{name: g, rules: [{record: a, expr: "1${'+1'.repeat(100_000)}"}]}]`;
  await expect(open().engine.loadRules([{ path: 'long.yml', content: long }], options)).rejects.toThrow(
    /^long\.yml: 1:46: .*: longer than 32768 bytes$/,
  );
});

test('alerts come in the order of the file', async () => {
  const { engine } = open();
  const alert = (name: string) => `{alert: ${name}, expr: vector(1)}`;
  const two = `groups: [{name: g, rules: [${alert('Zebra')}, ${alert('Ape')}]}]`;
  const [group] = await engine.loadRules([{ path: 'two.yml', content: two }], options);
  await engine.evaluate(group as RuleGroup, startMs + 40_000);
  const { alerts } = JSON.parse(await engine.alerts());
  expect(alerts.map((one: { labels: { alertname: string } }) => one.labels.alertname)).toEqual(['Zebra', 'Ape']);
});

describe('a reload', () => {
  const group = (name: string, ...recorded: string[]): string =>
    `{name: ${name}, rules: [${recorded.map((record) => `{record: ${record}, expr: vector(1)}`)}]}`;
  /** Loads these groups and evaluates them. */
  const load = async (second: number, ...groups: string[]): Promise<void> => {
    const { engine } = open();
    const loaded = await engine.loadRules([{ path: 'x.yml', content: `groups: [${groups}]` }], options);
    for (const one of loaded) await engine.evaluate(one, startMs + second * 1000);
  };

  test('without a group ends its series, two intervals later, as at the reload; but not what another group goes on with', async () => {
    await load(100, group('old', 'gone', 'taken'), group('stays', 'kept'));
    await load(101, group('new', 'taken'), group('stays', 'kept'));
    expect(await open().vector('{__name__=~"gone|taken|kept"}', 101)).toEqual({ gone: '1', taken: '1', kept: '1' });
    await open().scrape('a 1\n', { second: 103 });
    expect(await open().vector('{__name__=~"gone|taken|kept"}', 101)).toEqual({ taken: '1', kept: '1' });
    expect(await open().vector('gone', 100)).toEqual({ gone: '1' });
  });

  test('leaves a group that did not change as it is', async () => {
    const { engine } = open();
    await load(110, group('same', 'a'));
    const before = JSON.parse(await engine.rules()).groups[0].rules;
    await engine.loadRules([{ path: 'x.yml', content: `groups: [${group('same', 'a')}]` }], options);
    expect(JSON.parse(await engine.rules()).groups[0].rules).toEqual(before);
    expect(before).toMatchObject([{ health: 'ok' }]);
  });

  test('sets the step of subqueries that name none', async () => {
    const count = () => open().vector('count_over_time(vector(1)[10s:])', 120);
    await open().engine.loadRules([], { evaluationIntervalMs: 5000 });
    expect(await count()).toEqual({ '': '2' });
    await open().engine.loadRules([], { evaluationIntervalMs: 1000 });
    expect(await count()).toEqual({ '': '10' });
  });
});
