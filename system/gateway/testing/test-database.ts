/** For tests of stores: all of them on a database in memory, so with no disk to wait for. */
import { DatabaseSync } from 'node:sqlite';
import { CommandStore } from '../commands/command-store.ts';
import { EventLog } from '../events/event-log.ts';
import { limits as all, type Limits } from '../limits.ts';
import { RunStore } from '../runs/run-store.ts';
import { SkillRecords } from '../skills/skill-records.ts';
import { Storage } from '../storage.ts';
import { migrations } from '../tables.ts';

export function openTestDatabase(): Disposable & { readonly db: DatabaseSync; readonly storage: Storage } {
  const db = new DatabaseSync(':memory:');
  for (const migration of migrations) db.exec(migration);
  const storage = new Storage(db, all.storageRetryMs);
  return { db, storage, [Symbol.dispose]: () => storage.close() };
}

export function openTestStores(changed: Partial<Limits> = {}) {
  const test = openTestDatabase();
  const limits = { ...all, ...changed };
  const events = new EventLog(test.db, limits.eventsKept);
  const commands = new CommandStore(test.storage, limits);
  const records = new SkillRecords(test.storage, 2 * limits.skills);
  const runs = new RunStore({ storage: test.storage, events, commands, records, limits });
  return { ...test, limits, events, commands, records, runs };
}
