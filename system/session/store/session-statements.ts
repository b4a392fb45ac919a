/** What SessionTable asks of the table of sessions, in SQL. */
import type { DatabaseSync } from 'node:sqlite';

const columns = 'id, epoch, owner, kind, events, offset, floor, seq';
/** Those whose messages the gateway does not have yet are not for removal. */
const delivered = 'NOT EXISTS (SELECT 1 FROM outbox WHERE session = id)';

export function prepareSessionStatements(db: DatabaseSync) {
  return {
    find: db.prepare(`SELECT ${columns} FROM sessions WHERE id = ?`),
    // The newest offset of a shared event up to seq ?2.
    gone: db.prepare(
      `SELECT s.offset + min(?2, coalesce(
         (SELECT ends FROM spans n WHERE n.session = ?1 AND n.offset > s.offset ORDER BY n.offset LIMIT 1), ?2)) - s.seq AS offset
       FROM spans s WHERE s.session = ?1 AND s.seq < ?2 ORDER BY s.offset DESC LIMIT 1`,
    ),
    count: db.prepare('SELECT count(*) AS n FROM sessions'),
    countOf: db.prepare('SELECT count(*) AS n FROM sessions WHERE owner = ?'),
    list: db.prepare(
      `SELECT ${columns} FROM sessions WHERE (?1 IS NULL OR owner = ?1) AND id > ?2 ORDER BY id LIMIT ?3`,
    ),
    insert: db.prepare(
      `INSERT INTO sessions (id, epoch, owner, kind, events, seen_at, seq)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, CASE ?5 WHEN 'all' THEN (SELECT head FROM event_log) END)`,
    ),
    update: db.prepare('UPDATE sessions SET kind = ?, events = ?, offset = ?, seq = ?, seen_at = ? WHERE id = ?'),
    touch: db.prepare('UPDATE sessions SET seen_at = ? WHERE id = ?'),
    delete: db.prepare('DELETE FROM sessions WHERE id = ?'),
    spare: db.prepare(`SELECT id FROM sessions WHERE (?1 IS NULL OR owner = ?1) AND ${delivered} ORDER BY seen_at`),
    idle: db.prepare(`SELECT id FROM sessions WHERE kind = ? AND seen_at < ? AND ${delivered}`),
  };
}
