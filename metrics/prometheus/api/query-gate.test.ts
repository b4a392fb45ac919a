import { describe, expect, it } from 'vitest';
import { QueryGate } from './query-gate.ts';

const patient = { timeoutMs: 20_000, gone: new AbortController().signal };

describe('QueryGate', () => {
  it('lets one after the other in, the first come first, whether those before succeed or fail', async () => {
    const gate = new QueryGate(10);
    const steps: string[] = [];
    const work = (name: string) => async () => {
      steps.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 10));
      steps.push(`${name} ends`);
      if (name === 'b') throw new Error('b failed');
      return name;
    };
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => gate.run(patient, work(name))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('sends away who has waited too long, and tells the others what of their time is left', async () => {
    const gate = new QueryGate(10);
    const first = Promise.withResolvers<number>();
    const working = gate.run(patient, () => first.promise);
    const impatient = gate.run({ ...patient, timeoutMs: 30 }, async () => 'never');
    const waiting = gate.run(patient, async (left) => left);
    await expect(impatient).rejects.toMatchObject({ type: 'timeout', message: 'query timed out in query queue' });
    first.resolve(1);
    expect(await working).toBe(1);
    expect(await waiting).toBeLessThanOrEqual(20_000 - 30);
  });

  it('does not evaluate for a client that is gone', async () => {
    const gate = new QueryGate(10);
    const client = new AbortController();
    const first = Promise.withResolvers<void>();
    const working = gate.run(patient, () => first.promise);
    let evaluated = false;
    const gone = gate.run({ ...patient, gone: client.signal }, async () => {
      evaluated = true;
    });
    client.abort();
    await expect(gone).rejects.toMatchObject({ type: 'canceled' });
    const goneBefore = gate.run({ ...patient, gone: client.signal }, async () => {
      evaluated = true;
    });
    first.resolve();
    await working;
    await expect(goneBefore).rejects.toMatchObject({ type: 'canceled' });
    await gate.run(patient, async () => {});
    expect(evaluated).toBe(false);
  });

  it('turns away who finds the queue full, and nobody else', async () => {
    const gate = new QueryGate(2);
    const first = Promise.withResolvers<void>();
    const working = gate.run(patient, () => first.promise);
    await new Promise((resolve) => setImmediate(resolve));
    const waiting = [1, 2].map((name) => gate.run(patient, async () => name));
    await expect(gate.run(patient, async () => 3)).rejects.toMatchObject({ type: 'unavailable', status: 503 });
    first.resolve();
    await working;
    expect(await Promise.all(waiting)).toEqual([1, 2]);
    expect(await gate.run(patient, async () => 4)).toBe(4);
  });

  it('leaves it to the engine to refuse a timeout that is over already', async () => {
    expect(await new QueryGate(1).run({ ...patient, timeoutMs: -1000 }, async (left) => left)).toBeLessThanOrEqual(
      -1000,
    );
  });
});
