/** A link refuses new connections and closes the open ones. */
import { z } from 'zod';
import { toxiproxyOf } from '../toxiproxy/client.ts';
import type { Fault } from './fault.ts';
import { LinkCanary } from './link-canary.ts';
import { names } from './options.ts';

const schema = z.strictObject({ kind: z.literal('link-down'), links: names });

export const linkDown: Fault<z.infer<typeof schema>> = {
  schema,
  healedBy: () => 'harness',
  duration: () => 'lasting',
  targets: ({ links }) => ({ links, nodes: [] }),
  prepare({ links }, { platform, topology }) {
    const toxiproxy = toxiproxyOf(platform);
    const canary = new LinkCanary(platform, topology);
    return {
      undo: links.map((link) => ({ do: 'enable-link', link })),
      baseline: () => canary.remember(links),
      async inject() {
        await Promise.all(links.map((link) => toxiproxy.setEnabled(link, false)));
      },
      prove: () => canary.prove(links, 'refused'),
    };
  },
};
