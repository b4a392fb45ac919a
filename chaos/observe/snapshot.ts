/** The state of things at one moment, for a live view. */
import type { OperatorState, Phase, Vantage } from '../../metrics/vocabulary.ts';
import type { AlertBook } from './alert-book.ts';
import type { OperatorChecks } from './operator-check.ts';
import type { SkillWatch } from './skill-watch.ts';
import type { User } from './user.ts';
import type { WatchedView } from './watch.ts';

export type LiveState = 'ok' | 'bad' | 'unknown';

export interface Snapshot {
  /** Unix ms. */
  readonly atMs: number;
  readonly phase: Phase | undefined;
  readonly layers: Readonly<Record<string, Partial<Record<Vantage, LiveState>>>>;
  readonly skills: Readonly<Record<string, SkillState>>;
  readonly user: UserState | undefined;
  readonly operatorSaid: OperatorState | undefined;
  /** What fires, with its labels. */
  readonly alerts: readonly string[];
}

interface SkillState {
  /** Of the latest slot that is settled. */
  readonly last: 'in-time' | 'late' | 'missed' | 'unknown';
  readonly due: number;
  readonly executed: number;
  readonly inTime: number;
}

interface UserState {
  readonly connected: boolean;
  readonly disconnects: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly received: number;
  readonly runsAccepted: number;
  readonly roundTrips: number;
}

export interface SnapshotSources {
  readonly atMs: number;
  readonly phase: Phase | undefined;
  readonly views: readonly WatchedView[];
  readonly skills: SkillWatch;
  readonly user: User | undefined;
  readonly operator: OperatorChecks | undefined;
  readonly alerts: Pick<AlertBook, 'firing'>;
}

export function snapshotOf({ atMs, phase, views, skills, user, operator, alerts }: SnapshotSources): Snapshot {
  const layers: Record<string, Partial<Record<Vantage, LiveState>>> = {};
  for (const watched of views) {
    const { layer, vantage } = watched.view;
    layers[layer] = { ...layers[layer], [vantage]: watched.stateAt(atMs) };
  }
  return {
    atMs,
    phase,
    layers,
    skills: Object.fromEntries(skills.skills.map(([skill]) => [skill, skillState(skills, skill, atMs)])),
    user: user && userState(user),
    operatorSaid: operator?.checks.at(-1)?.said,
    alerts: alerts.firing,
  };
}

function skillState(watch: SkillWatch, skill: string, atMs: number): SkillState {
  const settled = watch.settled(skill, atMs);
  const last = settled.at(-1);
  const fate = last === undefined ? 'unknown' : last.inTime ? 'in-time' : last.executed ? 'late' : 'missed';
  return {
    last: fate,
    due: settled.length,
    executed: settled.filter(({ executed }) => executed).length,
    inTime: settled.filter(({ inTime }) => inTime).length,
  };
}

function userState({ client, sent, runs, roundTrips }: User): UserState {
  return {
    connected: client.connectedSinceMs !== undefined,
    disconnects: client.disconnects,
    sent,
    acknowledged: client.acknowledged.size,
    received: client.received.entries.length,
    runsAccepted: runs?.requests.filter(({ run }) => run !== undefined).length ?? 0,
    roundTrips: roundTrips.length,
  };
}
