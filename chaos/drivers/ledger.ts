/** Protocol `openclaw-ledger/1`: what a runtime says of its runs, and its own counters. Always over the observer's path. */
import { z } from 'zod';
import { ChaosError } from '../errors.ts';
import { BadStatus, httpJson, httpText } from './http-json.ts';

const row = z.object({
  sequence: z.number(),
  id: z.string(),
  skill: z.string(),
  trigger: z.string(),
  dueAt: z.number().nullable(),
  attempt: z.number(),
  state: z.enum(['deferred', 'claimed', 'running', 'finished']),
  outcome: z.string().nullish(),
  startedAt: z.number().nullish(),
  finishedAt: z.number().nullish(),
});
const page = z.object({ runs: z.array(row), next: z.number() });
const missedRange = z.object({ skill: z.string(), firstDueAt: z.number(), lastDueAt: z.number(), reason: z.string() });
const missedPage = z.object({ missed: z.array(missedRange) });

export type LedgerRow = z.infer<typeof row>;

/** Slots that have no run, and the ledger says why. Unix ms. */
export type MissedRange = z.infer<typeof missedRange>;

const pageRows = 500;
const maxRows = 100_000;

export class Ledger {
  readonly #address: () => string;
  readonly #token: string;
  readonly #rows = new Map<string, LedgerRow>();
  #next = 0;

  constructor(address: () => string, token: string) {
    this.#address = address;
    this.#token = token;
  }

  /** Rows as far as `follow` has read them: what is left if the runtime is gone at the end. */
  get followed(): ReadonlyMap<string, LedgerRow> {
    return this.#rows;
  }

  /** Reads what has changed since the last time, one page at most. */
  async follow(timeoutMs: number): Promise<void> {
    if (this.#rows.size > maxRows) return;
    const { runs, next } = await this.#page(`since=${this.#next}&limit=${pageRows}`, timeoutMs);
    for (const one of runs) this.#rows.set(one.id, one);
    this.#next = Math.max(this.#next, next);
  }

  /** All rows as they are now, by run id. */
  async read(timeoutMs: number): Promise<ReadonlyMap<string, LedgerRow>> {
    const rows = new Map<string, LedgerRow>();
    for (let since = 0; ; ) {
      const { runs, next } = await this.#page(`since=${since}&limit=${pageRows}`, timeoutMs);
      for (const one of runs) rows.set(one.id, one);
      if (runs.length === 0 || next <= since) return rows;
      if (rows.size > maxRows) throw new ChaosError('CHAOS_LEDGER', `the ledger has more than ${maxRows} rows`);
      since = next;
    }
  }

  /** Slots that it owns up to have missed; none from a runtime that keeps no record of them. */
  async missed(timeoutMs: number): Promise<readonly MissedRange[]> {
    const path = `/v1/missed?limit=${pageRows}`;
    const answer = httpJson({ address: this.#address(), path, token: this.#token, timeoutMs });
    const { body } = await answer.catch((error: Error) => {
      if (error instanceof BadStatus && error.status === 404) return { body: { missed: [] } };
      throw error;
    });
    const parsed = missedPage.safeParse(body);
    if (parsed.success) return parsed.data.missed;
    throw new ChaosError('CHAOS_LEDGER', `${path}: not a list of missed slots: ${z.prettifyError(parsed.error)}`);
  }

  /** Runs that are in progress now. */
  async running(timeoutMs: number): Promise<readonly LedgerRow[]> {
    const { runs } = await this.#page(`since=0&limit=${pageRows}&state=running`, timeoutMs);
    return runs.filter(({ state }) => state === 'running');
  }

  /** `openclaw_skill_runs_total{outcome="succeeded"}` by skill, from the runtime's own metrics. */
  async succeededCounters(metricsPath: string, timeoutMs: number): Promise<ReadonlyMap<string, number>> {
    const { status, text } = await httpText({ address: this.#address(), path: metricsPath, timeoutMs });
    if (status !== 200) throw new ChaosError('CHAOS_METRICS', `GET ${metricsPath}: status ${status}`);
    const counters = new Map<string, number>();
    for (const [, labels = '', value] of text.matchAll(/^openclaw_skill_runs_total\{([^}]*)\} (\S+)/gm)) {
      const skill = /(?:^|,)skill="([^"]*)"/.exec(labels)?.[1];
      if (skill !== undefined && /(?:^|,)outcome="succeeded"/.test(labels)) counters.set(skill, Number(value));
    }
    return counters;
  }

  async #page(query: string, timeoutMs: number): Promise<z.infer<typeof page>> {
    const path = `/v1/ledger?${query}`;
    const { body } = await httpJson({ address: this.#address(), path, token: this.#token, timeoutMs });
    const parsed = page.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new ChaosError('CHAOS_LEDGER', `${path}: not a page of a ledger: ${z.prettifyError(parsed.error)}`);
  }
}
