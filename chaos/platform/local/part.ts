/** Starts a process of a run: marked, in a session of its own, in an environment that holds nothing of the harness's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { ChaosError } from '../../errors.ts';
import type { ProcessIdentity } from '../platform.ts';
import { type Mark, markVariable } from './mark.ts';
import { processOf } from './process-table.ts';
import { isOpenRun, logOf, recordProcess, searchPath, userHomeOf } from './run-folder.ts';

export interface LocalRun {
  readonly run: string;
  /** Absolute path of the run's folder. */
  readonly folder: string;
  /** As `harnessName()` gives it. */
  readonly harness: string;
}

export interface StartedPart {
  readonly child: ChildProcess;
  /** Undefined if it could not be started, or has ended already. */
  readonly identity: ProcessIdentity | undefined;
}

export interface PartSpec {
  readonly part: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** All it gets from this process is PATH: `$HOME` is the run's, the rest is `env`. Its output goes to the part's log. Throws `CHAOS_RUN_ENDED`. */
export function startPart(run: LocalRun, { part, argv: [program = '', ...args], cwd, env }: PartSpec): StartedPart {
  if (!isOpenRun(run.folder)) {
    throw new ChaosError('CHAOS_RUN_ENDED', `the run ${run.run} was ended, by recover or by its own end`);
  }
  mkdirSync(userHomeOf(run.folder, part), { recursive: true });
  const log = openSync(logOf(run.folder, part), 'a');
  try {
    const stdio = ['ignore', log, log] as const;
    const child = spawn(program, args, { cwd, detached: true, env: environmentOf(run, part, env), stdio: [...stdio] });
    child.unref();
    const identity = child.pid === undefined ? undefined : processOf(child.pid);
    if (identity !== undefined) recordProcess(run.folder, part, identity);
    return { child, identity };
  } finally {
    closeSync(log);
  }
}

export function environmentOf(
  { run, folder, harness }: LocalRun,
  part: string,
  env: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const mark: Mark = { run, part, harness, folder };
  const own = { PATH: searchPath(folder), HOME: userHomeOf(folder, part) };
  return { ...own, ...env, [markVariable]: JSON.stringify(mark) };
}
