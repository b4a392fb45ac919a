/** The program of a skill is replaced by one that fails at once, until the harness puts it back: a release that does not work. */
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { replaceKeeping } from '../platform/kept-file.ts';
import type { Fault, FaultContext } from './fault.ts';

const schema = z.strictObject({ kind: z.literal('break-skill'), skill: z.string().min(1) });

const pollMs = 100;
/** One failure could be anybody's; a skill that keeps failing was started again. */
const minStarts = 2;

export const breakSkill: Fault<z.infer<typeof schema>> = {
  schema,
  healedBy: () => 'harness',
  duration: () => 'lasting',
  targets: ({ skill }) => ({ links: [], nodes: [], skills: [skill] }),
  lacking: ({ skill }, { programs }) =>
    programs[skill] === undefined
      ? { name: skill, problem: `"${skill}" has no program to break`, mend: 'give the skill `program`' }
      : undefined,
  prepare({ skill }, context) {
    const { platform, topology, name } = context;
    const { node = '', file = '' } = topology.programs[skill] ?? {};
    const backup = `.chaos-${name}.backup`;
    const trace = `.chaos-${name}.starts`;
    const at = (path: string) => join(platform.home(node), path);
    let starts = 0;
    return {
      undo: [{ do: 'restore-file', node, file, backup }],
      baseline: async () => {},
      async inject() {
        await replaceKeeping(at(file), brokenProgram(file, trace), at(backup));
        starts = await countStarts(at(trace), context);
      },
      prove: async () => ({
        proved: starts >= minStarts,
        evidence: `${skill} was started ${starts} times as a program that fails at once`,
      }),
    };
  },
};

/** It tells of each start from within, as skills tell of their effects; nothing that the system says is asked. */
function brokenProgram(file: string, trace: string): string {
  return `// Put here by a chaos experiment, which takes it away again.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

appendFileSync(join(import.meta.dirname, ${JSON.stringify(join(relative(dirname(file), '.'), trace))}), 'started\\n');
process.exitCode = 1;
`;
}

/** For as long as the fault stands. Each start that fails is a blow to the system. */
async function countStarts(trace: string, { forMs, signal, onBlow }: FaultContext): Promise<number> {
  const deadlineMs = performance.now() + forMs;
  let told = 0;
  for (;;) {
    const over = performance.now() >= deadlineMs || signal.aborted;
    const starts = await startsIn(trace);
    while (told < starts) onBlow(`start ${++told} failed`);
    if (over) return told;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

async function startsIn(trace: string): Promise<number> {
  const text = await readFile(trace, 'utf8').catch(() => '');
  return text.split('\n').length - 1;
}
