import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { CommandStore } from './commands/command-store.ts';
import { EventLog } from './events/event-log.ts';
import { limits } from './limits.ts';
import { RunList } from './runs/run-list.ts';
import { RunStore } from './runs/run-store.ts';
import { SkillRecords } from './skills/skill-records.ts';
import { Storage } from './storage.ts';
import { migrations } from './tables.ts';

describe("the gateway's tables", () => {
  it('take over what an older gateway stored: runs, keys, commands that wait, events', () => {
    const db = new DatabaseSync(':memory:');
    db.exec(migrations[0]);
    db.exec(`
      INSERT INTO run (number, id, skill, trigger, session, idempotency_key, due_at, requested_at, attempt, state, outcome, started_at, finished_at, sequence, pending)
      VALUES (7, 'asked', 's', 'request', 'se', 'k1', NULL, 1000, 1, 'accepted', NULL, NULL, NULL, -1, 1),
             (9, 's@5', 's', 'schedule', NULL, NULL, 5000, NULL, 2, 'finished', 'succeeded', 5001, 5002, 4, 0);
      INSERT INTO event (id, body) VALUES (41, '{"at":1,"type":"run.accepted"}');
    `);
    for (const migration of migrations.slice(1)) db.exec(migration);
    const storage = new Storage(db, 1000);
    const events = new EventLog(db, 100);
    const commands = new CommandStore(storage, limits);
    const runs = new RunStore({ storage, events, commands, records: new SkillRecords(storage, 10), limits });
    const request = { skill: 's', session: 'se', owner: 'owner', idempotencyKey: 'k1' };
    expect(runs.accept(request, 2000)).toMatchObject({ made: false, run: { id: 'asked', requestedAt: 1000 } });
    expect(commands.take('a', 10)).toEqual([
      { id: 'asked', kind: 'run', skill: 's', session: 'se', requestedAt: 1000 },
    ]);
    expect(runs.get('asked')).toMatchObject({ traceparent: null });
    expect(runs.get('s@5')).toMatchObject({ attempt: 2, outcome: 'succeeded', finishedAt: 5002, reason: null });
    expect(new RunList(db).page({ from: 4000 }, 10).items).toMatchObject([{ id: 's@5' }]);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const { run } = runs.accept({ ...request, idempotencyKey: 'k2', traceparent }, 3000);
    expect(runs.get(run.id)).toMatchObject({ traceparent });
    expect(commands.take('a', 10)).toMatchObject([{ id: 'asked' }, { id: run.id, traceparent }]);
    expect(new RunList(db).page({}, 10).items).toHaveLength(3);
    expect(events.newest()).toBe(42);
    storage.close();
  });
});
