/** `judge`: the verdict of a run again, from its journal alone. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { exitCodes } from '../exit-codes.ts';
import { placesOf } from '../input/places.ts';
import { judgeJournal } from '../journal/judge.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { verdictLines } from '../terminal/verdict-text.ts';
import { root, runsDir } from './prepare.ts';

export async function judgeFile(given: string, { lines, columns, colors, problem }: Terminal): Promise<number> {
  const file = await journalAt(given);
  const { plan, verdict, recorded, same } = await judgeJournal(file);
  const runDir = dirname(file);
  const result = { runId: basename(runDir), runDir, plan, verdict, interrupted: false, notUndone: [] };
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

/** The file, or the one in the folder, or that of the run of that id. Where neither is there, the first place that was looked at: it is named in the error. */
async function journalAt(given: string): Promise<string> {
  const [first = given, ...others] = [...placesOf(given, root), join(runsDir, given)];
  for (const path of [first, ...others]) {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined) return found.isDirectory() ? join(path, 'journal.ndjson') : path;
  }
  return first;
}
