/** The spans of the scheduler's turns. */
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RecordedSpans } from '../../layer/tracing/recorded-spans.fixture.ts';
import { aSkill, SchedulerWorld } from './scheduler.fixture.ts';

const spans = new RecordedSpans();
afterAll(() => spans[Symbol.asyncDispose]());

describe('a turn of the scheduler', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    spans.reset();
  });
  afterEach(() => vi.useRealTimers());

  it('has a span if it claims slots, which they keep to link to; an idle one, and one that only misses slots, has none', () => {
    using world = new SchedulerWorld(10_000, aSkill('every: 1s'));
    world.scheduler.tick();
    expect(spans.all).toEqual([]);
    world.now = 12_000;
    world.scheduler.tick();
    world.scheduler.tick();
    expect(spans.all.map(({ name, attributes }) => [name, attributes])).toMatchObject([
      ['claim slots', { 'openclaw.slots': expect.any(Number) }],
    ]);
    const [turn] = spans.all;
    const claimedIn = `00-${turn?.spanContext().traceId}-${turn?.spanContext().spanId}-01`;
    const linked = ['beat@11000', 'beat@12000'].map((id) => world.ledger.get(id)?.claimedIn);
    expect(linked).toEqual([claimedIn, claimedIn]);
    expect(turn?.parentSpanContext).toBeUndefined();

    spans.reset();
    using missing = new SchedulerWorld(10_000, aSkill('every: 1s', { catchUp: { policy: 'none', windowMs: 0 } }));
    missing.now = 12_000;
    missing.scheduler.tick();
    expect([missing.ledger.missed(0, 10).length, spans.all]).toEqual([1, []]);
  });
});
