/** Delay on a link: each round trip takes `latencyMs` ± `jitterMs` longer, all of it on the way from server to dialler. */
import { z } from 'zod';
import { toxiproxyOf } from '../toxiproxy/client.ts';
import type { Fault } from './fault.ts';
import { LinkCanary } from './link-canary.ts';
import { durationMs, names } from './options.ts';

const schema = z
  .strictObject({
    kind: z.literal('latency'),
    links: names,
    latencyMs: durationMs.max(60_000),
    jitterMs: durationMs.max(60_000).optional(),
  })
  .refine(({ latencyMs, jitterMs = 0 }) => jitterMs < latencyMs, {
    message: 'must be below latencyMs',
    path: ['jitterMs'],
  });

export const latency: Fault<z.infer<typeof schema>> = {
  schema,
  healedBy: () => 'harness',
  duration: () => 'lasting',
  targets: ({ links }) => ({ links, nodes: [] }),
  prepare({ links, latencyMs, jitterMs = 0 }, { platform, topology, name }) {
    const toxiproxy = toxiproxyOf(platform);
    const canary = new LinkCanary(platform, topology);
    return {
      undo: links.map((link) => ({ do: 'remove-toxic', link, toxic: name })),
      baseline: () => canary.remember(links),
      async inject() {
        const attributes = { latency: latencyMs, jitter: jitterMs };
        await Promise.all(
          links.map((link) => toxiproxy.addToxic(link, { name, type: 'latency', stream: 'downstream', attributes })),
        );
      },
      prove: () => canary.proveSlower(links, latencyMs - jitterMs, latencyMs + jitterMs),
    };
  },
};
