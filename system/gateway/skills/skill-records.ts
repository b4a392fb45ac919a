/** What became of each skill's last runs: kept apart from the runs, which are forgotten some day. */
import type { RunOutcome, RunReport } from '../../layer/wire.ts';
import type { Storage } from '../storage.ts';

export interface SkillRecord {
  /** When this gateway first heard of the skill, Unix ms. */
  readonly knownSince: number;
  readonly lastOutcome: RunOutcome | null;
  readonly lastFinishedAt: number | null;
  readonly lastSuccessAt: number | null;
}

export class SkillRecords {
  readonly #limit: number;
  readonly #statements;

  constructor({ db }: Storage, limit: number) {
    this.#limit = limit;
    this.#statements = {
      get: db.prepare('SELECT * FROM skill_record WHERE skill = ?'),
      know: db.prepare('INSERT OR IGNORE INTO skill_record (skill, known_since) VALUES (?, ?)'),
      // A time of the future is from before the clock was set back: whatever comes now is newer.
      finished: db.prepare(`
        UPDATE skill_record SET last_outcome = :outcome, last_finished_at = :at
        WHERE skill = :skill AND (last_finished_at IS NULL OR last_finished_at <= :at OR last_finished_at > :now)`),
      succeeded: db.prepare(`
        UPDATE skill_record SET last_success_at = :at
        WHERE skill = :skill AND (last_success_at IS NULL OR last_success_at <= :at OR last_success_at > :now)`),
      count: db.prepare('SELECT count(*) AS records FROM skill_record'),
      forget: db.prepare(`
        DELETE FROM skill_record WHERE skill IN (
          SELECT skill FROM skill_record WHERE skill NOT IN (SELECT name FROM skill) ORDER BY coalesce(last_finished_at, known_since) LIMIT 1)`),
    };
  }

  /** To be called inside the transaction that makes it true. */
  know(skill: string, now: number): void {
    const made = this.#statements.know.run(skill, now).changes > 0;
    if (made && Number(this.#statements.count.get()?.records) > this.#limit) this.#statements.forget.run();
  }

  /** Reports come late and out of order: the newest end counts. To be called inside the transaction of the report. */
  finished(report: Extract<RunReport, { state: 'finished' }>, now: number): void {
    const { skill, outcome, finishedAt } = report;
    this.know(skill, now);
    const at = Math.min(finishedAt, now);
    this.#statements.finished.run({ skill, outcome, at, now });
    if (outcome === 'succeeded') this.#statements.succeeded.run({ skill, at, now });
  }

  get(skill: string): SkillRecord | undefined {
    const row = this.#statements.get.get(skill) as RecordRow | undefined;
    return (
      row && {
        knownSince: row.known_since,
        lastOutcome: row.last_outcome,
        lastFinishedAt: row.last_finished_at,
        lastSuccessAt: row.last_success_at,
      }
    );
  }
}

interface RecordRow {
  readonly known_since: number;
  readonly last_outcome: RunOutcome | null;
  readonly last_finished_at: number | null;
  readonly last_success_at: number | null;
}
