import { describe, expect, it } from 'vitest';
import { Chain } from './chain.ts';
import { forgetAlarms, liveAlarms } from './testing/live-alarms.ts';
import { toxic } from './testing/proxied.ts';
import type { ToxicState } from './toxic.ts';
import { loadLimit } from './toxics/stage.ts';

/** A chain to a destination of the test's own; `draws` are what chance gives, in order. */
function chainOf(toxics: readonly ToxicState[], draws: readonly number[] = [], { ending = false } = {}) {
  const out: string[] = [];
  const destination = { takes: true, ends: 0, rooms: 0 };
  let drawn = 0;
  const chain: Chain = new Chain({
    toxics,
    random: () => draws[drawn++] ?? 0,
    onRoom: () => {
      destination.rooms += 1;
    },
    outlet: {
      push: (chunk) => out.push(chunk.toString()),
      end: () => {
        destination.ends += 1;
        if (ending) chain.dispose();
      },
      load: () => (destination.takes ? 0 : Number.POSITIVE_INFINITY),
    },
  });
  const push = (text: string) => chain.push(Buffer.from(text));
  return { chain, out, destination, push, drawn: () => drawn };
}

const swallow = (toxicity: number, name = 'swallow') => toxic('timeout', { timeout: 0 }, { toxicity, name });

describe('toxicity', () => {
  it('is drawn for each chain: below it the toxic acts', () => {
    const acting = chainOf([swallow(0.5)], [0.49]);
    const dormant = chainOf([swallow(0.5)], [0.5]);
    for (const { push } of [acting, dormant]) push('x');
    expect([acting.out, dormant.out]).toEqual([[], ['x']]);
    expect(dormant.chain.isBare).toBe(true);
  });

  it('of 1 always acts and of 0 never', () => {
    const [one, none] = [chainOf([swallow(1)], [0.999_999]), chainOf([swallow(0)], [0])];
    for (const { push } of [one, none]) push('x');
    expect([one.out, none.out]).toEqual([[], ['x']]);
  });

  it('is drawn again on an update', () => {
    const { chain, out, push } = chainOf([swallow(0.5)], [0.9, 0.1, 0.9]);
    push('a');
    chain.update(swallow(0.5));
    push('b');
    chain.update(swallow(0.5));
    push('c');
    expect(out).toEqual(['a', 'c']);
  });

  it('is drawn again by the one before, when a toxic is added behind it or removed', () => {
    const { chain, out, push, drawn } = chainOf([swallow(0.5)], [0.1, 0.9, 0, 0.1]);
    push('a');
    chain.add(toxic('noop'));
    push('b');
    expect(drawn()).toBe(3);
    chain.remove('noop_downstream');
    push('c');
    expect(drawn()).toBe(4);
    expect(out).toEqual(['b']);
  });

  it('does not keep the removal of a timeout from closing', () => {
    const { chain, destination } = chainOf([swallow(0)]);
    chain.remove('swallow');
    expect(destination.ends).toBe(1);
  });
});

describe('a chain', () => {
  it('is in the order of adding', () => {
    const { chain, out, push, destination } = chainOf([toxic('limit_data', { bytes: 3 })]);
    chain.add(toxic('slicer', { average_size: 1, size_variation: 0, delay: 0 }));
    push('0123456789');
    expect(out).toEqual(['0', '1', '2']);
    expect(destination.ends).toBe(1);
  });

  it('ignores toxics that it does not have', () => {
    const { chain, out, push } = chainOf([]);
    chain.remove('gone');
    chain.update(swallow(1));
    push('x');
    expect(out).toEqual(['x']);
  });

  it('has no room while the destination takes nothing, and wakes what waits when it does again', () => {
    const { chain, out, push, destination } = chainOf([toxic('latency')]);
    destination.takes = false;
    push('a');
    push('b');
    expect(chain.hasRoom).toBe(false);
    expect(out).toEqual([]);
    destination.takes = true;
    chain.wake();
    expect(out).toEqual(['a', 'b']);
    expect(destination.rooms).toBe(1);
    expect(chain.isIdle).toBe(true);
  });

  it('has no room when its stages hold the limit, chunks of one byte too', () => {
    const { chain, push } = chainOf([toxic('bandwidth', { rate: 0 })]);
    let pushed = 0;
    for (; chain.hasRoom; pushed++) push('x');
    expect(pushed).toBeLessThan(loadLimit / 350);
    expect(pushed).toBeGreaterThan(loadLimit / 450);
    chain.dispose();
  });

  it('starts nothing when what an interrupted toxic lets go of ends the connection', async () => {
    forgetAlarms();
    const held = chainOf([toxic('limit_data', { bytes: 1 }), toxic('latency', { latency: 60_000 })], [], {
      ending: true,
    });
    held.push('x');
    held.chain.add(toxic('timeout', { timeout: 60_000 }));
    expect(held.out).toEqual(['x']);
    expect(held.destination.ends).toBe(1);
    await expect.poll(liveAlarms).toBe(0);
  });

  it('does nothing any more once it is disposed of', () => {
    const { chain, destination } = chainOf([swallow(1)]);
    chain.dispose();
    chain.remove('swallow');
    expect(destination.ends).toBe(0);
  });
});
