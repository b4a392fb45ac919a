/** Bytes through any chain of toxics that lose nothing come out complete and in order, whatever is done to the toxics meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { proxied } from './testing/proxied.ts';
import { lossless, type ToxicStep, takeToxicStep, toxicSteps } from './testing/toxic-arbitraries.ts';

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

it(
  'carries every byte, in order, both ways, and then the end',
  async () => {
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 16 }),
      fc.boolean(),
      async (steps, clientEnds) => {
        await using on = await proxied();
        const peers = await on.open();
        const sent = { client: 0, server: 0 };
        for (const each of steps) {
          if (each.do === 'write') {
            peers[each.by].write(stream(sent[each.by], each.bytes));
            sent[each.by] += each.bytes;
          } else if (each.do === 'wait') {
            await sleep(each.ms);
          } else {
            await takeToxicStep(on.proxy.toxics, each);
          }
        }
        const { client, server } = peers;
        expect((await server.bytes(sent.client)).equals(stream(0, sent.client))).toBe(true);
        expect((await client.bytes(sent.server)).equals(stream(0, sent.server))).toBe(true);
        const [ender, other] = clientEnds ? [client, server] : [server, client];
        ender.socket.end();
        expect(await other.ended).toBe('fin');
        expect([server.received.length, client.received.length]).toEqual([sent.client, sent.server]);
      },
    );
    await fc.assert(property, { numRuns });
  },
  20_000 + numRuns * 500,
);
