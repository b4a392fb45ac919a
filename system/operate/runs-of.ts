/** Runs as the gateway or, in its absence, the runtime's ledger tells of them. */
import { z } from 'zod';
import type { Operated } from './addresses.ts';
import { type Answer, ask, refusalOf } from './ask.ts';
import { CommandError } from './command.ts';

const time = z.int().nullable().default(null);

/** What both have in common. */
export const run = z.object({
  id: z.string(),
  skill: z.string(),
  trigger: z.string(),
  dueAt: time,
  attempt: z.int(),
  state: z.string(),
  outcome: z.string().nullable().default(null),
  reason: z.string().nullable().default(null),
  exitCode: z.int().nullable().default(null),
  signal: z.string().nullable().default(null),
  output: z.string().nullable().default(null),
  startedAt: time,
  finishedAt: time,
});
export type Run = z.infer<typeof run>;

const runList = z.object({ runs: z.array(run) });
const ledgerPage = z.object({ runs: z.array(run.extend({ sequence: z.int() })) });
export const nobodyAnswers = 2;
const timeoutMs = 5000;
const pageSize = 1000;

export interface RecentRuns {
  readonly runs: readonly Run[];
  readonly from: 'gateway' | 'ledger';
}

/** Newest first, at most 100. Throws CommandError if neither answers. */
export async function recentRuns({ urls, token }: Operated, skill: string, limit: number): Promise<RecentRuns> {
  const query = `skill=${encodeURIComponent(skill)}&limit=${limit}`;
  const answer = await ask(`${urls.gateway}/v1/runs?${query}`, { timeoutMs, token });
  const told = answer.ok && answer.status === 200 ? runList.safeParse(answer.body).data : undefined;
  if (told !== undefined) return { runs: told.runs, from: 'gateway' };
  const page = (since: number, rows: number) =>
    ask(`${urls.runtime}/v1/ledger?skill=${encodeURIComponent(skill)}&since=${since}&limit=${rows}`, {
      timeoutMs,
      token,
    });
  return { runs: (await newestOf(page, limit, whyNot('gateway', answer))).slice(0, limit), from: 'ledger' };
}

type Page = (since: number, rows: number) => Promise<Answer>;

/** The ledger lists its rows oldest first: its end is searched for, so that a long one need not be read. */
async function newestOf(page: Page, limit: number, before: string): Promise<Run[]> {
  const rowsAfter = async (since: number, rows: number) => {
    const answer = await page(since, rows);
    const told = answer.ok && answer.status === 200 ? ledgerPage.safeParse(answer.body).data : undefined;
    if (told === undefined) throw new CommandError(`${before}; ${whyNot('runtime', answer)}`, nobodyAnswers);
    return told.runs;
  };
  const end = await lastSequence(async (since) => (await rowsAfter(since, 1)).length > 0);
  for (let span = limit; ; span *= 4) {
    const rows = await rowsAfter(Math.max(0, end - span), pageSize);
    if (rows.length >= limit || span >= end || rows.length === pageSize) return rows.reverse();
  }
}

/** Largest number that there is a row of; 0 if there is none. `isAfter`: is there a row with a larger one? */
export async function lastSequence(isAfter: (since: number) => Promise<boolean>): Promise<number> {
  if (!(await isAfter(0))) return 0;
  let low = 0;
  let high = 1;
  while (await isAfter(high)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await isAfter(middle)) low = middle;
    else high = middle;
  }
  return high;
}

export function whyNot(who: string, answer: Answer): string {
  if (!answer.ok) return `the ${who} ${answer.why}`;
  if (answer.status === 401)
    return `the ${who} refused the token: set OPENCLAW_TOKEN, or OPENCLAW_HOME to the home that it uses`;
  return answer.status === 200 ? `what the ${who} answered cannot be read` : `the ${who} ${refusalOf(answer)}`;
}
