/**
 * `fill-ledger.ts HOME ROWS`: puts finished runs into the ledger of a home that no runtime uses yet, as if it had run for a day, so that
 * it can be measured what so many rows cost.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../layer/database.ts';
import { migrations } from '../runtime/ledger/ledger-schema.ts';

const dayMs = 86_400_000;
const [home = '', rows = ''] = process.argv.slice(2);
const state = join(home, 'state');
mkdirSync(state, { recursive: true });
const db = openDatabase(join(state, 'runtime.sqlite'), migrations);
db.exec('PRAGMA synchronous = OFF');
db.prepare(
  `WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :rows)
   INSERT INTO runs (id, skill, trigger, due_at, queued_at, state, outcome, started_at, finished_at, sequence, exit_code)
   SELECT 'bench-filler@' || due, 'bench-filler', 'schedule', due, due, 'finished', 'succeeded', due, due + 50, n, 0
   FROM (SELECT n, :from + n * :step AS due FROM number)`,
).run({ rows: Number(rows), from: Date.now() - dayMs, step: Math.floor(dayMs / Number(rows)) });
db.close();
