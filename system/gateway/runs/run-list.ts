/** Runs by filter and page, newest first in the order in which the gateway learned of them, so that pages stand still under inserts. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Page } from '../paging.ts';
import { type Run, type RunRow, runOf } from './run.ts';

const conditions = {
  skill: 'skill = :skill',
  state: 'state = :state',
  outcome: 'outcome = :outcome',
  trigger: 'trigger = :trigger',
  session: 'session = :session',
  from: 'wanted_at >= :from',
  to: 'wanted_at < :to',
} as const;
type Filter = keyof typeof conditions;
export type RunFilters = { readonly [Name in Filter]?: string | number | undefined };

export class RunList {
  readonly #db: DatabaseSync;
  /** One for each set of filters that was asked for. */
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** `before` is the position of the last run of the page before. */
  page(filters: RunFilters, limit: number, before = Number.MAX_SAFE_INTEGER): Page<Run, number> {
    const values = given(filters);
    const rows = this.#statement(Object.keys(values) as Filter[]).all({ ...values, before, limit: limit + 1 });
    const shown = (rows as unknown as RunRow[]).slice(0, limit);
    return { items: shown.map(runOf), next: rows.length > limit ? (shown.at(-1)?.number ?? null) : null };
  }

  #statement(filters: readonly Filter[]): StatementSync {
    const where = ['number < :before', ...filters.map((filter) => conditions[filter])].join(' AND ');
    const known = this.#statements.get(where);
    if (known !== undefined) return known;
    const made = this.#db.prepare(`SELECT * FROM run WHERE ${where} ORDER BY number DESC LIMIT :limit`);
    this.#statements.set(where, made);
    return made;
  }
}

function given(filters: RunFilters): Record<string, string | number> {
  return Object.fromEntries(
    (Object.keys(conditions) as Filter[]).flatMap((name) => {
      const value = filters[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
