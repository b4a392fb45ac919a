import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../layer/database.ts';
import { EventLog } from './event-log.ts';
import { limits } from './limits.ts';
import { RunStore } from './run-store.ts';
import { migrations } from './tables.ts';
import { makeHome, report } from './test-gateway.ts';

describe('what the gateway keeps', () => {
  it('is bounded: old events and finished runs go, unfinished runs stay, and ids go on', () => {
    using home = makeHome();
    const db = openDatabase(join(home.path, 'gateway.db'), migrations);
    const events = new EventLog(db, 100);
    const runs = new RunStore(db, events, { ...limits, runsKept: 100 });
    runs.report(report('unfinished@1'));
    for (let index = 0; index < 300; index += 1) runs.report(report(`r@${index}`, { state: 'finished' }));
    expect(events.newest()).toBe(301);
    const kept = events.after(0, 1000).map((event) => event.id);
    expect(kept).toEqual(kept.map((_, index) => 301 - kept.length + 1 + index));
    expect(kept.length).toBeLessThan(202);
    const { runs: listed } = runs.list({ skill: null, limit: 500, before: null });
    expect(listed.length).toBeLessThan(203);
    expect(listed.at(-1)?.id).toBe('unfinished@1');
    expect(listed[0]?.id).toBe('r@299');
    db.close();
  });
});
