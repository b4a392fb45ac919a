/** `recover`: removes what killed runs left behind, on every platform that answers. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { didYouMean } from '../input/did-you-mean.ts';
import { readJournal } from '../journal/journal-reader.ts';
import { platforms } from '../platform/registry.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { runsDir } from './prepare.ts';

/** 3 if a platform on which something may be left could not be looked at. */
export async function recoverRuns(run: string | undefined, { line, problem }: Terminal): Promise<number> {
  const looked: string[] = [];
  const unreachable: string[] = [];
  const failures: unknown[] = [];
  let removed = 0;
  for (const provider of Object.values(platforms)) {
    const availability = await (provider.checkRecover ?? provider.check)();
    if (!availability.available) {
      unreachable.push(provider.name);
      problem(`platform ${provider.name} was not looked at: no ${availability.tried}`);
      continue;
    }
    looked.push(provider.name);
    try {
      const said = await provider.recover(run);
      removed += said.length;
      for (const text of said) line(text);
    } catch (error) {
      failures.push(error);
    }
  }
  // One platform's failure keeps none of the others from being looked at.
  const [first, ...others] = failures;
  for (const error of others) problem(error instanceof Error ? error.message : String(error));
  if (first !== undefined) throw first;
  if (removed === 0 && looked.length > 0) {
    if (run !== undefined) await mustBeKnown(run);
    line(`${run === undefined ? 'nothing was left behind' : `nothing of ${run} is left`} on ${looked.join(' and ')}`);
  }
  const missed = run === undefined ? looked.length === 0 : unreachable.includes((await platformOf(run)) ?? '');
  return missed ? exitCodes.invalid : 0;
}

/** Where the run was, by its journal. */
async function platformOf(run: string): Promise<string | undefined> {
  const journal = await readJournal(join(runsDir, run, 'journal.ndjson')).catch(() => undefined);
  return journal?.records.find((record) => record.type === 'run-started')?.plan.platform;
}

/** That nothing of a run is left must not be said of one that is only misspelt. */
async function mustBeKnown(run: string): Promise<void> {
  const known: readonly string[] = await readdir(runsDir).catch(() => []);
  if (known.includes(run)) return;
  const mend = known.length === 0 ? 'no run has been started here' : nearestRun(run, known);
  throw new InvalidInput('CHAOS_RUN', `no run "${run}": nothing of it is left, nor has it a folder in ${runsDir}`, {
    mend,
  });
}

function nearestRun(run: string, known: readonly string[]): string {
  const said = didYouMean(run, known);
  return said.startsWith('did you mean') ? said : 'leave it out to recover whatever was left';
}
