/** Bytes through any chain of toxics that lose nothing come out complete and in order, whatever is done to the toxics meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { proxied } from './testing/proxied.ts';
import { lossless, type ToxicStep, takeToxicStep, toxicSteps } from './testing/toxic-arbitraries.ts';
import type { ToxicSet } from './toxic-set.ts';

type Step =
  | ToxicStep
  | { readonly do: 'write'; readonly by: 'client' | 'server'; readonly bytes: number }
  | { readonly do: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: toxicSteps(lossless) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      by: fc.constantFrom('client', 'server'),
      bytes: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 150_000 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 5 }) }) },
);

/** Every byte tells where it belongs. */
function stream(from: number, count: number): Buffer {
  const bytes = Buffer.allocUnsafe(count);
  for (let index = 0; index < count; index++) bytes[index] = ((from + index) * 2_654_435_761) >>> 24;
  return bytes;
}

const numRuns = Number(process.env.CHAOS_PROPERTY_RUNS ?? 40);

type Pair = Awaited<ReturnType<Awaited<ReturnType<typeof proxied>>['open']>>;
type Side = keyof Pair;

/** Plays the steps; resolves with how many bytes each side wrote. */
async function play(steps: readonly Step[], toxics: ToxicSet, peers: Pair): Promise<Record<Side, number>> {
  const sent = { client: 0, server: 0 };
  for (const each of steps) {
    if (each.do === 'write') {
      peers[each.by].write(stream(sent[each.by], each.bytes));
      sent[each.by] += each.bytes;
    } else if (each.do === 'wait') {
      await sleep(each.ms);
    } else {
      await takeToxicStep(toxics, each);
    }
  }
  return sent;
}

const scripts = fc.array(step, { minLength: 1, maxLength: 16 });
const deadline = 20_000 + numRuns * 500;

it(
  'carries every byte, in order, both ways at once',
  async () => {
    const property = fc.asyncProperty(scripts, async (steps) => {
      await using on = await proxied();
      const { client, server } = await on.open();
      const sent = await play(steps, on.proxy.toxics, { client, server });
      expect((await server.bytes(sent.client)).equals(stream(0, sent.client))).toBe(true);
      expect((await client.bytes(sent.server)).equals(stream(0, sent.server))).toBe(true);
    });
    await fc.assert(property, { numRuns });
  },
  deadline,
);

it(
  'carries every byte of a side that ends, and the end after them',
  async () => {
    const property = fc.asyncProperty(
      scripts,
      scripts,
      fc.constantFrom<Side>('client', 'server'),
      async (steps, later, side) => {
        await using on = await proxied();
        const peers = await on.open();
        const other = side === 'client' ? peers.server : peers.client;
        const mine = (each: Step) => each.do !== 'write' || each.by === side;
        const sent = await play(steps.filter(mine), on.proxy.toxics, peers);
        peers[side].socket.end();
        await play(
          later.filter(({ do: what }) => what !== 'write'),
          on.proxy.toxics,
          peers,
        );
        expect(await other.ended).toBe('fin');
        expect(other.received.equals(stream(0, sent[side]))).toBe(true);
      },
    );
    await fc.assert(property, { numRuns });
  },
  deadline,
);
