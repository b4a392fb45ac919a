/** The order of the verdict, row by row: every way in which evidence can be missing, late, doubled, not a number, or contradictory. */
import { describe, expect, it } from 'vitest';
import type { EntryEvidence, Evidence } from './evidence.ts';
import {
  answerStarting,
  answerWith,
  during,
  heldEvidence,
  manifest,
  planOf,
  type Spoilable,
  scenario,
} from './verdict.fixture.ts';
import { judge } from './verdict.ts';

type Spoilt = { -readonly [K in keyof Evidence]: Evidence[K] };
type Entry = { -readonly [K in keyof EntryEvidence]: EntryEvidence[K] };
type Row = readonly [name: string, rule: 1 | 2 | 3 | 4, spoil: (evidence: Spoilt) => unknown];

const plan = planOf();
const uptime = 'objective/skillUptimeRatio/during';
const success = 'objective/skillSuccessRatio/during';
const recovery = 'objective/recoverySeconds/2-outage/gateway';

const entry = (evidence: Evidence, index: number) => evidence.entries[index] as Entry;
const from = (evidence: Evidence) => evidence.observedWindow?.from ?? 0;
const to = (evidence: Evidence) => evidence.observedWindow?.to ?? 0;
const value = (idStart: string, text: string) => (evidence: Spoilt) => answerWith(evidence, idStart, text);
const absent = (part: keyof Evidence) => (evidence: Spoilt) => delete evidence[part];
const eachSeries = (idStart: string, spoil: (series: Spoilable['result'][number]) => unknown) => (evidence: Spoilt) =>
  answerStarting(evidence, idStart).result.map(spoil);
/** As if it had been asked at another time, and answered for that. */
const askedAt = (time: (evidence: Spoilt) => number) => (evidence: Spoilt) => {
  const answer = answerStarting(evidence, success);
  answer.evaluatedAt = time(evidence);
  for (const series of answer.result) series.value[0] = answer.evaluatedAt / 1000;
};
const forget = (index: number, part: keyof Entry) => (evidence: Spoilt) => delete entry(evidence, index)[part];
const unanswered = (idStart: string) => (evidence: Spoilt) => {
  const gone = answerStarting(evidence, idStart).checkId;
  evidence.answers = evidence.answers.filter(({ checkId }) => checkId !== gone);
};
/** Of a range answer, the series with these labels, so many seconds from the beginning; without a value they are missing. */
const atSeconds =
  (idStart: string, labels: Record<string, string>, first: number, last: number, text?: string) => (evidence: Spoilt) =>
    during(evidence, idStart, labels, from(evidence) + first * 1000, from(evidence) + last * 1000, text);

const rows: readonly Row[] = [
  // 1. The measurement itself
  [
    'a part of the harness failed',
    1,
    (e) => Object.assign(e, { harnessFaults: [{ part: 'toxiproxy', detail: 'gone' }] }),
  ],
  ['the window was not written down', 1, absent('observedWindow')],
  ['the window ends before it begins', 1, (e) => Object.assign(e, { observedWindow: { from: to(e), to: from(e) } })],
  [
    'Prometheus never got to the last number',
    1,
    (e) => Object.assign(e, { sequence: { recorder: 93, prometheus: 92 } }),
  ],
  ['Prometheus says more than was recorded', 1, value('health/recorderSequence', '94')],
  ['the sequence was not written down', 1, absent('sequence')],
  ['the recorder was down for a second', 1, atSeconds('health/recorder-up', { job: 'chaos' }, 9, 10, '0')],
  ['the recorder was not scraped for 4 s', 1, atSeconds('health/recorder-up', { job: 'chaos' }, 9, 13)],
  ['nobody knows whether the recorder was up', 1, unanswered('health/recorder-up')],
  [
    'the recorder was asked about for another window',
    1,
    (e) => (answerStarting(e, 'health/recorder-up').from = from(e) - 60_000),
  ],
  ['two recorders', 1, value('health/one-recorder', '2')],
  [
    'a layer was missing without a fault that names it',
    1,
    atSeconds('health/layers-up', { layer: 'runtime' }, 16, 17, '0'),
  ],
  ['a layer went missing before its fault', 1, atSeconds('health/layers-up', { layer: 'gateway' }, 12, 16, '0')],
  ['a layer was missing long after its recovery', 1, atSeconds('health/layers-up', { layer: 'gateway' }, 24, 25, '0')],
  ['a layer was never scraped', 1, (e) => answerStarting(e, 'health/layers-up').result.pop()],
  ['a window was observed for 90 % only', 1, value('health/layerObservedRatio/during', '0.9')],
  ['more was observed than there was', 1, value('health/layerObservedRatio/during', '1.5')],
  ['one vantage was not observed', 1, (e) => answerStarting(e, 'health/layerObservedRatio/before').result.pop()],
  ['an empty phase: 0 seconds of 0', 1, value('health/layerObservedRatio/after', 'NaN')],
  ['journal and Prometheus tell of different injections', 1, (e) => (entry(e, 1).injectedAt = from(e) + 12_000)],
  [
    'journal and Prometheus tell of different heals',
    1,
    (e) => {
      entry(e, 1).healedAt = from(e) + 22_500;
      entry(e, 1).recoveredAt = from(e) + 23_000;
    },
  ],
  [
    'an answer to a question nobody asked',
    1,
    (e) => Object.assign(e, { answers: [...e.answers, { ...answerStarting(e, uptime), checkId: 'x' }] }),
  ],
  [
    'a fault that nobody planned',
    1,
    (e) => Object.assign(e, { entries: [...e.entries, { name: '9-hang', undone: true }] }),
  ],
  ['a fault written down twice', 1, (e) => Object.assign(e, { entries: [...e.entries, entry(e, 0)] })],
  ['healed before it was injected', 1, (e) => (entry(e, 1).healedAt = from(e) + 1000)],
  ['recovered before the last blow', 1, (e) => (entry(e, 2).lastBlowAt = from(e) + 37_000)],
  ['a blow before the injection', 1, (e) => (entry(e, 2).lastBlowAt = from(e) + 29_000)],
  ['recovered before the heal', 1, (e) => (entry(e, 1).recoveredAt = from(e) + 16_000)],
  ['recovered after the end of observation', 1, (e) => (entry(e, 2).recoveredAt = to(e) + 1000)],
  ['nobody knows whether a fault was undone', 1, forget(1, 'undone')],
  ['evidence that is no evidence', 1, (e) => Object.assign(e, { answers: 'none' as never })],
  ['a time that is no time', 1, (e) => (entry(e, 0).injectedAt = 0)],
  // (1) before (3): what is broken is not believed if the measurement is not sound
  [
    'violated, but the recorder was down',
    1,
    (e) => {
      answerWith(e, uptime, '0.5');
      atSeconds('health/recorder-up', { job: 'chaos' }, 0, 9, '0')(e);
    },
  ],
  // 2. The experiment
  [
    'the steady state was not reached',
    2,
    (e) => Object.assign(e, { steadyState: { reached: false, detail: 'session bad' } }),
  ],
  ['nothing is known of the steady state', 2, absent('steadyState')],
  ['skills failed before anything was broken', 2, value('precondition/skillSuccessRatio/before', '0.9')],
  ['a fault was not proved', 2, (e) => (entry(e, 0).proof = { proved: false, evidence: 'still answers' })],
  ['no blow of a repeated fault was written down', 2, forget(2, 'lastBlowAt')],
  ['no proof was tried', 2, forget(0, 'proof')],
  ['Prometheus has not heard of the proof', 2, value('precondition/faultsProved', '0')],
  [
    'one fault fewer was injected than planned',
    2,
    (e) => answerStarting(e, 'precondition/faultsInjected').result.pop(),
  ],
  ['a fault was injected twice', 2, value('precondition/faultsInjected', '2')],
  [
    'a fault stood for half of its time',
    2,
    (e) => {
      entry(e, 1).healedAt = from(e) + 19_000 - 1500;
      answerStarting(e, 'health/faultHealTimes').result[1]?.value.splice(1, 1, String((from(e) + 17_500) / 1000));
    },
  ],
  [
    'no onset: the fault (replaced by a noop?) was not felt',
    2,
    (e) => (answerStarting(e, 'precondition/onsetSeconds/2-outage').result = []),
  ],
  ['felt only towards its end', 2, value('precondition/onsetSeconds/2-outage', '4.5')],
  ['felt before it was injected', 2, value('precondition/onsetSeconds/2-outage', '-1')],
  ['only one blow of a repeated fault landed', 2, value('precondition/faultBlows/3-kill', '1')],
  ['nothing was in flight when it struck', 2, value('precondition/inFlight/3-kill/run', '0')],
  ['two slots exposed', 2, value('precondition/skillSlotsExposed/2-outage', '2')],
  ['exposure unknown', 2, unanswered('precondition/skillSlotsExposed/local')],
  ['nothing was acknowledged, so nothing could be lost', 2, value('precondition/durableChecked/message', '0')],
  ["the operator's check never ran while degraded", 2, value('precondition/operatorChecks/degraded/during', '0')],
  [
    "the operator's check never ran again once it was over",
    2,
    value('precondition/operatorChecks/operational/after', '0'),
  ],
  [
    'violated, but a fault is unproved',
    2,
    (e) => {
      answerWith(e, uptime, '0.5');
      entry(e, 0).proof = { proved: false, evidence: '' };
    },
  ],
  // 3. Broken
  ['skills failed', 3, value(success, '0.75')],
  ['one skill of two was late', 3, (e) => answerStarting(e, uptime).result[1]?.value.splice(1, 1, '0.99')],
  ['recovery took too long', 3, value(recovery, '30.1')],
  [
    'never recovered',
    3,
    (e) => {
      answerWith(e, 'objective/unrecovered/2-outage/gateway', '1');
      answerStarting(e, recovery).result = [];
      answerStarting(e, 'precision/recoveryResolutionSeconds/2-outage/gateway').result = [];
      delete entry(e, 1).recoveredAt;
    },
  ],
  ['end to end never recovered', 3, value('objective/unrecovered/3-kill/end-to-end', '1')],
  ['a failed layer answered in between', 3, value('objective/goodProbesWhileFailed/2-outage', '1')],
  ['a blow that did not disconnect', 3, value('objective/interruptedBlowsRatio', '0.75')],
  ['an untouched layer had an outage', 3, value('objective/outages/2-outage/runtime', '1')],
  ['an untouched layer was not available throughout', 3, value('objective/layerAvailabilityRatio/runtime', '0.9999')],
  ['a message was lost', 3, value('objective/durableLost/message', '1')],
  ['an event came twice', 3, value('objective/durableDoubled/event', '1')],
  ['a slot ran twice', 3, value('objective/skillSlotsDoubled', '1')],
  ['the system contradicts the skills', 3, value('objective/disagreements', '1')],
  ['the operator was told wrong', 3, value('objective/operatorCheckAgreementRatio', '0.9')],
  ["an objective of the scenario's own", 3, value('objective/gatewayConnectionIssues', '0')],
  [
    'violated, while another objective has no data',
    3,
    (e) => {
      answerWith(e, uptime, '0.5');
      unanswered(success)(e);
    },
  ],
  // 4. No data
  ['no answer', 4, unanswered(success)],
  ['two answers', 4, (e) => Object.assign(e, { answers: [...e.answers, answerStarting(e, success)] })],
  ['an answer to another query', 4, (e) => (answerStarting(e, success).query = 'vector(1)')],
  [
    'an error of Prometheus',
    4,
    (e) => Object.assign(answerStarting(e, success), { status: 'error', error: 'timed out', result: undefined }),
  ],
  ['a success with an error', 4, (e) => (answerStarting(e, success).error = 'oops')],
  ['asked too early', 4, askedAt((e) => to(e) - 1000)],
  ['asked so late that the start is out of reach', 4, askedAt((e) => from(e) + plan.rangeSeconds * 1000 + 1000)],
  ['a value of another time', 4, eachSeries(success, (s) => (s.value[0] -= 60))],
  ['a range instead of a moment', 4, (e) => (answerStarting(e, success).resultType = 'matrix')],
  ['a scalar', 4, (e) => Object.assign(answerStarting(e, success), { resultType: 'scalar', result: [1, '1'] })],
  ['no series at all', 4, (e) => (answerStarting(e, success).result = [])],
  ['one series missing', 4, (e) => answerStarting(e, success).result.pop()],
  [
    'one series too many',
    4,
    (e) =>
      answerStarting(e, success).result.push({
        ...answerStarting(e, success).result[0],
        metric: { skill: 'x' },
      } as never),
  ],
  [
    'one series twice',
    4,
    (e) => {
      const { result } = answerStarting(e, success);
      result.push(structuredClone(result[0]) as never);
    },
  ],
  ['a label too many', 4, eachSeries(success, (s) => (s.metric.instance = 'a'))],
  ['a label missing', 4, eachSeries(success, (s) => delete s.metric.skill)],
  ['NaN', 4, value(success, 'NaN')],
  ['infinity', 4, value(success, '+Inf')],
  ['an empty string', 4, value('objective/durableLost/message', '')],
  ['a word', 4, value(success, 'one')],
  ['a hexadecimal number', 4, value('objective/durableLost/message', '0x0')],
  ['a number where a string belongs', 4, (e) => answerStarting(e, success).result[0]?.value.splice(1, 1, 1 as never)],
  ['a ratio over 1', 4, value(success, '1.01')],
  ['a count below 0', 4, value('objective/skillSlotsMissed', '-1')],
  ['recovered before its heal, says Prometheus', 4, value(recovery, '-1.7e9')],
  ['a recovery that is known to 2 s only', 4, value('precision/recoveryResolutionSeconds/2-outage/gateway', '2')],
  ['nobody knows how exact a recovery is', 4, unanswered('precision/recoveryResolutionSeconds/3-kill/end-to-end')],
  ['recovery not written down', 4, forget(1, 'recoveredAt')],
  ['recovered, but seen good for 3 s only', 4, (e) => (entry(e, 2).recoveredAt = to(e) - 3000)],
  [
    'observation ended early',
    4,
    (e) => {
      entry(e, 2).injectedAt = to(e) - 7000;
      entry(e, 2).lastBlowAt = to(e) - 7000;
      entry(e, 2).recoveredAt = to(e) - 6000;
      answerStarting(e, 'health/faultInjectionTimes').result[2]?.value.splice(1, 1, String((to(e) - 7000) / 1000));
    },
  ],
];

describe('the order of the verdict', () => {
  it('holds where everything is there and holds', () => {
    const verdict = judge(plan, heldEvidence(plan));
    expect(verdict.reasons).toEqual([]);
    expect(verdict).toMatchObject({ outcome: 'held', exitCode: 0 });
    expect(verdict.results).toHaveLength(plan.checks.length);
  });

  it.each(rows)('%s: rule %i', (_, rule, spoil) => {
    const evidence = heldEvidence(plan);
    spoil(evidence);
    const verdict = judge(plan, evidence);
    const deciding = Math.min(...verdict.reasons.map((reason) => reason.rule));
    expect({ rule: deciding, outcome: verdict.outcome }).toEqual({
      rule,
      outcome: rule === 3 ? 'broken' : 'inconclusive',
    });
    expect(verdict.exitCode).toBe(rule === 3 ? 1 : 2);
  });
});

describe('a verdict', () => {
  it('says which value of which series was violated, and by which threshold', () => {
    const evidence = heldEvidence(plan);
    answerStarting(evidence, uptime).result[0]?.value.splice(1, 1, '0.4');
    const { reasons } = judge(plan, evidence);
    expect(reasons).toEqual([
      {
        rule: 3,
        category: 'skill-uptime',
        checkId: `${uptime}/==`,
        text: 'skill uptime ratio (during) = 1: local 0.4',
      },
    ]);
  });

  it('on a starved machine is never broken, and held all the same if all held', () => {
    const evidence: Spoilt = heldEvidence(plan);
    evidence.starved = [{ from: from(evidence), to: from(evidence) + 6_000, share: 0.97 }];
    expect(judge(plan, evidence).outcome).toBe('held');
    answerStarting(evidence, uptime).result[0]?.value.splice(1, 1, '0.4');
    const { outcome, reasons } = judge(plan, evidence);
    expect(outcome).toBe('inconclusive');
    expect(reasons.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^for 6 s processes of this machine waited for a processor 97 % of the time/),
      'skill uptime ratio (during) = 1: local 0.4',
    ]);
  });

  it('lets a layer be missing from the fault that names it until 2 s after its recovery', () => {
    const evidence = heldEvidence(plan);
    during(evidence, 'health/layers-up', { layer: 'gateway' }, from(evidence) + 15_000, from(evidence) + 23_400, '0');
    expect(judge(plan, evidence).outcome).toBe('held');
  });

  it('tells by its exit code that a fault still stands, whatever the outcome', () => {
    const evidence = heldEvidence(plan);
    entry(evidence, 1).undone = false;
    expect(judge(plan, evidence)).toMatchObject({ outcome: 'inconclusive', exitCode: 4 });
  });

  it('names an unreached steady state before all that follows from it', () => {
    const evidence: Spoilt = heldEvidence(plan);
    evidence.steadyState = { reached: false, detail: 'gateway bad' };
    evidence.entries = [];
    evidence.answers = [];
    expect(judge(plan, evidence).reasons[0]?.text).toBe('steady state not reached: gateway bad');
  });

  it('says once, not for each check, that nobody knows what was observed', () => {
    const evidence: Spoilt = heldEvidence(plan);
    delete evidence.observedWindow;
    const { outcome, reasons } = judge(plan, evidence);
    expect(outcome).toBe('inconclusive');
    expect(reasons.filter(({ rule }) => rule === 1).map(({ text }) => text)).toEqual([
      'the window of observation was not written down',
    ]);
  });

  it('takes sums of the same floats in another order as equal, and a single slot of a million as different', () => {
    const evidence = heldEvidence(plan);
    answerWith(evidence, 'objective/layerAvailabilityRatio/runtime', '0.9999999999999998');
    expect(judge(plan, evidence).outcome).toBe('held');
    answerWith(evidence, success, '0.999999');
    expect(judge(plan, evidence).outcome).toBe('broken');
  });

  it('never holds by a plan that asks for nothing', () => {
    const empty = { ...plan, checks: [] };
    expect(judge(empty, { ...heldEvidence(plan), answers: [] }).outcome).toBe('inconclusive');
  });

  it('holds for a scenario in which nothing happens', () => {
    const timeline = [
      { atMs: 5000, forMs: 5000, fault: { kind: 'noop' }, expect: { session: 'ok', gateway: 'ok', runtime: 'ok' } },
    ] as const;
    const control = planOf({ scenario: { ...scenario, timeline }, manifest });
    expect(judge(control, heldEvidence(control)).outcome).toBe('held');
  });
});
