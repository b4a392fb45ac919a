/** The wall clock of nodes jumps, and runs on from there, until the harness lets it jump back. What measures durations is left alone. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { ClockSpec } from '../manifest.ts';
import { nowMs } from '../observe/clock.ts';
import { all, type Fault, type FaultContext, type Proof } from './fault.ts';
import { poll } from './node-watch.ts';
import { names } from './options.ts';

const hourMs = 3_600_000;

const schema = z.strictObject({
  kind: z.literal('clock-jump'),
  nodes: names,
  /** Ahead of the true time; behind it if below zero. */
  byMs: z
    .int()
    .min(-hourMs)
    .max(hourMs)
    .refine((ms) => Math.abs(ms) >= 1_000, 'jump by a second at least'),
});

type Options = z.infer<typeof schema>;

const appliedLine = z.object({ pid: z.int(), offsetMs: z.number(), now: z.number() });

const takenUpWithinMs = 5_000;
/** What a process says it is, and when that is read. */
const toleranceMs = 250;

export const clockJump: Fault<Options> = {
  schema,
  equips: 'clock',
  healedBy: () => 'harness',
  duration: () => 'lasting',
  clockOffsetMs: ({ byMs }) => byMs,
  targets: ({ nodes }) => ({ links: [], nodes }),
  lacking({ nodes }, { fragile }) {
    const node = nodes.find((name) => fragile[name]?.clock === undefined);
    return node === undefined
      ? undefined
      : { name: node, problem: `the clock of "${node}" cannot be shifted`, mend: 'give the node `clock`' };
  },
  prepare({ nodes, byMs }, context) {
    const { platform, topology } = context;
    const clocks = nodes.flatMap((node) => {
      const clock = topology.fragile[node]?.clock;
      return clock === undefined ? [] : [{ node, clock }];
    });
    let sinceMs: number | undefined;
    return {
      undo: clocks.map(({ node, clock }) => ({ do: 'reset-clock', node, file: clock.offset })),
      baseline: async () => {},
      async inject() {
        sinceMs = nowMs();
        await Promise.all(clocks.map(({ node, clock }) => shift(join(platform.home(node), clock.offset), byMs)));
      },
      async prove() {
        const from = sinceMs;
        if (from === undefined) return { proved: false, evidence: 'no clock was shifted' };
        return all(await Promise.all(clocks.map(({ node, clock }) => proveTaken(node, clock, from, byMs, context))));
      },
    };
  },
};

async function shift(file: string, byMs: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${byMs}\n`);
  await rename(`${file}.new`, file);
}

/** The layer's own process, not only its supervisor, must have read the time that it ought to take for the true one. */
async function proveTaken(
  node: string,
  { applied }: ClockSpec,
  sinceMs: number,
  byMs: number,
  { platform }: FaultContext,
): Promise<Proof> {
  const process = await platform.process(node);
  const isIt = ({ pid, offsetMs, now }: z.infer<typeof appliedLine>) =>
    pid === process?.pid &&
    offsetMs === byMs &&
    now >= sinceMs + byMs - toleranceMs &&
    now <= nowMs() + byMs + toleranceMs;
  const line = await poll(
    takenUpWithinMs,
    async () => (await linesOf(join(platform.home(node), applied))).findLast(isIt),
    (it) => it !== undefined,
  );
  if (line === undefined) return { proved: false, evidence: `${node}: its process went on by its old clock` };
  const taken = new Date(line.now).toISOString();
  return { proved: true, evidence: `${node}: pid ${line.pid} took it for ${taken}, ${signed(byMs)} ms` };
}

async function linesOf(file: string): Promise<readonly z.infer<typeof appliedLine>[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      return appliedLine.safeParse(JSON.parse(line)).data ?? [];
    } catch {
      return [];
    }
  });
}

function signed(ms: number): string {
  return ms > 0 ? `+${ms}` : String(ms);
}
