import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AlertName } from '../../metrics/rules/alerts.ts';
import { type LoadedScenario, loadManifest, loadScenarios } from '../input/load.ts';
import { scenario } from '../verdict/verdict.fixture.ts';
import { alertNames, judgedAlerts, unjudgeable } from './judged-alerts.ts';

const root = resolve(import.meta.dirname, '../..');

/** Alerts that no fault of a running system raises, and who shows that they fire. */
const beyondFaults: Readonly<Partial<Record<AlertName, string>>> = {
  OpenclawNoData:
    'a layer that Prometheus is not told to scrape, which no run starts without: the rules tests of promtool',
};

const expectedIn = ({ scenario: { timeline } }: LoadedScenario) =>
  timeline.flatMap(({ alerts = [] }) => alerts.map(({ alert }) => alert));

describe('the scenarios', () => {
  let all: readonly LoadedScenario[];
  beforeAll(async () => {
    const { loaded: manifest } = await loadManifest('resilient', root);
    const { loaded, problems } = await loadScenarios([], manifest, root);
    expect(problems).toEqual([]);
    all = loaded;
  });

  const judgeable = alertNames.filter((alert) => unjudgeable(alert) === undefined);

  it.each(judgeable)('%s: one wants it to fire, and another wants it silent', (alert) => {
    const fires = all.filter((one) => expectedIn(one).includes(alert)).map(({ name }) => name);
    const silent = all
      .filter((one) => judgedAlerts(one.scenario).includes(alert) && !expectedIn(one).includes(alert))
      .map(({ name }) => name);
    expect(silent).not.toEqual([]);
    if (beyondFaults[alert] === undefined) expect(fires).not.toEqual([]);
    else expect(fires).toEqual([]);
  });

  it('want each alert that they raise to be over after the fault', () => {
    const pages = all.flatMap(({ scenario: { timeline } }) => timeline.flatMap(({ alerts = [] }) => alerts));
    expect(pages.filter(({ resolvesWithinMs }) => resolvesWithinMs === undefined)).toEqual([]);
  });

  it('all say which alerts they raise', () => {
    expect(all.filter(({ scenario: { alerts } }) => alerts === undefined)).toEqual([]);
  });
});

it('leaves to promtool what takes longer than a fault lasts', () => {
  const left = alertNames.filter((alert) => unjudgeable(alert) !== undefined);
  expect(left).toEqual(['OpenclawSkillSuccessBudgetBurnFast', 'OpenclawSkillSuccessBudgetBurnSlow']);
});

describe('a scenario has judged', () => {
  const [first, ...others] = scenario.timeline;
  const timeline = [
    { ...first, alerts: [{ alert: 'OpenclawSkillStale', withinMs: 9_000 }] },
    ...others,
  ] as typeof scenario.timeline;

  it.each<[string, Parameters<typeof judgedAlerts>[0], readonly AlertName[]]>([
    ['nothing of which it does not speak', { timeline: others }, []],
    ['what an entry expects', { timeline }, ['OpenclawSkillStale']],
    [
      'and what must be silent',
      { timeline, alerts: { silent: ['OpenclawLayerDown'] } },
      ['OpenclawLayerDown', 'OpenclawSkillStale'],
    ],
  ])('%s', (_, given, judged) => {
    expect(judgedAlerts(given)).toEqual(judged);
  });

  it('all others, but those that may fire', () => {
    const judged = judgedAlerts({ timeline, alerts: { silent: 'all-others', mayFire: ['OpenclawLayerDown'] } });
    expect(judged).toContain('OpenclawRestartLoop');
    expect(judged).toContain('OpenclawSkillStale');
    expect(judged).not.toContain('OpenclawLayerDown');
    expect(judged).not.toContain('OpenclawSkillSuccessBudgetBurnFast');
  });
});
