/** A link accepts connections and keeps them open, but delivers nothing in either direction and says nothing. */
import { z } from 'zod';
import { toxiproxyOf } from '../toxiproxy/client.ts';
import { bothStreams } from './both-streams.ts';
import type { Fault } from './fault.ts';
import { LinkCanary } from './link-canary.ts';
import { names } from './options.ts';

const schema = z.strictObject({ kind: z.literal('link-blackhole'), links: names });

export const linkBlackhole: Fault<z.infer<typeof schema>> = {
  schema,
  healedBy: () => 'harness',
  duration: () => 'lasting',
  targets: ({ links }) => ({ links, nodes: [] }),
  prepare({ links }, { platform, topology, name }) {
    const toxiproxy = toxiproxyOf(platform);
    const canary = new LinkCanary(platform, topology);
    const cuts = bothStreams(links, name);
    return {
      undo: cuts.map(({ link, toxic }) => ({ do: 'remove-toxic', link, toxic })),
      baseline: () => canary.remember(links),
      async inject() {
        await Promise.all(cuts.map(({ link, stream, toxic }) => toxiproxy.blackhole(link, stream, toxic)));
      },
      prove: () => canary.prove(links, 'silent'),
    };
  },
};
