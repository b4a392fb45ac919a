/** The last readings of a run, all on paths that carry no fault: effects, ledger, counters, the session's history. What failed is said. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger, LedgerRow } from '../drivers/ledger.ts';
import { type History, readHistory } from '../drivers/session-history.ts';
import { eventTally, type Tally, tally } from './durable.ts';
import {
  counterDisagreement,
  type Disagreement,
  disagreementsOf,
  type Outcome,
  outcomeOf,
  recalledOutcome,
  rowsBySlot,
} from './outcomes.ts';
import type { SkillWatch } from './skill-watch.ts';
import type { SlotFate } from './slots.ts';
import type { User } from './user.ts';

const readTimeoutMs = 5000;
const attempts = 5;
const pauseMs = 500;

/** Tries a reading again for some seconds: the system may be busy catching up. */
async function patiently<T>(read: () => Promise<T>, isEnough: (value: T) => boolean = () => true): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      const value = await read();
      if (isEnough(value) || attempt === attempts) return value;
    } catch (error) {
      if (attempt === attempts) throw error;
    }
    await sleep(pauseMs);
  }
}

/** When the runtime is gone for good: what its ledger had said before. Slots of which nothing is known are left out. */
export function recallSkills(watch: SkillWatch, ledger: Ledger, endMs: number): SkillVerdicts {
  const known = watch.skills.flatMap(([skill]) => {
    const bySlot = rowsBySlot(ledger.followed.values(), skill);
    return watch.fates(skill, endMs).flatMap((fate) => {
      const row = bySlot.get(fate.dueMs);
      const isKnown = !fate.executed || row?.state === 'finished';
      return isKnown ? { fate, outcome: outcomeOf(fate, row) } : [];
    });
  });
  return { outcomes: known, disagreements: [] };
}

export interface SkillVerdicts {
  readonly outcomes: readonly { readonly fate: SlotFate; readonly outcome: Outcome }[];
  readonly disagreements: readonly Disagreement[];
}

export interface SkillsRequest {
  readonly watch: SkillWatch;
  readonly ledger: Ledger;
  readonly metricsPath: string;
  readonly endMs: number;
  /** What began before this, the ledger may not know of any more: what it was heard to say before counts then. */
  readonly forgottenMs: number | undefined;
}

/** Every slot's outcome, and who contradicts whom. Throws if the ledger or the effects cannot be read. */
export async function readSkills(request: SkillsRequest): Promise<SkillVerdicts> {
  const { watch, ledger, metricsPath, endMs, forgottenMs = Number.NEGATIVE_INFINITY } = request;
  const fates = new Map(watch.skills.map(([skill]) => [skill, watch.fates(skill, endMs)]));
  // Before the files are read for the last time: skills go on meanwhile, and what they add is seen later than it could be found.
  const seenBefore = new Map(watch.skills.map(([skill]) => [skill, [...watch.effects(skill)]]));
  const finals = new Map<string, Awaited<ReturnType<SkillWatch['readFinal']>>>();
  for (const [skill] of watch.skills) finals.set(skill, await watch.readFinal(skill));
  const settled = (rows: ReadonlyMap<string, LedgerRow>) =>
    [...fates].every(([skill, own]) => {
      const bySlot = rowsBySlot(rows.values(), skill);
      return own.every(
        ({ executed, dueMs }) => !executed || dueMs < forgottenMs || bySlot.get(dueMs)?.state === 'finished',
      );
    });
  const earlier = await patiently(() => ledger.read(readTimeoutMs), settled);
  const counters = await patiently(() => ledger.succeededCounters(metricsPath, readTimeoutMs));
  const later = await patiently(() => ledger.read(readTimeoutMs));
  const missed = await patiently(() => ledger.missed(readTimeoutMs));
  return {
    outcomes: [...fates].flatMap(([skill, own]) => {
      const heard = rowsBySlot(ledger.followed.values(), skill);
      const bySlot = rowsBySlot(later.values(), skill);
      return own.map((fate) => {
        const row = bySlot.get(fate.dueMs);
        const outcome = fate.dueMs < forgottenMs ? recalledOutcome(fate, row, heard) : outcomeOf(fate, row);
        return { fate, outcome };
      });
    }),
    disagreements: [...fates].flatMap(([skill, own]) => {
      const { effects = [], malformed = 0 } = finals.get(skill) ?? {};
      const seen = seenBefore.get(skill) ?? [];
      const witnesses = { skill, fates: own, seen, final: effects, malformed, rows: later, endMs, missed, forgottenMs };
      return [
        ...disagreementsOf(witnesses),
        ...[counterDisagreement(skill, counters.get(skill), earlier, later)].filter((one) => one !== undefined),
      ];
    }),
  };
}

export interface DurableRequest {
  readonly user: User;
  readonly watch: SkillWatch;
  readonly observerAddress: string;
  readonly token: string;
  readonly endMs: number;
}

/** What the user must have been told of: effects of its session's time, finished before observation ended. */
export function promisedRuns({ user, watch, endMs }: Pick<DurableRequest, 'user' | 'watch' | 'endMs'>): string[] {
  const fromMs = user.firstConnectedMs ?? Number.POSITIVE_INFINITY;
  return watch.allEffects.flatMap(({ run, startedAt, finishedAt }) =>
    startedAt >= fromMs && finishedAt < endMs ? run : [],
  );
}

/** Checks that need no further reading: accepted runs against effects, effects against what the user heard. */
export function checkRunsAndEvents(request: DurableRequest): Readonly<Record<'run' | 'event', Tally>> {
  const { user, watch } = request;
  const accepted = user.runs?.requests.flatMap(({ run }) => run ?? []) ?? [];
  const effects = watch.allEffects.map(({ run }) => run);
  const { received, acknowledged } = user.client;
  return {
    run: tally(accepted, effects),
    event: eventTally({
      runs: promisedRuns(request),
      received: received.entries,
      acknowledged: acknowledged.values(),
    }),
  };
}

/** When the session layer is gone for good, on a path that carries no fault: so is all that it had acknowledged. */
export function lostHistory({ user }: Pick<DurableRequest, 'user'>): Readonly<Record<'message' | 'session', Tally>> {
  const messages = [...user.client.acknowledged.keys()];
  return {
    message: { checked: messages.length, lost: messages, doubled: [] },
    session: { checked: 1, lost: [`session ${user.client.session}: its layer is down`], doubled: [] },
  };
}

/** Checks against the session's history, read afresh. Throws if it cannot be read. */
export async function checkHistory(request: DurableRequest): Promise<Readonly<Record<'message' | 'session', Tally>>> {
  const { user, observerAddress, token } = request;
  const { client } = user;
  const identity = client.firstIdentity;
  if (identity === undefined) throw new RangeError('the user never had a session');
  const history = await patiently(() =>
    readHistory({ address: observerAddress, token, ...identity, timeoutMs: readTimeoutMs }),
  );
  const found = history.entries.filter(({ kind }) => kind === 'message').map(({ id }) => id);
  return {
    message: tally(client.acknowledged.keys(), found),
    session: { checked: 1, lost: lostSession(client.identityChanges, history), doubled: [] },
  };
}

function lostSession(changes: number, { session, recovered }: History): string[] {
  if (changes > 0) return [`session ${session}: not continued ${changes} times`];
  return recovered ? [] : [`session ${session}: its log could not be continued`];
}
