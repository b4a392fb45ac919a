/** A layer's process is stopped in its tracks (SIGSTOP): its connections stay up, and nothing answers until the harness lets it go on. */
import { z } from 'zod';
import type { Fault } from './fault.ts';
import { NodeWatch } from './node-watch.ts';
import { names } from './options.ts';

const schema = z.strictObject({ kind: z.literal('hang'), nodes: names });

const processWithinMs = 10_000;
const stoppedWithinMs = 2_000;

export const hang: Fault<z.infer<typeof schema>> = {
  schema,
  healedBy: () => 'harness',
  duration: () => 'lasting',
  targets: ({ nodes }) => ({ links: [], nodes }),
  prepare({ nodes }, { platform }) {
    const watch = new NodeWatch(platform);
    return {
      undo: nodes.map((node) => ({ do: 'continue-process', node })),
      baseline: () => watch.remember(nodes, processWithinMs),
      async inject() {
        await Promise.all(nodes.map((node) => platform.signal(node, 'SIGSTOP')));
      },
      prove: () => watch.proveStopped(nodes, stoppedWithinMs),
    };
  },
};
