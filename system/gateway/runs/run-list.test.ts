import { expect, it, vi } from 'vitest';
import { openTestDatabase } from '../testing/test-database.ts';
import { RunList } from './run-list.ts';

type Filters = Readonly<Record<string, string | number>>;

/** How SQLite would answer: which index, or every row of the table. */
function planOf(filters: Filters): string {
  using test = openTestDatabase();
  const prepare = vi.spyOn(test.db, 'prepare');
  new RunList(test.db).page(filters, 10);
  const sql = prepare.mock.calls[0]?.[0];
  const rows = test.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all({ ...filters, before: 1, limit: 1 });
  return rows.map(({ detail }) => detail).join('; ');
}

it.each<[Filters, RegExp]>([
  [{}, /^SEARCH run USING INTEGER PRIMARY KEY \(rowid<\?\)$/],
  [{ skill: 's' }, /^SEARCH run USING INDEX run_of_skill \(skill=\? AND number<\?\)$/],
  [{ state: 'started' }, /^SEARCH run USING INDEX run_of_state \(state=\? AND number<\?\)$/],
  [{ outcome: 'failed' }, /^SEARCH run USING INDEX run_of_outcome \(outcome=\? AND number<\?\)$/],
  [{ trigger: 'request' }, /^SEARCH run USING INDEX run_of_trigger \(trigger=\? AND number<\?\)$/],
  [{ session: 'a' }, /^SEARCH run USING INDEX run_of_session \(session=\? AND number<\?\)$/],
  [{ from: 1, to: 2 }, /^SEARCH run USING INDEX run_of_time \(wanted_at>\? AND wanted_at<\?\)/],
  [{ skill: 's', outcome: 'failed' }, /USING INDEX run_of_(skill|outcome) \(\w+=\? AND number<\?\)$/],
  [{ skill: 's', from: 1, to: 2 }, /USING INDEX run_of_skill \(skill=\? AND number<\?\)$/],
])('a list of runs by %o is found by an index', (filters, plan) => {
  expect(planOf(filters)).toMatch(plan);
});
