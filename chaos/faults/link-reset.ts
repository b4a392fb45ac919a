/** Connections of a link are reset, again and again: each blow resets what is open and what is opened meanwhile, then lets go. */
import { z } from 'zod';
import { toxiproxyOf } from '../toxiproxy/client.ts';
import { type BlowTally, repeatBlows } from './blows.ts';
import { bothStreams } from './both-streams.ts';
import type { Fault, FaultContext } from './fault.ts';
import { LinkCanary } from './link-canary.ts';
import { durationMs, names } from './options.ts';

const schema = z.strictObject({ kind: z.literal('link-reset'), links: names, everyMs: durationMs.min(250) });

type Options = z.infer<typeof schema>;

export const linkReset: Fault<Options> = {
  schema,
  healedBy: () => 'harness',
  duration: () => 'lasting',
  targets: ({ links }) => ({ links, nodes: [] }),
  prepare({ links, everyMs }, context) {
    const { platform, topology, name } = context;
    const canary = new LinkCanary(platform, topology);
    const cuts = bothStreams(links, name);
    let tally: BlowTally | undefined;
    return {
      undo: [
        ...links.map((link) => ({ do: 'enable-link', link }) as const),
        ...cuts.map(({ link, toxic }) => ({ do: 'remove-toxic', link, toxic }) as const),
      ],
      baseline: () => canary.remember(links),
      async inject() {
        tally = await repeatBlows(everyMs, context, () => blow(links, context, canary));
      },
      async prove() {
        if (tally === undefined) return { proved: false, evidence: 'no blow was dealt' };
        return { proved: tally.dealt > 0 && tally.failed.length === 0, evidence: tally.summary };
      },
    };
  },
};

/**
 * Toxiproxy's reset_peer gives an RST to connections that are opened while it stands, and acts at the first byte; what was open
 * before gets a FIN. Switching the proxy off and on ends those that are idle too, so that a blow misses no connection.
 */
async function blow(links: readonly string[], { platform, name, striking }: FaultContext, canary: LinkCanary) {
  const toxiproxy = toxiproxyOf(platform);
  const cuts = bothStreams(links, name);
  striking();
  await Promise.all(
    cuts.map(({ link, stream, toxic }) =>
      toxiproxy.addToxic(link, { name: toxic, type: 'reset_peer', stream, attributes: { timeout: 0 } }),
    ),
  );
  const proof = await canary.prove(links, 'reset');
  await Promise.all(links.map((link) => toxiproxy.setEnabled(link, false)));
  await Promise.all(links.map((link) => toxiproxy.setEnabled(link, true)));
  await Promise.all(cuts.map(({ link, toxic }) => toxiproxy.removeToxic(link, toxic)));
  return proof;
}
