/** What is committed is what the TypeScript says; and the embedded Prometheus takes it, and finds what promtool finds. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../prometheus/duration.ts';
import type { Engine, RuleGroup } from '../prometheus/engine/engine.ts';
import { type Rig, rigForAll, startMs } from '../prometheus/engine/fixture.ts';
import { type AlertName, type AlertSpec, alerts } from './alerts.ts';
import { seriesValues } from './promtool/series-values.ts';
import { readTestFile, type TestCase } from './promtool/test-file.ts';
import { ruleFiles, runbookPage } from './rule-files.ts';

const committed = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

describe('in this folder', () => {
  it.each(ruleFiles())('$name is up to date: otherwise `npm run generate`', ({ name, text }) => {
    expect(committed(name)).toBe(text);
  });

  it('README.md is up to date, with a section for each alert', () => {
    expect(committed('README.md')).toBe(runbookPage());
    for (const name of Object.keys(alerts)) expect(runbookPage()).toContain(`\n## ${name}\n`);
  });
});

describe.each(Object.entries(alerts) as [AlertName, AlertSpec][])('%s', (_, spec) => {
  it('tells a person in sentences what is wrong and what to do, and speaks only of labels that it has', () => {
    const { means, noticed, look, mend } = spec.runbook;
    for (const text of [spec.summary, spec.description, means, noticed, mend]) expect(text).toMatch(/^\S.{15,}\.$/);
    expect(look.length).toBeGreaterThanOrEqual(3);
    for (const [, label = ''] of `${spec.summary} ${spec.description}`.matchAll(/\$labels\.(\w+)/g)) {
      expect(spec.labels).toContain(label);
    }
    expect([means, noticed, mend, ...look.map((one) => JSON.stringify(one))].join()).not.toContain('{{');
  });
});

/** The same cases that promtool is given; `up` and the like are scraped as if a target said so itself. Longer ones are left to promtool. */
const played = ['layer-down', 'gateway-unreachable', 'outbox-growing', 'skill-backing-off'];
const longestSeconds = 25;

describe('the embedded Prometheus', () => {
  const open = rigForAll();

  it('takes all groups, and evaluates each of them without an error', async () => {
    const { engine } = open();
    const groups = await load(engine);
    expect(groups.map(({ name }) => name)).toEqual(['openclaw', 'openclaw-budget']);
    for (const group of groups) await engine.evaluate(group, startMs);
    const rules = JSON.parse(await engine.rules()).groups.flatMap((group: { rules: Rule[] }) => group.rules);
    expect(rules.length).toBeGreaterThanOrEqual(Object.keys(alerts).length);
    expect(rules.filter(({ health }: Rule) => health !== 'ok')).toEqual([]);
  });

  const all = played.flatMap((file) => readTestFile(file).tests.map((test) => ({ file, ...test })));
  const cases = all.filter((test) => lengthOf(test) <= longestSeconds);
  let began = startMs;
  it.each(cases)('$file: $name', { timeout: 60_000 }, async (test) => {
    // So long between two that none sees what another left behind.
    began += 10_000_000;
    await play(open(), test, began);
  });
});

interface Rule {
  readonly name: string;
  readonly health: string;
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
}

function load(engine: Engine): Promise<readonly RuleGroup[]> {
  const files = ruleFiles().map(({ name, text }) => ({ path: name, content: text }));
  return engine.loadRules(files, { evaluationIntervalMs: 1000 });
}

const secondsOf = (duration: string): number => (parseDuration(duration) ?? Number.NaN) / 1000;

function lengthOf({ alert_rule_test: tests = [] }: TestCase): number {
  return Math.max(...tests.map(({ eval_time: time }) => secondsOf(time)));
}

async function play(rig: Rig, test: TestCase, beganMs: number): Promise<void> {
  await rig.engine.loadRules([], { evaluationIntervalMs: 1000 });
  const [group] = await load(rig.engine);
  const series = test.input_series.map(({ series: name, values }) => ({ name, values: seriesValues(values) }));
  for (let second = 0; second <= lengthOf(test); second++) {
    const at = second / secondsOf(test.interval);
    const timeMs = beganMs + second * 1000;
    if (Number.isInteger(at)) {
      const lines = series.flatMap(({ name, values }) => (values[at] === undefined ? [] : `${name} ${values[at]}\n`));
      const labels = { job: 'played', instance: 'played' };
      await rig.scrape(lines.join(''), {
        second: (timeMs - startMs) / 1000,
        target: 'played',
        labels,
        honorLabels: true,
      });
    }
    await rig.engine.evaluate(group as RuleGroup, timeMs);
    for (const { eval_time: time, alertname, exp_alerts: expected } of test.alert_rule_test ?? []) {
      if (secondsOf(time) !== second) continue;
      const must = expected.map((one) => ({ labels: one.exp_labels, annotations: one.exp_annotations }));
      expect(await firing(rig.engine, alertname), `${alertname} at ${second} s`).toEqual(must);
    }
  }
}

/** Sorted by what they are about, as the tests list them. */
async function firing(engine: Engine, name: string): Promise<readonly Pick<Alert, 'labels' | 'annotations'>[]> {
  const { alerts: all } = JSON.parse(await engine.alerts()) as { alerts: readonly Alert[] };
  return all
    .filter(({ labels, state }) => labels.alertname === name && state === 'firing')
    .map(({ labels: { alertname: _, ...labels }, annotations }) => ({ labels, annotations }))
    .sort((a, b) => (Object.values(a.labels).join() < Object.values(b.labels).join() ? -1 : 1));
}
