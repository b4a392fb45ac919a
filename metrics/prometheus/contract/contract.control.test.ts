/** The contract's negative control: of two real servers, one that was told one value otherwise must be found out, by the questions that see it and by no other. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, type Side } from './ask.ts';
import { difference } from './compare.ts';
import { aggregations } from './corpus/aggregations.ts';
import { overTime } from './corpus/over-time.ts';
import { ranges } from './corpus/ranges.ts';
import { realPrometheus } from './prometheus-process.ts';
import { referencePrometheus } from './reference.ts';
import { historyPlayed, openStage, playedOn, sideOf } from './stage.ts';

const reference = referencePrometheus();
const cases = [...aggregations, ...overTime, ...ranges];

/** The script says 455, and 434 before that: now it is a restart. */
const alteration = { metric: 'requests_total{method="GET",code="200"}', atSeconds: 270, value: 361 };

it('is run against the real server in CI', () => {
  expect(reference !== undefined || process.env.CI === undefined, 'CHAOS_REFERENCE_PROMETHEUS').toBe(true);
});

if (reference !== undefined) {
  const stack = new AsyncDisposableStack();
  let sides: readonly [Side, Side, Side];

  beforeAll(async () => {
    const program = realPrometheus(reference);
    const told = stack.use(await openStage(program));
    const again = stack.use(await openStage(program, { baseMs: told.baseMs }));
    const altered = stack.use(await openStage(program, { baseMs: told.baseMs, alteration }));
    await Promise.all([told, again, altered].map((stage) => playedOn(stage, historyPlayed)));
    const nowMs = Date.now();
    sides = [sideOf(told, nowMs), sideOf(again, nowMs), sideOf(altered, nowMs)];
  }, 120_000);
  afterAll(() => stack.disposeAsync());

  it('two real servers that were told the same answer alike', async () => {
    expect(await differing(sides[0], sides[1])).toEqual([]);
  }, 60_000);

  it('one value told otherwise shows in the questions that see it, and in no other', async () => {
    const found = await differing(sides[0], sides[2]);
    expect(found).toContain('rate(requests_total[1m]) @ 300');
    expect(found).toContain('sum by (method) (rate(requests_total[1m])) @ 0..600/60');
    expect(found.length).toBeGreaterThanOrEqual(10);
    expect(found.filter((name) => !name.includes('requests_total'))).toEqual([]);
  }, 60_000);
}

async function differing(a: Side, b: Side): Promise<string[]> {
  const names: string[] = [];
  for (const one of cases) {
    const [expected, actual] = await Promise.all([ask(one, a), ask(one, b)]);
    if (difference(one, expected, actual) !== undefined) names.push(one.name);
  }
  return names;
}
