/** Judges a run again from its journal alone: the same plan and evidence, so the same verdict. */
import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../plan/plan-shape.ts';
import { type Independence, independenceOf } from '../traces/independence.ts';
import { judge, type Verdict } from '../verdict/verdict.ts';
import { evidenceOf } from './evidence-of.ts';
import { JournalError, readJournal } from './journal-reader.ts';

export interface Rejudged {
  readonly plan: Plan;
  readonly verdict: Verdict;
  /** The one that the run wrote down, if it got that far. */
  readonly recorded: Verdict | undefined;
  readonly independence: Independence;
  /** Do the two say the same, to the last value? */
  readonly same: boolean;
}

/** Throws a `JournalError` that names file and line if the file is no journal, or one of a newer version. */
export async function judgeJournal(file: string): Promise<Rejudged> {
  const { records, tornLine } = await readJournal(file);
  const start = records.find((record) => record.type === 'run-started');
  if (start === undefined) {
    throw new JournalError('CHAOS_JOURNAL_NO_PLAN', `${file}: no plan stands in it`, {
      mend: 'give the journal.ndjson of a run; if it is one, the run ended before it began: run it again',
    });
  }
  if (start.plan.version !== 1) {
    throw new JournalError(
      'CHAOS_JOURNAL_NEWER',
      `${file}: its plan has version ${start.plan.version}, this program reads 1`,
      {
        mend: 'judge it with the version that wrote it, or a later one',
      },
    );
  }
  const plan = withAlerts(start.plan);
  const evidence = evidenceOf(records);
  const torn =
    tornLine === undefined ? [] : [{ part: 'journal', detail: `line ${tornLine} was cut off while it was written` }];
  const verdict = judge(plan, { ...evidence, harnessFaults: [...evidence.harnessFaults, ...torn] });
  const recorded = records.findLast((record) => record.type === 'verdict')?.verdict;
  return {
    plan,
    verdict,
    recorded,
    independence: independenceOf(records),
    same: recorded !== undefined && isDeepStrictEqual(plain(verdict), recorded),
  };
}

/** A plan of the time before alerts were judged names none. */
function withAlerts(plan: Plan): Plan {
  return { ...plan, topology: { ...plan.topology, alerts: plan.topology.alerts ?? [] } };
}

/** As it reads after a journey through JSON. */
function plain(verdict: Verdict): unknown {
  return JSON.parse(JSON.stringify(verdict));
}
