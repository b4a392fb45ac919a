/** SIGKILL of a layer's process, once or again and again; its supervisor and what it started live on. */
import { z } from 'zod';
import { nowMs } from '../observe/clock.ts';
import { type BlowTally, repeatBlows } from './blows.ts';
import { all, type Fault, type FaultContext, type Proof } from './fault.ts';
import { NodeWatch, poll } from './node-watch.ts';
import { durationMs, names } from './options.ts';

const schema = z.strictObject({
  kind: z.literal('kill'),
  nodes: names,
  /** Again every so often, for as long as the timeline entry stands. */
  everyMs: durationMs.min(250).optional(),
  /** Each blow waits until a run of a skill is in progress. */
  whileSkillRuns: z.literal(true).optional(),
});

type Options = z.infer<typeof schema>;

const skillRunWithinMs = 15_000;
/** Runs begin more often than this; where one goes on for longer, it will not be over in the next moment either. */
const freshWithinMs = 1_000;
const processWithinMs = 5_000;
const goneWithinMs = 2_000;
const replacedWithinMs = 5_000;
/** Skills that are killed with nothing but their runtime live on; one that takes longer than this was running for sure. */
const finishedWithinMs = 2_000;

export const kill: Fault<Options> = {
  schema,
  healedBy: () => 'system',
  duration: ({ everyMs }) => (everyMs === undefined ? 'momentary' : 'lasting'),
  targets: ({ nodes }) => ({ links: [], nodes }),
  prepare(options, context) {
    const first = new NodeWatch(context.platform);
    let tally: BlowTally | undefined;
    let isFirst = true;
    return {
      undo: [],
      async baseline() {
        await first.remember(options.nodes, processWithinMs);
        await skillRun(options, context);
      },
      async inject() {
        tally = await repeatBlows(options.everyMs, context, () => {
          const dealt = blow(options, context, isFirst);
          isFirst = false;
          return dealt;
        });
      },
      async prove() {
        if (tally === undefined || tally.dealt === 0) return { proved: false, evidence: 'no blow was dealt' };
        if (tally.failed.length > 0) return { proved: false, evidence: tally.summary };
        const { proved, evidence } = await first.proveProcessReplaced(options.nodes, replacedWithinMs);
        return { proved, evidence: `${evidence}; ${tally.summary}` };
      },
    };
  },
};

async function blow(options: Options, context: FaultContext, isFirst: boolean): Promise<Proof> {
  const { platform } = context;
  const watch = new NodeWatch(platform);
  await watch.remember(options.nodes, processWithinMs);
  // That a node does not come back from an earlier blow is for the verdict to judge; what is up is killed again.
  const nodes = isFirst ? options.nodes : options.nodes.filter((node) => watch.hasProcess(node));
  if (nodes.length === 0) return { proved: true, evidence: `${options.nodes.join(', ')}: still down, nothing to kill` };
  const run = await freshSkillRun(options, context);
  if (options.whileSkillRuns && run === undefined) {
    return {
      proved: false,
      evidence: `no skill was running at any time within ${skillRunWithinMs} ms, so nothing was killed`,
    };
  }
  const dealtMs = nowMs();
  context.striking();
  await Promise.all(nodes.map((node) => platform.signal(node, 'SIGKILL')));
  const gone = await watch.proveProcessGone(nodes, goneWithinMs);
  return run === undefined ? gone : all([gone, await proveRan(run, dealtMs, context)]);
}

/** The ledger's word that the skill ran may be a moment old: the skill's own must not say that it had finished before. */
async function proveRan(run: string, dealtMs: number, { skillFinished }: FaultContext): Promise<Proof> {
  const finishedMs = await poll(
    finishedWithinMs,
    () => skillFinished(run),
    (it) => it !== undefined,
  );
  if (finishedMs === undefined)
    return { proved: true, evidence: `${run} had not finished ${finishedWithinMs} ms later` };
  const afterMs = finishedMs - dealtMs;
  return afterMs < 0
    ? { proved: false, evidence: `${run} had finished ${(-afterMs).toFixed(0)} ms before` }
    : { proved: true, evidence: `${run} ran, and finished ${afterMs.toFixed(0)} ms later` };
}

/** A run that has only just begun: one that was seen half way may be over before the signal is there. */
async function freshSkillRun(options: Options, context: FaultContext): Promise<string | undefined> {
  const { skillRunning, signal } = context;
  if (!options.whileSkillRuns) return undefined;
  const before = await skillRunning();
  const isFresh = (run: string | undefined) => run !== undefined && run !== before;
  const run = await poll(freshWithinMs, skillRunning, (it) => isFresh(it) || signal.aborted);
  return isFresh(run) ? run : skillRun(options, context);
}

async function skillRun(
  { whileSkillRuns }: Options,
  { skillRunning, signal }: FaultContext,
): Promise<string | undefined> {
  if (!whileSkillRuns) return undefined;
  return poll(skillRunWithinMs, skillRunning, (run) => run !== undefined || signal.aborted);
}
