import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../errors.ts';
import { judgedRun, unjudgedRun } from '../terminal/result.fixture.ts';
import { answerStarting, answerWith, heldEvidence, planOf, scenario } from '../verdict/verdict.fixture.ts';
import { judge } from '../verdict/verdict.ts';
import { buggyTarget, controlBaseline, controlScenarios, deliberateBugs, judgeControl } from './control.ts';

const root = join(import.meta.dirname, '../..');

type Spoil = Parameters<typeof judgedRun>[0];

const missed: Spoil = (evidence) => answerWith(evidence, 'objective/skillUptimeRatio/during', '0.4');
const failed: Spoil = (evidence) => answerWith(evidence, 'objective/skillSuccessRatio/during', '0.4');
const lost: Spoil = (evidence) => answerWith(evidence, 'objective/durableLost/message', '2');
const doubled: Spoil = (evidence) => answerWith(evidence, 'objective/skillSlotsDoubled', '1');
const unproved: Spoil = (evidence) => answerWith(evidence, 'precondition/faultsProved', '0');
const unanswered: Spoil = (evidence) => {
  answerStarting(evidence, 'objective/skillUptimeRatio/during').result = [];
};
const unsteady: Spoil = (evidence) => {
  missed(evidence);
  Object.assign(evidence, { steadyState: { reached: false, detail: 'never good' } });
};
const both = (...spoils: readonly NonNullable<Spoil>[]): Spoil => {
  return (evidence) => {
    for (const spoil of spoils) spoil(evidence);
  };
};

describe('the control', () => {
  it('asks of scenarios 1 to 3 and 5', () => {
    expect(controlScenarios).toEqual(['websocket-drop', 'network-partition', 'process-restart', 'gateway-down']);
    expect(controlBaseline).toBe('noop');
  });

  it.each([
    [
      'broken: skills did not run',
      missed,
      /^broken as expected, skill-uptime: skill uptime ratio \(during\) = 1: local 0\.4/,
    ],
    ['broken: skills failed', failed, /^broken as expected, skill-success: skill success ratio/],
    ['broken for that and something else', both(lost, missed), /^broken as expected, skill-uptime: /],
  ])('is content with %s', (_, spoil, text) => {
    const judged = judgeControl(judgedRun(spoil, 'gateway-down'));
    expect(judged).toMatchObject({ scenario: 'gateway-down', asExpected: true, reason: 'held' });
    expect(judged.text).toMatch(text);
  });

  it.each([
    ['held', undefined, 'broken', /^must be broken, but held$/],
    ['broken, but for slots that ran twice', doubled, 'broken', /^broken, but not for skills .*slots doubled/],
    ['broken, but for another reason', lost, 'broken', /^broken, but not for skills .*messages lost/],
    [
      'broken for another reason, with skills not known of',
      both(lost, unanswered),
      'broken',
      /^broken, but not for skills/,
    ],
    [
      'inconclusive: a fault not proved',
      both(missed, unproved),
      'inconclusive',
      /^proves nothing: inconclusive: faults proved/,
    ],
    [
      'inconclusive: the steady state not reached',
      unsteady,
      'inconclusive',
      /^proves nothing: inconclusive: steady state not reached/,
    ],
    ['inconclusive: no data', unanswered, 'inconclusive', /^proves nothing: inconclusive: skill uptime ratio/],
  ] as const)('is not content with %s', (_, spoil, reason, text) => {
    const judged = judgeControl(judgedRun(spoil, 'gateway-down'));
    expect(judged).toMatchObject({ asExpected: false, reason });
    expect(judged.text).toMatch(text);
  });

  it('takes no page for the reason, and no page away from the reason', () => {
    const plan = planOf({
      scenarioName: 'gateway-down',
      scenario: { ...scenario, alerts: { silent: ['OpenclawLayerDown'] } },
    });
    const result = (spoil: Spoil) => {
      const evidence = heldEvidence(plan);
      answerWith(evidence, 'objective/alertUnexpectedSeconds', '3');
      spoil?.(evidence);
      return judgeControl({ ...unjudgedRun('gateway-down'), plan, verdict: judge(plan, evidence) });
    };
    expect(result(undefined)).toMatchObject({
      asExpected: false,
      reason: 'broken',
      text: expect.stringMatching(/^broken, but not for skills .*paged for nothing/),
    });
    expect(result(missed)).toMatchObject({
      asExpected: true,
      text: expect.stringMatching(/^broken as expected, skill-uptime: /),
    });
  });

  it('has a target for each bug', () => {
    for (const bug of Object.keys(deliberateBugs) as (keyof typeof deliberateBugs)[])
      expect(existsSync(join(root, buggyTarget(bug))), bug).toBe(true);
  });

  it.each([
    ['broken as the bug does', 'buggy-torn-state', missed, true, /^broken as expected, skill-uptime: /],
    ['broken otherwise', 'buggy-torn-state', failed, false, /^broken, but not for slots that never ran: /],
    ['held', 'buggy-torn-state', undefined, false, /^must be broken, but held$/],
    ["broken by another scenario's bug", 'buggy-crash-loop', doubled, false, /^broken, but not for skills that failed/],
  ] as const)('of a bug: %s', (_, target, spoil, asExpected, text) => {
    const { plan, ...result } = judgedRun(spoil, 'torn-state');
    const judged = judgeControl({ ...result, plan: { ...plan, target } });
    expect(judged).toMatchObject({ scenario: 'torn-state', asExpected, reason: asExpected ? 'held' : 'broken' });
    expect(judged.text).toMatch(text);
  });

  it.each([
    ['held', undefined, true, 'held', /^held without a fault$/],
    ['broken, for whatever reason', missed, false, 'broken', /^must hold without a fault, but is broken: skill uptime/],
    ['inconclusive', unproved, false, 'inconclusive', /^proves nothing: inconclusive/],
  ] as const)('without a fault: %s', (_, spoil, asExpected, reason, text) => {
    const judged = judgeControl(judgedRun(spoil, controlBaseline));
    expect(judged).toMatchObject({ asExpected, reason });
    expect(judged.text).toMatch(text);
  });

  it.each([
    ['interrupted', { ...unjudgedRun(), interrupted: true }, 'interrupted', 'proves nothing: interrupted'],
    [
      'interrupted after it was broken',
      { ...judgedRun(missed), interrupted: true },
      'interrupted',
      'proves nothing: interrupted',
    ],
    [
      'no image',
      { ...unjudgedRun(), error: new InvalidInput('CHAOS_IMAGE', 'no image') },
      'invalid',
      'proves nothing: no image',
    ],
    ['a crash', { ...unjudgedRun(), error: new Error('boom') }, 'inconclusive', 'proves nothing: boom'],
    ['nothing at all', unjudgedRun(), 'inconclusive', 'proves nothing: no verdict'],
    [
      'a fault that stands',
      { ...judgedRun(missed), notUndone: ['2-outage'] },
      'notUndone',
      'proves nothing: a fault still stands (2-outage)',
    ],
  ] as const)('takes no verdict for no proof: %s', (_, result, reason, text) => {
    expect(judgeControl(result)).toEqual({ scenario: 'sample', asExpected: false, reason, text });
  });
});
