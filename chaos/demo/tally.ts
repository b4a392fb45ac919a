/** All rounds of a demo taken together, and what its exit code says. Pure but for being told. */
import { type ExitReason, exitCodes } from '../exit-codes.ts';
import type { Recovery, RoundOutcome, RoundResult, SlotCounts } from './round-result.ts';

export interface Tally {
  readonly rounds: Readonly<Record<RoundOutcome, number>>;
  /** Rounds that ended before they could show anything: they are in none of the other figures. */
  readonly cutShort: number;
  /** Rounds in which one came. */
  readonly faults: number;
  readonly slots: SlotCounts;
  readonly messages: number;
  readonly lost: number;
  readonly doubled: number;
  readonly slowest: (Recovery & { readonly fault: string }) | undefined;
}

export const emptyTally: Tally = {
  rounds: { held: 0, broken: 0, inconclusive: 0 },
  cutShort: 0,
  faults: 0,
  slots: { due: 0, missed: 0, late: 0 },
  messages: 0,
  lost: 0,
  doubled: 0,
  slowest: undefined,
};

export function tallied(tally: Tally, result: RoundResult): Tally {
  const { fault, outcome, slots, messages, lost, doubled, recoveries } = result;
  const { rounds } = tally;
  const found = fault === undefined ? [] : recoveries.map((recovery) => ({ ...recovery, fault }));
  const [slowest] = [tally.slowest, ...found].filter((one) => one !== undefined).sort((a, b) => b.seconds - a.seconds);
  return {
    rounds: { ...rounds, [outcome]: rounds[outcome] + 1 },
    cutShort: tally.cutShort,
    faults: tally.faults + (fault === undefined ? 0 : 1),
    slots: {
      due: tally.slots.due + slots.due,
      missed: tally.slots.missed + slots.missed,
      late: tally.slots.late + slots.late,
    },
    messages: tally.messages + messages,
    lost: tally.lost + lost,
    doubled: tally.doubled + doubled,
    slowest,
  };
}

export interface DemoEnd {
  readonly tally: Tally;
  /** Faults that may still stand. */
  readonly notUndone: readonly string[];
  /** Ctrl-C or SIGTERM: how a demo is meant to end, so that what it showed until then counts. */
  readonly stopped: boolean;
}

/** The exit code and why it is that one. */
export function exitOf({ tally: { rounds, cutShort }, notUndone, stopped }: DemoEnd): { code: number; why: string } {
  const reason = reasonOf(rounds, notUndone.length > 0, stopped);
  return { code: exitCodes[reason], why: reason === 'held' && cutShort > 0 ? whereSeen : whys[reason] };
}

function reasonOf(
  { held, broken, inconclusive }: Tally['rounds'],
  stands: boolean,
  stopped: boolean,
): Exclude<ExitReason, 'invalid' | 'aborted'> {
  if (stands) return 'notUndone';
  if (broken > 0) return 'broken';
  if (inconclusive > 0) return 'inconclusive';
  if (held > 0) return 'held';
  return stopped ? 'interrupted' : 'inconclusive';
}

const whereSeen = 'every promise was kept in the rounds that had their time, and every fault undone';
const whys = {
  notUndone: 'a fault could not be undone: npm run chaos -- recover',
  broken: 'a promise was broken',
  held: 'every promise was kept, and every fault undone',
  inconclusive: 'not all of it was seen well enough to say',
  interrupted: 'stopped before there was anything to say',
} as const;
