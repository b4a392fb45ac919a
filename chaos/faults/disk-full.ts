/** The small disks of a node are filled to the last byte, and kept full, until the harness frees them. */
import { z } from 'zod';
import type { DiskWrite, Platform } from '../platform/platform.ts';
import type { Fault } from './fault.ts';
import { names } from './options.ts';

const schema = z.strictObject({ kind: z.literal('disk-full'), nodes: names });

export const diskFull: Fault<z.infer<typeof schema>> = {
  schema,
  leavesNodesUp: true,
  equips: 'smallDisks',
  platformNeeds: 'own-disks',
  healedBy: () => 'harness',
  duration: () => 'lasting',
  targets: ({ nodes }) => ({ links: [], nodes }),
  lacking({ nodes }, { fragile }) {
    const node = nodes.find((name) => fragile[name]?.smallDisks === undefined);
    return node === undefined
      ? undefined
      : { name: node, problem: `"${node}" has no small disks`, mend: 'give the node `smallDisks` in the manifest' };
  },
  prepare({ nodes }, { platform }) {
    let before: readonly DiskWrite[] = [];
    return {
      undo: nodes.map((node) => ({ do: 'free-disks', node })),
      async baseline() {
        before = await writesOn(nodes, platform);
      },
      async inject() {
        await Promise.all(nodes.map((node) => platform.disks?.fill(node)));
      },
      async prove() {
        const now = await writesOn(nodes, platform);
        const proved = before.length > 0 && before.every(({ error }) => error === '') && now.every(({ full }) => full);
        return {
          proved,
          evidence: now.map(({ path, error }) => `a write to ${path}: ${error || 'succeeded'}`).join('; ') || 'no disk',
        };
      },
    };
  },
};

async function writesOn(nodes: readonly string[], { disks }: Platform): Promise<readonly DiskWrite[]> {
  if (disks === undefined) return [];
  return (await Promise.all(nodes.map((node) => disks.tryWrite(node)))).flat();
}
