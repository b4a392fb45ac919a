import { Registry } from 'prom-client';
import { beforeEach, expect, it, vi } from 'vitest';
import { nowMs } from '../observe/clock.ts';
import type { DrawnFault } from './fault-plan.ts';
import type { RoundResult } from './round-result.ts';
import { playRounds } from './rounds.ts';
import type { Stage } from './stage.ts';

const result: RoundResult = {
  fault: 'kill-gateway',
  outcome: 'held',
  reasons: [],
  recoveries: [],
  slots: { due: 3, missed: 0, late: 0 },
  messages: 5,
  lost: 0,
  doubled: 0,
};
/** What happened, in order: `2 begins` is the second round. */
const { happened, rounds } = vi.hoisted(() => ({ happened: [] as string[], rounds: [] as Partial<FakeRound>[] }));

interface FakeRound {
  readonly isStuck: boolean;
  readonly isCutShort: boolean;
  close(): Promise<RoundResult>;
  strike(): Promise<void>;
}

vi.mock('./round.ts', () => {
  let count = 0;
  const prepare = async ({ signal }: Stage, drawn: DrawnFault | undefined) => {
    const number = ++count;
    const note = (what: string) => void happened.push(`${number} ${what}`);
    const { isStuck = false, isCutShort = false, close, strike } = rounds[number - 1] ?? {};
    note('watches');
    return {
      drawn,
      isStuck,
      isCutShort,
      untilSteady: async () => {},
      begin: () => note('begins'),
      strike: async () => {
        signal.throwIfAborted();
        note('strikes');
        await strike?.();
      },
      recover: async () => note('recovers'),
      close: () => {
        note('closes');
        return close?.() ?? Promise.resolve(result);
      },
      [Symbol.asyncDispose]: async () => note('is gone'),
    };
  };
  const reset = () => {
    count = 0;
  };
  return { Round: { prepare, reset } };
});

beforeEach(async () => {
  happened.length = 0;
  rounds.length = 0;
  const { Round } = (await import('./round.ts')) as unknown as { Round: { reset(): void } };
  Round.reset();
});

const drawn = { offer: { name: 'kill-gateway' }, gapMs: 0, forMs: 0 } as DrawnFault;

/** Ends when this many rounds have struck, unless it ends before. */
async function play(strikes: number, untilMs = Number.POSITIVE_INFINITY) {
  const stop = new AbortController();
  const told: string[] = [];
  const registry = new Registry();
  const listener = {
    next: () => {},
    fault: () => {},
    snapshot: () => {},
    ended: ({ outcome }: RoundResult) => void told.push(outcome),
    cutShort: () => void told.push('cut short'),
  };
  function* draws() {
    for (let count = 0; ; count++) {
      if (count >= strikes) stop.abort();
      yield drawn;
    }
  }
  const stage = { signal: stop.signal, listener, recorder: { registry } } as unknown as Stage;
  await playRounds(stage, draws(), untilMs);
  return { told, verdict: await registry.metrics() };
}

it('lets each round watch before the one before it ends, and count from where that one ends', async () => {
  const { told } = await play(1, nowMs() + 8_050);
  const first = ['1 watches', '1 begins', '1 strikes', '2 watches', '1 recovers', '1 closes', '2 begins', '1 is gone'];
  expect(happened.slice(0, first.length)).toEqual(first);
  expect(told[0]).toBe('held');
  for (const number of [1, 2]) expect(happened).toContain(`${number} is gone`);
});

it('strikes no more when a fault could not be over and recovered from in time', async () => {
  await play(9, nowMs() + 300);
  expect(happened).toEqual(['1 watches', '1 begins', '1 closes', '1 is gone']);
});

it('strikes no more on top of a fault that could not be undone, and does not call its round kept', async () => {
  rounds.push({ isStuck: true, isCutShort: true });
  const { told } = await play(9);
  expect(happened).toEqual(['1 watches', '1 begins', '1 strikes', '1 is gone']);
  expect(told).toEqual(['cut short']);
});

it('calls no round kept that could not be summed up before it was to end', async () => {
  rounds.push({ close: () => new Promise<never>(() => {}) });
  expect((await play(1)).told).toContain('cut short');
});

it('calls no round kept in which nothing was due', async () => {
  rounds.push({ close: async () => ({ ...result, slots: { due: 0, missed: 0, late: 0 } }) });
  const { told, verdict } = await play(9, nowMs() + 300);
  expect(told).toEqual(['cut short']);
  expect(verdict).not.toContain('chaos_run_verdict{outcome="held"} 1');
});

it('publishes how the latest round came out', async () => {
  rounds.push({ close: async () => ({ ...result, outcome: 'broken' }) });
  const { told, verdict } = await play(9, nowMs() + 300);
  expect(told).toEqual(['broken']);
  expect(verdict).toContain('chaos_run_verdict{outcome="broken"} 1');
  expect(verdict).toContain('chaos_run_verdict{outcome="held"} 0');
});

it('passes on what goes wrong in a round, when that is gone', async () => {
  rounds.push({ strike: () => Promise.reject(new Error('no such link')), isCutShort: true });
  await expect(play(9)).rejects.toThrow('no such link');
  expect(happened.at(-1)).toBe('1 is gone');
});
