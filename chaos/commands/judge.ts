/** `judge`: the verdict of a run again, from its journal alone. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { exitCodes } from '../exit-codes.ts';
import { judgeJournal } from '../journal/judge.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { verdictLines } from '../terminal/verdict-text.ts';

export async function judgeFile(given: string, { lines, colors, problem }: Terminal): Promise<number> {
  const path = resolve(given);
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const file = isFolder ? join(path, 'journal.ndjson') : path;
  const { plan, verdict, recorded, same } = await judgeJournal(file);
  const runDir = dirname(file);
  lines(verdictLines({ runId: basename(runDir), runDir, plan, verdict, interrupted: false, notUndone: [] }, colors));
  if (recorded === undefined) problem('the run ended before it wrote a verdict down');
  else if (!same) {
    problem(
      `not the verdict that the run wrote down (${recorded.outcome}): the journal or the program has changed since`,
    );
    return verdict.exitCode === 0 ? exitCodes.inconclusive : verdict.exitCode;
  }
  return verdict.exitCode;
}
