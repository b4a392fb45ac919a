/** The same random calls get the same answers from the original and from ours. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startToxiproxy } from '../server/server.ts';
import { Player, steps } from './differential.ts';
import { startReference } from './reference.ts';

const program = process.env.CHAOS_REFERENCE_TOXIPROXY;

if (program === undefined) {
  it('answers as the original does, whatever it is asked', ({ skip }) => {
    const why =
      'CHAOS_REFERENCE_TOXIPROXY is not set, so answers were NOT compared with those of the original: set it to a toxiproxy-server 2.12.0.';
    if (process.env.CI === 'true') throw new Error(why);
    console.error(why);
    skip(why);
  });
} else {
  it('answers as the original does, whatever it is asked', { timeout: 300_000 }, async () => {
    await using held = new AsyncDisposableStack();
    const players: Player[] = [];
    for (const start of [startReference.bind(null, program), startToxiproxy]) {
      const server = await start({ proxyMetrics: false });
      held.defer(() => server.stop());
      players.push(held.use(await Player.start(server.url)));
    }
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(steps, async (calls) => {
        const [original, ours] = await Promise.all(players.map((player) => player.play(calls)));
        expect(ours).toEqual(original);
        for (const [, answer] of original ?? []) if (answer !== 'failed reset') statuses.add(answer.status);
      }),
      { numRuns: 200 },
    );
    // Else the calls were too dull to say much.
    expect([...statuses].sort()).toEqual([200, 201, 204, 400, 404, 405, 409, 500]);
  });
}
