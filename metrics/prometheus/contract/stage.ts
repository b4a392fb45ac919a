/** One server with its target and its files, and the wait until it has seen the whole play. */
import { setTimeout as sleep } from 'node:timers/promises';
import { kindOf } from './answer.ts';
import { ask, type Side } from './ask.ts';
import { instant } from './case.ts';
import { prometheusYaml, rulesYaml, targetCount } from './configuration.ts';
import { type Alteration, history, historyBase } from './history.ts';
import { type Program, type PrometheusProcess, startPrometheus } from './prometheus-process.ts';
import { type ScriptedTarget, startScriptedTarget } from './scripted-target.ts';

export interface Stage extends AsyncDisposable {
  readonly target: ScriptedTarget;
  readonly server: PrometheusProcess;
  readonly baseMs: number;
}

/** Flags that both servers get. */
const flags = ['--query.max-samples=20000', '--query.timeout=10s', '--query.lookback-delta=5m'];

const playedWithinMs = 60_000;

/** The history is one of them: the exact cases need no more. */
export const historyPlayed = ['count(requests_total @ T(600)) == 6'];

/** Moments of the play that everything waits for: each query answers with something once it is over. */
const milestones = [
  `count(count_over_time(up[5m]) >= 2) >= ${targetCount}`,
  'count_over_time(up{job="flapping"}[5m]) >= 6 and on () count_over_time(up{job="wavering"}[5m]) >= 6',
  ...historyPlayed,
  'count_over_time(method:requests:double[5m]) >= 2',
  'count_over_time(ALERTS{alertname="AlwaysOn"}[5m]) >= 2',
];

export async function openStage(
  program: Program,
  options: { baseMs?: number; alteration?: Alteration } = {},
): Promise<Stage> {
  const baseMs = options.baseMs ?? historyBase(Date.now());
  await using stack = new AsyncDisposableStack();
  const target = stack.use(await startScriptedTarget({ baseMs, history: history(baseMs, options.alteration) }));
  const files = { 'prometheus.yml': prometheusYaml(target.address), 'rules.yml': rulesYaml(baseMs) };
  const server = stack.use(await startPrometheus(program, files, flags));
  const held = stack.move();
  return { target, server, baseMs, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** Resolves when the server has seen the whole play; rejects with what it still lacks. */
export async function playedOn({ server, baseMs }: Stage, until: readonly string[] = milestones): Promise<void> {
  const deadline = performance.now() + playedWithinMs;
  for (const milestone of until) {
    const [question] = instant('NOW', milestone);
    while (question !== undefined) {
      const reply = await ask(question, { url: server.url, baseMs, nowMs: Date.now(), own: new Map() });
      if (kindOf(reply) === 'result') break;
      if (performance.now() > deadline) {
        throw new Error(
          `${server.url} has not seen the whole play: ${milestone}\n${reply.text}\n${server.log().slice(-4_000)}`,
        );
      }
      await sleep(100);
    }
  }
}

/** The server at a moment of judgement, which both sides share. */
export function sideOf({ server, target, baseMs }: Stage, nowMs: number): Side {
  const own = new Map([
    [target.address.replace('127.0.0.1', ''), ':TARGET'],
    [server.folder, 'FOLDER'],
  ]);
  return { url: server.url, baseMs, nowMs, own };
}
