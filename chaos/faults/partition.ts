/** Groups of nodes that cannot reach each other: every link from one group to another is cut, every other link is left alone. */
import { z } from 'zod';
import { toxiproxyOf } from '../toxiproxy/client.ts';
import { bothStreams } from './both-streams.ts';
import type { Fault, Topology } from './fault.ts';
import { LinkCanary } from './link-canary.ts';
import { names } from './options.ts';

const schema = z.strictObject({
  kind: z.literal('partition'),
  groups: z
    .array(names)
    .min(2)
    .max(8)
    .refine((groups) => new Set(groups.flat()).size === groups.flat().length, 'a node is in two groups')
    .readonly(),
  mode: z.enum(['refuse', 'blackhole']),
});

type Options = z.infer<typeof schema>;

export const partition: Fault<Options> = {
  schema,
  healedBy: () => 'harness',
  duration: () => 'lasting',
  targets: ({ groups }, topology) => ({ links: cutLinks(groups, topology), nodes: [] }),
  mentions: ({ groups }) => ({ links: [], nodes: groups.flat() }),
  prepare({ groups, mode }, { platform, topology, name }) {
    const toxiproxy = toxiproxyOf(platform);
    const canary = new LinkCanary(platform, topology);
    const links = cutLinks(groups, topology);
    const uncut = Object.keys(topology.links).filter((link) => !links.includes(link));
    const cuts = mode === 'refuse' ? [] : bothStreams(links, name);
    return {
      undo:
        mode === 'refuse'
          ? links.map((link) => ({ do: 'enable-link', link }))
          : cuts.map(({ link, toxic }) => ({ do: 'remove-toxic', link, toxic })),
      baseline: () => canary.remember(links),
      async inject() {
        if (mode === 'refuse') await Promise.all(links.map((link) => toxiproxy.setEnabled(link, false)));
        else await Promise.all(cuts.map(({ link, stream, toxic }) => toxiproxy.blackhole(link, stream, toxic)));
      },
      async prove() {
        if (links.length === 0) return { proved: false, evidence: 'no link leads from one group to another' };
        const cut = await canary.prove(links, mode === 'refuse' ? 'refused' : 'silent');
        if (uncut.length === 0) return cut;
        // A partition is not an outage of everything: something that it leaves alone must still carry.
        const whole = await canary.proveAnswer(uncut);
        return { proved: cut.proved && whole.proved, evidence: `${cut.evidence}; left alone: ${whole.evidence}` };
      },
    };
  },
};

function cutLinks(groups: Options['groups'], topology: Topology): readonly string[] {
  const groupOf = (node: string) => groups.findIndex((group) => group.includes(node));
  return Object.entries(topology.links)
    .filter(([, { from, to }]) => groupOf(from) >= 0 && groupOf(to) >= 0 && groupOf(from) !== groupOf(to))
    .map(([link]) => link);
}
