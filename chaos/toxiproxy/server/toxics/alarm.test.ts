import { describe, expect, it } from 'vitest';
import { Alarm } from './alarm.ts';

function alarm() {
  const rung = Promise.withResolvers<number>();
  let rings = 0;
  const made = new Alarm(() => {
    rings += 1;
    rung.resolve(performance.now());
  });
  return { made, rung: rung.promise, rings: () => rings };
}

describe('an alarm', () => {
  it.each([-5, 0, 0.3, 1, 1.7, 25.5])('never rings before its time: %d ms', async (wait) => {
    const { made, rung } = alarm();
    const due = performance.now() + wait;
    made.set(due);
    expect(await rung).toBeGreaterThanOrEqual(due);
  });

  it('can be put off and brought forward, and rings once', async () => {
    const { made, rung, rings } = alarm();
    const start = performance.now();
    made.set(start + 10);
    made.set(start + 60_000);
    made.set(start + 80);
    expect(await rung).toBeGreaterThanOrEqual(start + 80);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(rings()).toBe(1);
  });

  it('does not ring when it was cancelled, or set to never', async () => {
    const [cancelled, never] = [alarm(), alarm()];
    for (const { made } of [cancelled, never]) made.set(performance.now() + 20);
    cancelled.made.cancel();
    never.made.set(Number.POSITIVE_INFINITY);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([cancelled.rings(), never.rings()]).toEqual([0, 0]);
  });

  it('takes waits that are longer than those of setTimeout', async () => {
    const warnings: string[] = [];
    const listen = ({ name }: Error) => warnings.push(name);
    process.on('warning', listen);
    const { made, rings } = alarm();
    made.set(performance.now() + 1e15);
    await new Promise((resolve) => setTimeout(resolve, 50));
    made.cancel();
    process.off('warning', listen);
    expect(rings()).toBe(0);
    expect(warnings).toEqual([]);
  });
});
