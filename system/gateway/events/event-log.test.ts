import { describe, expect, it } from 'vitest';
import { openTestDatabase } from '../testing/test-database.ts';
import { report } from '../testing/test-gateway.ts';
import { EventLog } from './event-log.ts';

const event = { at: 0, type: 'run.started', run: { ...report('x'), id: 'x' }, session: null } as const;

describe('the event log', () => {
  it('is bounded, and its ids go on', () => {
    using test = openTestDatabase();
    const events = new EventLog(test.db, 100);
    for (let index = 0; index < 301; index += 1) events.append(event, 5000);
    expect(events.newest()).toBe(5300);
    const kept = events.after(0, 1000).map(({ id }) => id);
    expect(kept).toEqual(kept.map((_, index) => events.oldest() + index));
    expect(kept.at(-1)).toBe(5300);
    expect(kept.length).toBeGreaterThanOrEqual(100);
    expect(kept.length).toBeLessThan(202);
  });

  it('gives no id again that a lost log has given', () => {
    using lost = openTestDatabase();
    const before = new EventLog(lost.db, 100);
    for (let index = 0; index < 50; index += 1) before.append(event);
    const seen = before.newest();
    // As fast as no real gateway commits: an id may not overtake the clock for long.
    while (Date.now() <= seen);
    using fresh = openTestDatabase();
    const after = new EventLog(fresh.db, 100);
    after.append(event);
    expect(after.newest()).toBeGreaterThan(seen);
    expect(after.after(seen, 10)).toHaveLength(1);
  });
});
