import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeLayers } from './fake-layers.fixture.ts';
import { lastSequence, recentRuns } from './runs-of.ts';

const row = (sequence: number) => ({
  sequence,
  id: `beat@${sequence}`,
  skill: 'beat',
  trigger: 'schedule',
  attempt: 1,
  state: 'finished',
  outcome: 'succeeded',
});

describe('recent runs', () => {
  let layers: FakeLayers;
  beforeEach(async () => {
    layers = await FakeLayers.start();
  });
  afterEach(() => layers[Symbol.asyncDispose]());

  /** As the runtime answers: rows with a larger sequence, oldest first. */
  const keep = (sequences: readonly number[]) =>
    layers.answers.set('runtime /v1/ledger', ({ path }) => {
      const query = new URL(path, 'http://x').searchParams;
      const after = sequences.filter((sequence) => sequence > Number(query.get('since')));
      return { body: { runs: after.slice(0, Number(query.get('limit'))).map(row) } };
    });

  it('are the gateway’s', async () => {
    layers.say('gateway', '/v1/runs', { runs: [row(7)] });
    expect(await recentRuns(layers.operated(), 'beat', 5)).toMatchObject({ from: 'gateway', runs: [{ id: 'beat@7' }] });
  });

  it.each([
    [[], []],
    [[1], [1]],
    [
      [3, 900, 901, 5000],
      [5000, 901, 900],
    ],
    [Array.from({ length: 4000 }, (_, at) => at + 1), [4000, 3999, 3998]],
  ])('are the newest of the ledger when the gateway is down', async (sequences, newest) => {
    keep(sequences);
    await layers.stop('gateway');
    const { from, runs } = await recentRuns(layers.operated(), 'beat', 3);
    expect(from).toBe('ledger');
    expect(runs.map(({ id }) => id)).toEqual(newest.map((sequence) => `beat@${sequence}`));
  });

  it('are nobody’s when neither answers', async () => {
    await layers.stop('gateway');
    await layers.stop('runtime');
    await expect(recentRuns(layers.operated(), 'beat', 3)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('the gateway does not run'),
    });
  });

  it('are searched for from their end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(2_000_000), async (last) => {
        let asked = 0;
        const found = await lastSequence(async (since) => {
          asked += 1;
          return since < last;
        });
        expect(found).toBe(last);
        expect(asked).toBeLessThan(50);
      }),
    );
  });
});
