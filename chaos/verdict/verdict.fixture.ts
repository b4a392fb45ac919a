/** For tests: a small system, a scenario with every kind of expectation, and evidence under which its plan holds. */

import type { Manifest, NodeSpec, Protocol } from '../manifest.ts';
import { type Check, labelKey } from '../plan/check.ts';
import { makePlan, type PlanRequest } from '../plan/plan.ts';
import type { Plan } from '../plan/plan-shape.ts';
import type { Scenario } from '../scenario.ts';
import { wholeSeconds } from './ask.ts';
import type { Answer, EntryEvidence, Evidence, ObservedWindow } from './evidence.ts';

function node(title: string, port: number, ...speaks: Protocol[]): NodeSpec {
  const paths = { healthPath: '/health', readyPath: '/ready', metricsPath: '/metrics' };
  return { title, command: ['node', 'x.ts'], port, ...paths, env: {}, pidFile: 'x.pid', speaks };
}

export const manifest: Manifest = {
  name: 'sample',
  title: 'A sample',
  sources: ['x'],
  nodes: {
    session: node('Sessions', 3018, 'http', 'openclaw-session/1'),
    gateway: node('Gateway', 3019, 'http', 'openclaw-gateway/1'),
    runtime: node('Runtime', 3020, 'http', 'openclaw-ledger/1'),
  },
  links: {
    'client-session': { from: 'client', to: 'session' },
    'client-gateway': { from: 'client', to: 'gateway' },
    'session-gateway': { from: 'session', to: 'gateway' },
    'runtime-gateway': { from: 'runtime', to: 'gateway' },
  },
  skills: { local: { requires: [] }, remote: { requires: ['gateway'] } },
  effects: { node: 'runtime', file: 'effects/{skill}.ndjson' },
  operator: { home: 'runtime', ports: { 3019: 'gateway' } },
};

export const scenario: Scenario = {
  title: 'A bit of everything',
  hypothesis: 'It holds.',
  skills: {
    local: { everySeconds: 1, latenessMs: 1000 },
    remote: { everySeconds: 2, latenessMs: 1000, catchUpMs: 8000 },
  },
  steadyState: { forMs: 2000, withinMs: 30_000 },
  user: { runSkill: 'local' },
  timeline: [
    {
      atMs: 4000,
      forMs: 4000,
      fault: { kind: 'link-reset', links: ['client-session'], everyMs: 1000 },
      expect: { session: 'interrupted', gateway: 'ok', runtime: 'ok' },
    },
    {
      atMs: 15_000,
      forMs: 5000,
      fault: { kind: 'outage', nodes: ['gateway'] },
      expect: { session: 'ok', gateway: 'failed', runtime: 'ok' },
    },
    {
      atMs: 30_000,
      forMs: 5000,
      fault: { kind: 'kill', nodes: ['gateway'], everyMs: 700 },
      expect: { session: 'ok', gateway: 'paused', runtime: 'ok' },
    },
  ],
  settleMs: 8000,
  objectives: [{ sli: 'gatewayConnectionIssues', layer: 'runtime', is: '>=', threshold: 1 }],
  operatorCheck: true,
};

export function planOf(request: Partial<PlanRequest> = {}): Plan {
  return makePlan({
    scenario,
    scenarioName: 'sample',
    file: 'sample.ts',
    manifest,
    platform: 'docker',
    seed: 7,
    ...request,
  });
}

const startMs = 1_760_000_000_250;

/** Everything went as planned, and all objectives hold. Plain JSON: free to be spoiled. */
export function heldEvidence(plan: Plan): Evidence {
  const entries = plan.entries.map((entry): EntryEvidence => {
    const end = startMs + entry.endMs;
    return {
      name: entry.name,
      injectedAt: startMs + entry.startMs,
      ...(entry.minBlows > 0 && { lastBlowAt: end - 300 }),
      ...(entry.healedBy === 'harness' && { healedAt: end }),
      ...(entry.affected.length > 0 && { recoveredAt: end + 1500 }),
      proof: { proved: true, evidence: 'seen' },
      undone: true,
    };
  });
  const lastEnd = Math.max(...plan.entries.map(({ endMs }) => endMs));
  const observedWindow = { from: startMs, to: startMs + lastEnd + plan.scenario.settleMs + 2500 };
  const sequence = { recorder: 93, prometheus: 93 };
  const evidence = {
    harnessFaults: [],
    starved: [],
    steadyState: { reached: true, detail: 'after 3 s' },
    entries,
    sequence,
    observedWindow,
  };
  return structuredClone({
    ...evidence,
    answers: plan.checks.map((check) => answerTo(check, { ...evidence, answers: [] }, observedWindow)),
  });
}

function answerTo(check: Check, evidence: Evidence, window: ObservedWindow): Answer {
  const { id: checkId, query, demand } = check;
  if (demand.how === 'throughout') {
    const { from, to } = wholeSeconds(window);
    const points: [number, string][] = [];
    for (let at = from; at <= to; at += 1000) points.push([at / 1000, '1']);
    const result = check.series.map((metric) => ({ metric, values: points }));
    return { checkId, query, evaluatedAt: to, from, status: 'success', resultType: 'matrix', result };
  }
  const evaluatedAt = window.to + 3000;
  const result = check.series.map((metric) => ({
    metric,
    value: [evaluatedAt / 1000, String(holding(check, metric.fault, evidence))],
  }));
  return { checkId, query, evaluatedAt, status: 'success', resultType: 'vector', result };
}

/** A value that meets the demand, and not by a hair where there is room. */
function holding({ demand, sane, id }: Check, fault: string | undefined, { entries, sequence }: Evidence): number {
  if (demand.how === 'agree') {
    if (demand.about === 'sequence') return sequence?.recorder ?? Number.NaN;
    return (entries.find(({ name }) => name === fault)?.[demand.about] ?? Number.NaN) / 1000;
  }
  if (demand.how !== 'compare') throw new RangeError(`${id} has no single value`);
  if (demand.is === '==') return demand.threshold;
  return demand.is === '>=' ? Math.min(sane.max, demand.threshold + 1) : Math.max(sane.min, demand.threshold / 2);
}

/** The answer to the check whose id begins so; for spoiling. */
export function answerStarting(evidence: Evidence, idStart: string): Spoilable {
  const found = evidence.answers.filter(({ checkId }) => checkId.startsWith(idStart));
  const [answer] = found;
  if (answer === undefined) throw new RangeError(`no answer to ${idStart}`);
  return answer as Spoilable;
}

export interface Spoilable {
  checkId: string;
  query: string;
  evaluatedAt: number;
  from?: number;
  status: 'success' | 'error';
  resultType?: string;
  error?: string;
  result: { metric: Record<string, string>; value: [number, string]; values: [number, string][] }[];
}

/** Sets every value of that answer. */
export function answerWith(evidence: Evidence, idStart: string, value: string): void {
  for (const series of answerStarting(evidence, idStart).result) series.value[1] = value;
}

/** Sets the values of a range answer, of the series with these labels, in [fromMs, toMs]. */
export function during(
  evidence: Evidence,
  idStart: string,
  labels: Record<string, string>,
  fromMs: number,
  toMs: number,
  value?: string,
): void {
  for (const series of answerStarting(evidence, idStart).result) {
    if (labelKey(series.metric) !== labelKey(labels)) continue;
    const within = ([at]: [number, string]) => fromMs <= at * 1000 && at * 1000 <= toMs;
    series.values =
      value === undefined
        ? series.values.filter((point) => !within(point))
        : series.values.map((point): [number, string] => (within(point) ? [point[0], value] : point));
  }
}
