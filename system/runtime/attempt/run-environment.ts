/** What a skill's process gets to see: its run, and nothing of the runtime's own environment that could hold a secret. */
import { dirname } from 'node:path';
import type { QueuedRun } from '../ledger/ledger-row.ts';

const passedOn = ['LANG', 'LC_ALL', 'TZ', 'USER', 'LOGNAME', 'SHELL'] as const;

export interface RunEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** The entries that only this attempt's processes have. */
  readonly marks: readonly string[];
}

/** This Node first, so that `node run.mjs` is the one that the runtime runs on. */
export function searchPath(): string {
  return `${dirname(process.execPath)}:${process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin'}`;
}

/** `traceparent`: of the run's span, for what the skill itself may trace. */
export function runEnvironment(home: string, run: QueuedRun, traceparent?: string): RunEnvironment {
  const own = { OPENCLAW_HOME: home, OPENCLAW_RUN: run.id, OPENCLAW_ATTEMPT: String(run.attempt) };
  const inherited = passedOn.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    env: {
      ...Object.fromEntries(inherited),
      HOME: process.env.HOME ?? home,
      PATH: searchPath(),
      ...own,
      OPENCLAW_SKILL: run.skill,
      OPENCLAW_SLOT: run.dueAt === null ? '' : String(run.dueAt),
      ...(traceparent !== undefined && { TRACEPARENT: traceparent }),
    },
    marks: Object.entries(own).map(([name, value]) => `${name}=${value}`),
  };
}
