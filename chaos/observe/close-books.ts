/** The end of observation: waits, within bounds, for what is under way; takes the last readings; writes the final figures; sums up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Durable, durables, type Phase } from '../../metrics/vocabulary.ts';
import type { Ledger } from '../drivers/ledger.ts';
import type { Manifest } from '../manifest.ts';
import type { Platform } from '../platform/platform.ts';
import type { Scenario } from '../scenario.ts';
import { nowMs } from './clock.ts';
import type { Crowd } from './crowd.ts';
import type { Tally } from './durable.ts';
import type { FaultFinding } from './fault-findings.ts';
import {
  checkHistory,
  checkRunsAndEvents,
  lostHistory,
  promisedRuns,
  readSkills,
  recallSkills,
} from './final-reads.ts';
import type { Interval } from './intervals.ts';
import { type OperatorCheck, type OperatorChecks, truthOf } from './operator-check.ts';
import type { Disagreement, Outcome } from './outcomes.ts';
import type { PhaseWindow } from './phases.ts';
import type { Publisher } from './publisher.ts';
import type { SkillWatch } from './skill-watch.ts';
import type { SlotFate } from './slots.ts';
import { outagesOf } from './streaks.ts';
import type { User } from './user.ts';
import { spokenBy, type View } from './views.ts';
import { probeDeadlineMs, type Watch } from './watch.ts';

export interface ObservationSummary {
  readonly endMs: number;
  /** What could not be observed or read although it was there: with any of these, the evidence has a hole. */
  readonly problems: readonly string[];
  /** Nodes that were down at the end, on a path that carries no fault: what they had to tell is lost, and counts as such. */
  readonly gone: readonly string[];
  readonly windows: readonly PhaseWindow[];
  readonly lagSeconds: number;
  readonly views: readonly ViewSummary[];
  readonly faults: readonly FaultFinding[];
  readonly skills: Readonly<Record<string, SkillSummary>>;
  readonly disagreements: readonly Disagreement[];
  readonly durable: Readonly<Partial<Record<Durable, Tally>>>;
  readonly user: { readonly sent: number; readonly disconnects: number; readonly roundTrips: number } | undefined;
  readonly operator: OperatorSummary | undefined;
  /** The recorder's last sequence number; what Prometheus must have seen. */
  readonly sequence: number;
}

interface ViewSummary extends View {
  readonly seconds: Readonly<Record<Phase, { readonly observed: number; readonly available: number }>>;
  readonly good: number;
  readonly bad: number;
  readonly void: number;
}

interface SkillSummary {
  readonly due: number;
  readonly executed: number;
  readonly inTime: number;
  readonly caughtUp: number;
  readonly doubled: number;
  readonly outcomes: Readonly<Record<Outcome, number>> | undefined;
}

interface OperatorSummary {
  readonly right: number;
  readonly wrong: readonly OperatorCheck[];
  /** Checks that straddled the edge of an outage, said nothing, or came before the steady state. */
  readonly unclear: number;
}

export interface Books {
  readonly endMs: number;
  readonly manifest: Manifest;
  readonly platform: Platform;
  readonly scenario: Scenario;
  readonly token: string;
  readonly watch: Watch;
  readonly skills: SkillWatch;
  readonly user: User | undefined;
  readonly crowd: Crowd | undefined;
  readonly operator: OperatorChecks | undefined;
  readonly ledger: Ledger | undefined;
  readonly publisher: Publisher;
  readonly windows: readonly PhaseWindow[];
  readonly lags: readonly Interval[];
  /** When the end of each fault began. */
  readonly heals: ReadonlyMap<string, number>;
  /** What began before this, the node may not know of any more; undefined if it has lost no memory. Unix ms. */
  readonly forgottenMs: (node: string) => number | undefined;
  /** Computes and writes everything that follows from what is known by now. */
  readonly settle: () => void;
  readonly findings: () => readonly FaultFinding[];
  readonly problems: Set<string>;
}

const pollMs = 100;
/** Slots may be caught up later than this only if the scenario says so. */
const minSettleMs = 10_000;
const maxSettleMs = 60_000;

export async function closeBooks(books: Books): Promise<Omit<ObservationSummary, 'sequence'>> {
  const { watch, user, crowd, operator, windows, lags, endMs, findings, settle, problems } = books;
  if (crowd !== undefined) closeCrowd(books, crowd);
  await until(() => watch.inFlight === 0, 2 * probeDeadlineMs + 1000);
  if (watch.inFlight > 0) problems.add(`${watch.inFlight} probes did not end within their deadline`);
  watch.account(windows, lags, endMs);
  settle();
  await operator?.stop(2000);
  await until(async () => {
    await books.skills.refresh();
    return isSettled(books);
  }, settleBudgetMs(books));
  settle();
  const skillSummaries = await closeSkills(books);
  const durable = await closeUser(books);
  const nodes = Object.keys(books.manifest.nodes);
  const gone = nodes.filter((node) => isGone(books, node));
  // All at once, it is rather the way to them that is gone, and that is the harness's.
  if (gone.length === nodes.length) problems.add('at the end no node answered on the path that carries no fault');
  return {
    endMs,
    windows,
    lagSeconds: lags.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) / 1000,
    views: watch.views.map(({ view: { layer, vantage }, coverage, track }) => ({
      layer,
      vantage,
      seconds: coverage.seconds,
      good: track.probes.filter(({ result }) => result === 'good').length,
      bad: track.probes.filter(({ result }) => result === 'bad').length,
      void: track.probes.filter(({ result }) => result === 'void').length,
    })),
    faults: findings(),
    ...skillSummaries,
    durable,
    user: user && { sent: user.sent, disconnects: user.client.disconnects, roundTrips: user.roundTrips.length },
    operator: operator && closeOperator(books, operator),
    gone,
    problems: [...problems],
  };
}

/** The observer's probes end in an outage. */
function isGone({ watch }: Pick<Books, 'watch'>, node: string | undefined): boolean {
  const view = node === undefined ? undefined : watch.get(node, 'observer');
  const last = view && outagesOf(view.track.probes).at(-1);
  return last !== undefined && last.endedMs === undefined;
}

async function until(condition: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
  const deadlineMs = nowMs() + withinMs;
  while (!(await condition()) && nowMs() < deadlineMs) await sleep(pollMs);
}

/** Nothing that was due or promised is still under way. */
function isSettled({ skills, user, crowd, endMs }: Books): boolean {
  if (skills.unsettled(endMs, nowMs()) > 0) return false;
  if ((crowd?.waiting ?? 0) > 0) return false;
  if (user === undefined) return true;
  if (user.client.waiting > 0 || user.unfinished > 0) return false;
  const told = new Set(user.client.received.entries.flatMap(({ finished }) => finished?.id ?? []));
  return promisedRuns({ user, watch: skills, endMs }).every((run) => told.has(run));
}

function settleBudgetMs({ scenario }: Books): number {
  const bounds = Object.values(scenario.skills).map(({ latenessMs, catchUpMs = 0 }) => latenessMs + catchUpMs);
  return Math.min(maxSettleMs, Math.max(minSettleMs, ...bounds.map((boundMs) => boundMs + minSettleMs / 2)));
}

async function closeSkills(books: Books): Promise<Pick<ObservationSummary, 'skills' | 'disagreements'>> {
  const { skills, endMs, problems } = books;
  const verdicts = await readLedger(books).catch((error: Error) => {
    problems.add(`outcomes of the skills: ${error.message}`);
    return undefined;
  });
  const summaries: Record<string, SkillSummary> = {};
  for (const [skill] of skills.skills) {
    const fates = skills.fates(skill, endMs);
    const own = verdicts?.outcomes.filter(({ fate }) => fate.skill === skill);
    const count = (outcome: Outcome) => own?.filter((one) => one.outcome === outcome).length ?? 0;
    summaries[skill] = {
      ...countFates(fates),
      outcomes: own && { success: count('success'), failed: count('failed'), missed: count('missed') },
    };
  }
  return { skills: summaries, disagreements: verdicts?.disagreements ?? [] };
}

function countFates(fates: readonly SlotFate[]): Omit<SkillSummary, 'outcomes'> {
  return {
    due: fates.length,
    executed: fates.filter(({ executed }) => executed).length,
    inTime: fates.filter(({ inTime }) => inTime).length,
    caughtUp: fates.filter(({ caughtUp }) => caughtUp).length,
    doubled: fates.reduce((sum, { doubled }) => sum + doubled, 0),
  };
}

async function readLedger({ skills, ledger, manifest, endMs, publisher, watch, forgottenMs }: Books) {
  const node = spokenBy(manifest, 'openclaw-ledger/1')?.node;
  const metricsPath = node === undefined ? undefined : manifest.nodes[node]?.metricsPath;
  if (ledger === undefined || node === undefined || metricsPath === undefined) return undefined;
  const verdicts = isGone({ watch }, node)
    ? recallSkills(skills, ledger, endMs)
    : await readSkills({ watch: skills, ledger, metricsPath, endMs, forgottenMs: forgottenMs(node) });
  for (const { fate, outcome } of verdicts.outcomes) {
    publisher.add('chaos_skill_outcomes_total', { skill: fate.skill, phase: fate.phase, outcome }, 1);
  }
  for (const { between } of verdicts.disagreements) publisher.add('chaos_disagreements_total', { between }, 1);
  return verdicts;
}

async function closeUser(books: Books): Promise<Partial<Record<Durable, Tally>>> {
  const { user, crowd, skills: watch, manifest, platform, token, endMs, publisher, problems } = books;
  const node = spokenBy(manifest, 'openclaw-session/1')?.node;
  if (user === undefined || node === undefined) return {};
  const request = { user, watch, observerAddress: platform.observerAddress(node), token, endMs };
  const early = checkRunsAndEvents(request);
  // Before its history is read, so that nobody is connected to the session but the reader.
  user[Symbol.dispose]();
  const { dropped } = user.client.received;
  if (dropped > 0) problems.add(`${dropped} entries of the session were more than could be kept`);
  const late = isGone(books, node)
    ? lostHistory(request)
    : await checkHistory(request).catch((error: Error) => {
        problems.add(`the session's history: ${error.message}`);
        return {};
      });
  const tallies: Partial<Record<Durable, Tally>> = {
    ...early,
    ...late,
    ...(crowd && { 'crowd-message': crowd.tally() }),
  };
  for (const what of durables) {
    const tally = tallies[what];
    if (tally === undefined) continue;
    const { checked, lost, doubled } = tally;
    publisher.raise('chaos_durable_checked_total', { what }, checked);
    publisher.raise('chaos_durable_lost_total', { what }, lost.length);
    publisher.raise('chaos_durable_doubled_total', { what }, doubled.length);
  }
  return tallies;
}

/** How long after each heal the whole crowd was connected again. */
function closeCrowd({ heals, publisher, endMs }: Books, crowd: Crowd): void {
  for (const [fault, healedMs] of heals) {
    const backMs = crowd.backAfterMs(healedMs, endMs);
    if (backMs !== undefined) publisher.set('chaos_crowd_back_seconds', { fault }, backMs / 1000);
  }
}

/** Each check against what was true of the node that it asks, as the observer saw it. */
function closeOperator(books: Books, { checks }: OperatorChecks): OperatorSummary {
  const { manifest, watch, publisher, heals, windows } = books;
  const node = manifest.operator?.ports[operatorPort];
  const probes = (node === undefined ? undefined : watch.get(node, 'observer'))?.track.probes ?? [];
  const outages = outagesOf(probes);
  const wrong: OperatorCheck[] = [];
  let right = 0;
  for (const check of checks) {
    const truth = truthOf(check, outages, [...heals.values()]);
    const { said, startMs } = check;
    const phase = windows.find(({ fromMs, toMs }) => fromMs <= startMs && startMs < toMs)?.phase;
    if (truth === undefined || said === undefined || phase === undefined) continue;
    publisher.add('chaos_operator_checks_total', { said, truth, phase }, 1);
    if (said === truth) right++;
    else wrong.push(check);
  }
  return { right, wrong, unclear: checks.length - right - wrong.length };
}

/** The port that the shell check asks. */
const operatorPort = 3019;
