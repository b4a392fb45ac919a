/**
 * One attempt of a run, from its process's start, or from where an earlier runtime left it, to its end.
 * The process belongs to itself: it is started in a session of its own under attempt.sh, holds no pipe to this process, and tells
 * its end by a file. So a runtime that finds an attempt taken goes on watching it, whoever started it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { AttemptFolder, Limits } from './attempt-folder.ts';
import { killMarked, wrapper } from './process-marks.ts';
import { RunningAttempt } from './running-attempt.ts';

export interface Attempt {
  readonly folder: AttemptFolder;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The entries of `env` that only this attempt's processes have. */
  readonly marks: readonly string[];
  readonly limits: Limits;
  readonly bootId: string;
}

const headBytes = 16_384;
const tailBytes = 49_152;

/** Starts the attempt unless it has been taken before. The command may not have begun when this returns. */
export function startAttempt(attempt: Attempt): RunningAttempt {
  const { folder, limits } = attempt;
  if (folder.isTaken()) {
    return new RunningAttempt({ ...attempt, limits: folder.begin() ?? limits }, { kind: 'taken' });
  }
  const preferred = folder.path;
  const writable = folder.create(limits);
  // Another runtime's start may be on its way in the folder that cannot be written now: nothing there keeps the two apart.
  if (!writable || folder.path !== preferred) killMarked(attempt.marks);
  try {
    const child = writable ? spawnWrapped(attempt) : spawnBare(attempt);
    return new RunningAttempt(attempt, { kind: writable ? 'wrapped' : 'bare', child });
  } catch (error) {
    return new RunningAttempt(attempt, {
      kind: 'failed',
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}

function spawnWrapped({ folder, command, cwd, env, bootId }: Attempt): ChildProcess {
  const { path, spare, statusPath, scratch } = folder;
  return spawn('/bin/sh', [wrapper, path, spare, String(headBytes), String(tailBytes), bootId, ...command], {
    cwd,
    env: { ...env, OPENCLAW_STATUS: statusPath, OPENCLAW_SCRATCH: scratch, TMPDIR: scratch },
    detached: true,
    stdio: 'ignore',
  });
}

/** Nowhere is a file to be had: the skill runs all the same, but no other runtime can learn how it ended. */
function spawnBare({ command, cwd, env }: Attempt): ChildProcess {
  const [program = '', ...args] = command;
  return spawn(program, args, { cwd, env: { ...env, OPENCLAW_STATUS: '/dev/null' }, detached: true, stdio: 'ignore' });
}
