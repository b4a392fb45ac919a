/** What becomes of a run whose alerts do not do what the scenario says of them: broken where somebody would notice, inconclusive where nobody knows. */
import { expect, it } from 'vitest';
import { describePlan } from '../plan/describe-plan.ts';
import type { Scenario } from '../scenario.ts';
import { colorsFor } from '../terminal/colors.ts';
import { verdictLines } from '../terminal/verdict-text.ts';
import type { Evidence } from './evidence.ts';
import { answerStarting, answerWith, heldEvidence, planOf, scenario } from './verdict.fixture.ts';
import { judge } from './verdict.ts';

const alert = 'OpenclawGatewayUnreachable';
const page = { alert, labels: { layer: ['runtime'] }, withinMs: 8_000, resolvesWithinMs: 6_000 } as const;
const paged: Scenario = {
  ...scenario,
  timeline: scenario.timeline.map((entry) => (entry.fault.kind === 'outage' ? { ...entry, alerts: [page] } : entry)),
  alerts: { silent: 'all-others', mayFire: ['OpenclawRestartLoop'] },
};
const plan = planOf({ scenario: paged });
const fault = '2-outage';

function judged(spoil: (evidence: Evidence) => void) {
  const evidence = heldEvidence(plan);
  spoil(evidence);
  return judge(plan, evidence);
}

/** As one answer says it of a single alert. */
function of(evidence: Evidence, idStart: string, name: string, value: string): void {
  for (const series of answerStarting(evidence, idStart).result) {
    if (series.metric.alert === name) series.value[1] = value;
  }
}

const lines = (spoil: (evidence: Evidence) => void) => {
  const result = { runId: 'r', runDir: '/r', plan, verdict: judged(spoil), interrupted: false, notUndone: [] };
  return verdictLines(result, Number.POSITIVE_INFINITY, colorsFor({ isTTY: false } as NodeJS.WriteStream, {}));
};

it('is held when all is as it says', () => {
  expect(judged(() => {})).toMatchObject({ outcome: 'held', reasons: [] });
  expect(lines(() => {})).toContain(
    '  alerts: OpenclawGatewayUnreachable after 4.0 s, over after 5.5 s (2-outage); 8 silent',
  );
});

it.each<[string, (evidence: Evidence) => void, string, string]>([
  [
    'an alert does not fire',
    (evidence) => {
      answerWith(evidence, `objective/alertFired/${fault}`, '0');
      for (const sli of ['alertFiredSeconds', 'alertResolvedSeconds'])
        answerStarting(evidence, `objective/${sli}/${fault}`).result = [];
    },
    `nobody would be paged: ${alert} (layer runtime) did not fire for ${fault}: ${fault} ${alert} 0`,
    `${alert} not seen (${fault}); 8 silent`,
  ],
  [
    'it fires too late',
    (evidence) => answerWith(evidence, `objective/alertFiredSeconds/${fault}`, '8.2'),
    `somebody would be paged too late: ${alert} (layer runtime) must fire within 8 s of ${fault}; seconds: ${fault} ${alert} 8.2`,
    `${alert} after 8.2 s, over after 5.5 s (${fault}); 8 silent`,
  ],
  [
    'it goes on',
    (evidence) => {
      answerWith(evidence, `objective/alertUnresolved/${fault}`, '1');
      answerStarting(evidence, `objective/alertResolvedSeconds/${fault}`).result = [];
    },
    `the page would go on: ${alert} still fires after ${fault}: ${fault} ${alert} 1`,
    `${alert} after 4.0 s (${fault}); 8 silent`,
  ],
  [
    'it goes on for too long',
    (evidence) => answerWith(evidence, `objective/alertResolvedSeconds/${fault}`, '11.5'),
    `the page would go on for too long: ${alert} must be over 11 s after ${fault} began; seconds: ${fault} ${alert} 11.5`,
    `${alert} after 4.0 s, over after 11.5 s (${fault}); 8 silent`,
  ],
  [
    'another one fires',
    (evidence) => of(evidence, 'objective/alertUnexpectedSeconds', 'OpenclawSkillStale', '3'),
    'somebody would be paged for nothing; seconds for which an alert fired that no fault should raise: OpenclawSkillStale 3',
    `OpenclawGatewayUnreachable after 4.0 s, over after 5.5 s (${fault}); OpenclawSkillStale for nothing; 7 silent`,
  ],
])('is broken when %s', (_, spoil, reason, line) => {
  const { outcome, reasons } = judged(spoil);
  expect(outcome).toBe('broken');
  expect(reasons[0]).toMatchObject({ rule: 3, category: 'alert', text: reason });
  expect(lines(spoil)).toContain(`  alerts: ${line}`);
});

it.each<[string, (evidence: Evidence) => void]>([
  ['one alert was not observed', (evidence) => of(evidence, 'health/alertObservedRatio', 'OpenclawSkillStale', '0.9')],
  [
    'nobody knows of one alert',
    (evidence) => {
      const answer = answerStarting(evidence, 'health/alertObservedRatio');
      answer.result = answer.result.filter(({ metric }) => metric.alert !== 'OpenclawSkillStale');
    },
  ],
  [
    'nobody knows whether one was silent',
    (evidence) => {
      const answer = answerStarting(evidence, 'objective/alertUnexpectedSeconds');
      answer.result = answer.result.filter(({ metric }) => metric.alert !== 'OpenclawSkillStale');
    },
  ],
  [
    'nobody knows whether it fired',
    (evidence) => {
      answerStarting(evidence, `objective/alertFired/${fault}`).result = [];
    },
  ],
])('is inconclusive when %s, never held', (_, spoil) => {
  expect(judged(spoil).outcome).toBe('inconclusive');
});

it('is inconclusive, not broken, when a page failed to come that nobody observed', () => {
  const { outcome, reasons } = judged((evidence) => {
    answerWith(evidence, `objective/alertFired/${fault}`, '0');
    of(evidence, 'health/alertObservedRatio', alert, '0.5');
  });
  expect(outcome).toBe('inconclusive');
  expect(reasons[0]?.rule).toBe(1);
});

it('says nothing of alerts to a scenario that does not', () => {
  const { checks } = planOf();
  expect(checks.filter(({ id }) => id.includes('alert'))).toEqual([]);
});

it('tells them in the plan, before anything is started', () => {
  expect(describePlan(plan).filter((line) => /pages|alerts|may fire/.test(line))).toEqual([
    '           pages: OpenclawGatewayUnreachable (layer runtime) within 8 s, over within 6 s of the end',
    expect.stringMatching(/^ {2}silent alerts: OpenclawGatewayConnectionIssues, OpenclawLayerDegraded, /),
    '  may fire or not: OpenclawRestartLoop',
    expect.stringContaining('alerts that fired unexpectedly'),
    expect.stringContaining('alerts observed ratio'),
  ]);
});
