/** The tables of the session layer. Migrations are appended, never changed. */
export const migrations = [
  `CREATE TABLE sessions (
     id TEXT PRIMARY KEY,
     epoch TEXT NOT NULL,
     kind TEXT NOT NULL,
     events TEXT NOT NULL,
     offset INTEGER NOT NULL DEFAULT 0,
     floor INTEGER NOT NULL DEFAULT 0,
     bytes INTEGER NOT NULL DEFAULT 0,
     floor_bytes INTEGER NOT NULL DEFAULT 0,
     seen_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX sessions_by_events ON sessions (events);
   CREATE INDEX sessions_by_seen ON sessions (seen_at);
   CREATE TABLE entries (
     session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
     offset INTEGER NOT NULL,
     at INTEGER NOT NULL,
     kind TEXT NOT NULL,
     id TEXT NOT NULL,
     body TEXT NOT NULL,
     end_bytes INTEGER NOT NULL,
     PRIMARY KEY (session, offset)
   ) STRICT;
   CREATE TABLE message_ids (
     session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
     id TEXT NOT NULL,
     offset INTEGER NOT NULL,
     PRIMARY KEY (session, id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE gateway_cursor (one INTEGER PRIMARY KEY CHECK (one = 1), event INTEGER NOT NULL) STRICT;
   INSERT INTO gateway_cursor VALUES (1, 0);
   CREATE TABLE gateway_link (one INTEGER PRIMARY KEY CHECK (one = 1), attempts INTEGER NOT NULL, issues INTEGER NOT NULL) STRICT;
   INSERT INTO gateway_link VALUES (1, 0, 0);`,

  // Events are stored once for all sessions that want them (see log.ts); messages wait in the outbox for the gateway.
  `ALTER TABLE sessions ADD COLUMN owner TEXT NOT NULL DEFAULT 'owner';
   ALTER TABLE sessions ADD COLUMN seq INTEGER;
   ALTER TABLE sessions ADD COLUMN stored INTEGER NOT NULL DEFAULT 0;
   UPDATE sessions SET stored = offset, seq = CASE events WHEN 'all' THEN 0 END;
   CREATE INDEX sessions_by_owner ON sessions (owner, seen_at);
   ALTER TABLE entries ADD COLUMN traceparent TEXT;
   CREATE INDEX entries_by_age ON entries (at);
   CREATE TABLE events (
     seq INTEGER PRIMARY KEY,
     at INTEGER NOT NULL,
     id TEXT NOT NULL,
     body TEXT NOT NULL,
     end_bytes INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE event_log (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     head INTEGER NOT NULL,
     floor INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     floor_bytes INTEGER NOT NULL
   ) STRICT;
   INSERT INTO event_log VALUES (1, 0, 0, 0, 0);
   CREATE TABLE spans (
     session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
     offset INTEGER NOT NULL,
     seq INTEGER,
     ends INTEGER NOT NULL,
     PRIMARY KEY (session, offset)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO spans SELECT id, offset, 0, 0 FROM sessions WHERE events = 'all';
   CREATE TABLE outbox (
     n INTEGER PRIMARY KEY AUTOINCREMENT,
     session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
     offset INTEGER NOT NULL,
     end_bytes INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX outbox_by_session ON outbox (session, offset);`,

  'ALTER TABLE events ADD COLUMN traceparent TEXT',
] as const;
