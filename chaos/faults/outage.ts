/** A node is taken down at once and held down until the harness raises it again. */
import { z } from 'zod';
import type { Fault } from './fault.ts';
import { NodeWatch } from './node-watch.ts';
import { names } from './options.ts';

const schema = z.strictObject({ kind: z.literal('outage'), nodes: names });

const processWithinMs = 10_000;

export const outage: Fault<z.infer<typeof schema>> = {
  schema,
  healedBy: () => 'harness',
  duration: () => 'lasting',
  targets: ({ nodes }) => ({ links: [], nodes }),
  prepare({ nodes }, { platform }) {
    const watch = new NodeWatch(platform);
    return {
      undo: nodes.map((node) => ({ do: 'raise-node', node })),
      baseline: () => watch.remember(nodes, processWithinMs),
      async inject() {
        await Promise.all(nodes.map((node) => platform.hold(node)));
      },
      prove: () => watch.proveDown(nodes),
    };
  },
};
