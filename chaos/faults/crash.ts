/** The whole node dies at once, supervisor and running skills included; its restart policy brings it back. */
import { z } from 'zod';
import type { Fault } from './fault.ts';
import { NodeWatch } from './node-watch.ts';
import { names } from './options.ts';

const schema = z.strictObject({ kind: z.literal('crash'), nodes: names });

const goneWithinMs = 10_000;

export const crash: Fault<z.infer<typeof schema>> = {
  schema,
  healedBy: () => 'system',
  duration: () => 'momentary',
  targets: ({ nodes }) => ({ links: [], nodes }),
  prepare({ nodes }, { platform }) {
    const watch = new NodeWatch(platform);
    return {
      undo: [],
      baseline: () => watch.remember(nodes, goneWithinMs),
      async inject() {
        await Promise.all(nodes.map((node) => platform.crash(node)));
      },
      prove: () => watch.proveNodeGone(nodes, goneWithinMs),
    };
  },
};
