/** `judge`: the verdict of a run again, from its journal alone. */
import { basename, dirname } from 'node:path';
import { exitCodes } from '../exit-codes.ts';
import { judgeJournal } from '../journal/judge.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { verdictLines } from '../terminal/verdict-text.ts';
import { journalAt } from './journal-at.ts';

export async function judgeFile(given: string, { lines, columns, colors, problem }: Terminal): Promise<number> {
  const file = await journalAt(given);
  const { plan, verdict, independence, recorded, same } = await judgeJournal(file);
  const runDir = dirname(file);
  const result = { runId: basename(runDir), runDir, plan, verdict, independence, interrupted: false, notUndone: [] };
  lines(verdictLines(result, columns, colors));
  if (recorded === undefined) problem('the run ended before it wrote a verdict down');
  else if (!same) {
    problem(
      `not the verdict that the run wrote down (${recorded.outcome}): the journal or the program has changed since`,
    );
    return verdict.exitCode === 0 ? exitCodes.inconclusive : verdict.exitCode;
  }
  return verdict.exitCode;
}
