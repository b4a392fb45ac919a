/** SIGKILL of a layer's process, once or again and again; its supervisor and what it started live on. */
import { z } from 'zod';
import { type BlowTally, repeatBlows } from './blows.ts';
import type { Fault, FaultContext, Proof } from './fault.ts';
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
const processWithinMs = 5_000;
const goneWithinMs = 2_000;
const replacedWithinMs = 5_000;

export const kill: Fault<Options> = {
  schema,
  healedBy: () => 'system',
  duration: ({ everyMs }) => (everyMs === undefined ? 'momentary' : 'lasting'),
  targets: ({ nodes }) => ({ links: [], nodes }),
  prepare(options, context) {
    const first = new NodeWatch(context.platform);
    let tally: BlowTally | undefined;
    return {
      undo: [],
      async baseline() {
        await first.remember(options.nodes, processWithinMs);
        await skillRun(options, context);
      },
      async inject() {
        tally = await repeatBlows(options.everyMs, context, () => blow(options, context));
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

async function blow(options: Options, context: FaultContext): Promise<Proof> {
  const { platform } = context;
  const watch = new NodeWatch(platform);
  await watch.remember(options.nodes, processWithinMs);
  const run = await skillRun(options, context);
  if (options.whileSkillRuns && run === undefined) {
    return {
      proved: false,
      evidence: `no skill was running at any time within ${skillRunWithinMs} ms, so nothing was killed`,
    };
  }
  await Promise.all(options.nodes.map((node) => platform.signal(node, 'SIGKILL')));
  const gone = await watch.proveProcessGone(options.nodes, goneWithinMs);
  return run === undefined ? gone : { ...gone, evidence: `${gone.evidence}, while ${run} ran` };
}

async function skillRun(
  { whileSkillRuns }: Options,
  { skillRunning, signal }: FaultContext,
): Promise<string | undefined> {
  if (!whileSkillRuns) return undefined;
  return poll(skillRunWithinMs, skillRunning, (run) => run !== undefined || signal.aborted);
}
