/** Whatever peers do, and toxics meanwhile: nothing throws, every connection goes, and no timer stays behind. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { forgetAlarms, liveAlarms } from './testing/live-alarms.ts';
import { dial, proxied, toxic } from './testing/proxied.ts';
import { brief, endless, type ToxicStep, takeToxicStep, toxicSteps } from './testing/toxic-arbitraries.ts';

type Step =
  | ToxicStep
  | {
      readonly do: 'peer';
      readonly by: 'client' | 'server';
      readonly act: 'write' | 'flood' | 'end' | 'destroy' | 'reset' | 'pause';
    }
  | { readonly do: 'come and go' }
  | { readonly do: 'wait'; readonly ms: number };

function steps(toxics: typeof brief): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: toxicSteps(toxics) },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('peer' as const),
        by: fc.constantFrom('client', 'server'),
        act: fc.constantFrom('write', 'write', 'flood', 'end', 'destroy', 'reset', 'pause'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('come and go' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 5 }) }) },
  );
  return fc.array(step, { minLength: 1, maxLength: 20 });
}

/** On connections that open under a `reset_peer` every close is a reset, whether chance spares them the rest or not. */
const opening = fc.constantFrom([], [toxic('reset_peer', { timeout: 0 }, { toxicity: 0 })]);

const flood = Buffer.alloc(3_000_000, 'flood');

async function play(
  on: Awaited<ReturnType<typeof proxied>>,
  each: Step,
  peers: Awaited<ReturnType<typeof on.open>>,
): Promise<void> {
  if (each.do === 'wait') return void (await sleep(each.ms));
  if (each.do === 'come and go') return void (await dial(on.port)).on('error', () => {}).resetAndDestroy();
  if (each.do !== 'peer') return await takeToxicStep(on.proxy.toxics, each);
  const { socket } = peers[each.by];
  if (each.act === 'write') socket.write('a little');
  if (each.act === 'flood') socket.write(flood);
  if (each.act === 'end') socket.end();
  if (each.act === 'destroy') socket.destroy();
  if (each.act === 'reset') socket.resetAndDestroy();
  if (each.act === 'pause') socket.pause();
}

const numRuns = Number(process.env.CHAOS_PROPERTY_RUNS ?? 40);
const patience = { timeout: 15_000, interval: 2 };
const deadline = 20_000 + numRuns * 500;

it(
  'connections go by themselves when both peers have gone',
  async () => {
    const property = fc.asyncProperty(opening, steps(brief), async (toxics, script) => {
      forgetAlarms();
      await using on = await proxied(toxics);
      const peers = await on.open();
      for (const each of script) await play(on, each, peers);
      for (const { socket } of Object.values(peers)) socket.destroy();
      await expect.poll(() => on.proxy.connections, patience).toBe(0);
      await expect.poll(liveAlarms, patience).toBe(0);
    });
    await fc.assert(property, { numRuns });
  },
  deadline,
);

it(
  'stopping ends whatever a toxic holds for good',
  async () => {
    const property = fc.asyncProperty(opening, steps(endless), async (toxics, script) => {
      forgetAlarms();
      await using on = await proxied(toxics);
      const peers = await on.open();
      for (const each of script) await play(on, each, peers);
      await on.proxy.stop();
      expect(on.proxy.connections).toBe(0);
      for (const { socket } of Object.values(peers)) socket.destroy();
      await expect.poll(liveAlarms, patience).toBe(0);
    });
    await fc.assert(property, { numRuns });
  },
  deadline,
);

it('a peer that goes while a toxic holds bytes for it is noticed, though nobody takes what it sent', async () => {
  await using on = await proxied([toxic('bandwidth', { rate: 0 }, { direction: 'upstream' })]);
  const { client, server } = await on.open();
  client.write('held');
  client.socket.pause();
  for (let count = 0; count < 10; count++) server.write(flood);
  await sleep(300);
  client.socket.resetAndDestroy();
  await sleep(100);
  expect(on.proxy.connections).toBe(1);
  server.socket.resetAndDestroy();
  await expect.poll(() => on.proxy.connections, patience).toBe(0);
});

it('stopping resets a connection that opened under a reset_peer, though bytes wait for a peer that takes none', async () => {
  await using on = await proxied([toxic('reset_peer', { timeout: 1e9 }, { direction: 'upstream' })]);
  const { client, server } = await on.open();
  client.socket.pause();
  for (let count = 0; count < 10; count++) server.write(flood);
  await sleep(300);
  await on.proxy.stop();
  client.socket.resume();
  expect(await Promise.all([client.ended, server.ended])).toEqual(['rst', 'rst']);
});
