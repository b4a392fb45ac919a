import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../layer/database.ts';
import type { GatewayEvent } from '../../layer/wire.ts';
import { migrations } from './schema.ts';
import { SessionStore } from './session-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-schema-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const event = (id: number): GatewayEvent => ({
  id,
  at: 1,
  type: 'run.accepted',
  run: { id: `r${id}`, skill: 's', trigger: 'request', dueAt: null, attempt: 1 },
  session: null,
});

describe('a store of the second version', () => {
  it('is taken over: its events have no traceparent, those that come have', () => {
    const file = join(folder, 'session.db');
    const old = openDatabase(file, migrations.slice(0, 2));
    old.exec(`
      INSERT INTO sessions (id, epoch, kind, events, seen_at, seq) VALUES ('all', 'e1', 'user', 'all', 1, 0);
      INSERT INTO spans VALUES ('all', 0, 0, 0);
      INSERT INTO events VALUES (1, 1, '1', '"x"', 3);
      UPDATE event_log SET head = 1, bytes = 3;
      UPDATE gateway_cursor SET event = 1;`);
    old.close();

    const store = new SessionStore(file, () => false);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    store.appendEvents([{ ...event(2), traceparent }]);
    expect(store.page('all', 0)).toMatchObject([
      { offset: 1, id: '1', bodyJson: '"x"', traceparent: null },
      { offset: 2, id: '2', traceparent },
    ]);
    store.close();
  });
});

describe('a store of the first version', () => {
  it('is taken over: the same sessions, offsets and ids, and they go on', () => {
    const file = join(folder, 'session.db');
    const old = openDatabase(file, migrations.slice(0, 1));
    old.exec(`
      INSERT INTO sessions (id, epoch, kind, events, offset, bytes, seen_at) VALUES
        ('all', 'e1', 'user', 'all', 3, 9, 1), ('own', 'e2', 'user', 'own', 1, 3, 1);
      INSERT INTO entries (session, offset, at, kind, id, body, end_bytes) VALUES
        ('all', 1, 1, 'event', '1', '"x"', 3), ('all', 2, 1, 'message', 'm1', '"y"', 6), ('all', 3, 1, 'event', '2', '"z"', 9),
        ('own', 1, 1, 'message', 'm1', '"o"', 3);
      INSERT INTO message_ids VALUES ('all', 'm1', 2), ('own', 'm1', 1);
      UPDATE gateway_cursor SET event = 2;`);
    old.close();

    const store = new SessionStore(file, () => false);
    expect(store.sessions.find('all')).toMatchObject({ epoch: 'e1', owner: 'owner', offset: 3, floor: 0 });
    expect(store.appendEvents([event(2), event(3)]).shared).toHaveLength(1);
    const stored = store.appendMessages([
      { session: 'all', id: 'm1', bodyJson: '0' },
      { session: 'all', id: 'm2', bodyJson: '0' },
      { session: 'own', id: 'm2', bodyJson: '0' },
    ]);
    expect(stored).toMatchObject([
      { fate: 'duplicate', offset: 2 },
      { fate: 'new', offset: 5 },
      { fate: 'new', offset: 2 },
    ]);
    const ids = (session: string) => store.page(session, 0).map(({ offset, id }) => `${offset} ${id}`);
    expect(ids('all')).toEqual(['1 1', '2 m1', '3 2', '4 3', '5 m2']);
    expect(ids('own')).toEqual(['1 m1', '2 m2']);
    store.close();
  });
});
