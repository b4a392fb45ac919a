import { expect, it } from 'vitest';
import { openDatabase } from '../../layer/database.ts';
import { migrations } from './ledger-schema.ts';
import { hotSql } from './ledger-statements.ts';

/** They go through the queue, through the accounts (a row a skill), or back from the newest row once a minute. */
const walks = new Set(['accounts', 'doubts', 'nthNewest', 'pruneMissed']);
/** They sort what they take of the queue. */
const sorts = new Set(['open', 'inState', 'idsIn']);

/** They look at nothing but the queue. */
const ofQueue = new Set([...sorts, 'next', 'openRequests', 'deferred', 'queued', 'changesOpen']);

it.each(Object.entries(hotSql))('%s does not grow with the rows of finished runs', (name, sql) => {
  using db = openDatabase(':memory:', migrations);
  const details = db
    .prepare(`EXPLAIN QUERY PLAN ${sql.replace(/\?\d?|:\w+/g, '1')}`)
    .all()
    .map(({ detail }) => String(detail));
  if (!walks.has(name)) expect(details.filter((detail) => /^SCAN/.test(detail))).toEqual([]);
  if (!sorts.has(name)) expect(details.filter((detail) => /TEMP B-TREE/.test(detail))).toEqual([]);
  if (ofQueue.has(name)) expect(details[0]).toMatch(/INDEX runs_open/);
});
