/**
 * `fill-ledger.ts HOME ROWS`: puts finished runs into the ledger of a home that no runtime uses yet, as if it had run for a day, and
 * totals of all its skills, as if each had succeeded, failed and been missed, so that it can be measured what so much costs.
 */
import { mkdirSync, readdirSync } from 'node:fs';
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
const total = db.prepare('INSERT INTO totals (metric, skill, label, value) VALUES (?, ?, ?, ?)');
db.exec('BEGIN');
for (const skill of readdirSync(join(home, 'skills'))) {
  for (const outcome of ['succeeded', 'failed', 'timed-out']) total.run('runs', skill, outcome, 12_345);
  for (const fate of ['claimed', 'caught-up', 'missed']) total.run('slots', skill, fate, 12_345);
  total.run('missed', skill, 'catch-up-window', 12_345);
  total.run('retries', skill, '', 123);
  total.run('last-success', skill, '', Date.now());
}
db.exec('COMMIT');
db.close();
