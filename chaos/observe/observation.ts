/**
 * Everything that is observed of a run, behind one face: the probes, the user, the skills' slots, the operator's check, and the last
 * readings. It is told what the conductor does, never asks the system about itself where it can look, and writes into the recorder.
 */

import type { Phase } from '../../metrics/vocabulary.ts';
import { Ledger } from '../drivers/ledger.ts';
import type { Manifest } from '../manifest.ts';
import { judgedAlerts } from '../plan/judged-alerts.ts';
import type { Platform } from '../platform/platform.ts';
import type { Recorder } from '../recorder.ts';
import type { Scenario } from '../scenario.ts';
import { AlertBook, type AlertChange } from './alert-book.ts';
import { AlertWatch } from './alert-watch.ts';
import { catchUpRule, headStartRule, mendedRule } from './catch-up.ts';
import { nowMs } from './clock.ts';
import { closeBooks, type ObservationSummary } from './close-books.ts';
import { Crowd } from './crowd.ts';
import { FaultBook } from './fault-book.ts';
import type { FaultEntry } from './fault-record.ts';
import { LagMonitor } from './lag-monitor.ts';
import { writeSlots, writeViews, writeWindows } from './metrics-writer.ts';
import { OperatorChecks } from './operator-check.ts';
import { PhaseClock } from './phases.ts';
import { Publisher } from './publisher.ts';
import { SkillWatch } from './skill-watch.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';
import { type InFlight, User } from './user.ts';
import { hasEndToEnd, spokenBy, viewsOf } from './views.ts';
import { Watch } from './watch.ts';
import { zeroInitialise } from './zero-initialise.ts';

export type { Snapshot };

export interface ObservationOptions {
  readonly manifest: Manifest;
  readonly platform: Platform;
  readonly scenario: Scenario;
  readonly entries: readonly FaultEntry[];
  readonly token: string;
  readonly recorder: Pick<Recorder, 'registry' | 'bump' | 'sequence'>;
  /** What it throws makes the evidence incomplete, and stops nothing. */
  readonly journal: (record: object) => void;
  readonly onChange: (snapshot: Snapshot) => void;
  readonly onAlert?: (change: AlertChange) => void;
}

export interface Observation extends AsyncDisposable {
  /** How long everything has been good until now: each probe, the user served, each skill on schedule, each judged alert silent; 0 if anything is not. */
  goodForMs(): number;
  enter(phase: Phase): void;
  /** To be called right before the injection begins. Times are Unix ms of `nowMs`. */
  injected(name: string, atMs: number): void;
  /** To be called right before a blow is dealt. */
  striking(name: string): void;
  /** A blow was seen to land; `atMs` is when it was dealt, undefined if it found its target still down from the one before. */
  blow(name: string, atMs: number | undefined, detail: string): void;
  proved(name: string, proved: boolean): void;
  /** To be called right before the fault is ended. */
  healed(name: string, atMs: number): void;
  /** Every layer that the fault hit, and the way end to end, has recovered, and that was 5 s ago: it may be called lasting. */
  recovered(name: string): boolean;
  /** Each alert that the fault must raise has fired and resolved, or its time for that is over. */
  alertsSettled(name: string): boolean;
  /** Id of a run that is in progress, by the ledger, and whose effect is not there yet; for faults that need one. */
  skillRunning(): Promise<string | undefined>;
  /** When a run finished, by its effect, Unix ms; undefined while there is none. */
  skillFinished(run: string): Promise<number | undefined>;
  snapshot(): Snapshot;
  /** Ends the load, waits (bounded) for what is under way, takes the last readings, and writes the final figures. Once. */
  finish(): Promise<ObservationSummary>;
}

const tickMs = 500;
const ledgerTimeoutMs = 2000;
const followLedgerMs = 2000;
const nothing: InFlight = { message: 0, run: 0 };

export async function startObservation(options: ObservationOptions): Promise<Observation> {
  return new RunningObservation(options);
}

class RunningObservation implements Observation {
  readonly #options: ObservationOptions;
  readonly #publisher: Publisher;
  readonly #phases = new PhaseClock();
  readonly #faults: FaultBook;
  readonly #lag: LagMonitor;
  readonly #watch: Watch;
  readonly #user: User | undefined;
  readonly #crowd: Crowd | undefined;
  readonly #skills: SkillWatch;
  readonly #operator: OperatorChecks | undefined;
  readonly #alerts: AlertBook;
  readonly #alertWatch: AlertWatch | undefined;
  readonly #ledger: Ledger | undefined;
  readonly #ticker: NodeJS.Timeout;
  readonly #follower: NodeJS.Timeout;
  readonly #problems = new Set<string>();
  /** What the user waited for when the last blow was dealt. */
  #inFlight = nothing;
  #endMs: number | undefined;
  #finished: Promise<ObservationSummary> | undefined;

  constructor(options: ObservationOptions) {
    const { manifest, platform, scenario, entries, token, recorder } = options;
    this.#options = options;
    const publisher = new Publisher(recorder.registry);
    this.#publisher = publisher;
    zeroInitialise(publisher, manifest, scenario, entries);
    this.#lag = new LagMonitor(({ fromMs, toMs }) => this.#note('lag', { fromMs, toMs }));
    this.#faults = new FaultBook({
      manifest,
      scenario,
      entries,
      publisher,
      watch: () => this.#watch,
      roundTrips: () => (hasEndToEnd(manifest, scenario) ? (this.#user?.roundTrips ?? []) : undefined),
      endMs: () => this.#endMs,
    });
    this.#watch = this.#startWatch();
    this.#skills = new SkillWatch({
      manifest,
      platform,
      scenario,
      windows: () => this.#phases.windows,
      catchUp: catchUpRule(scenario, () => this.#faults.spans),
      headStart: headStartRule(scenario, () => this.#faults.spans),
      mended: mendedRule(scenario, () => this.#faults.spans),
      onSettled: (fate) => this.#note('slot', fate),
      onProblem: (detail) => this.#problem(detail),
    });
    this.#user = this.#startUser();
    this.#crowd = this.#startCrowd();
    const ledgerNode = spokenBy(manifest, 'openclaw-ledger/1')?.node;
    this.#ledger = ledgerNode === undefined ? undefined : new Ledger(() => platform.observerAddress(ledgerNode), token);
    this.#operator = scenario.operatorCheck
      ? new OperatorChecks(platform, (check) => this.#note('operator-check', check))
      : undefined;
    const judged = judgedAlerts(scenario);
    this.#alerts = new AlertBook(judged, entries, publisher);
    this.#alertWatch = judged.length === 0 ? undefined : this.#startAlertWatch();
    this.#ticker = setInterval(() => this.#tick(), tickMs);
    // Not reachable now is no news: the probes tell that.
    this.#follower = setInterval(() => void this.#ledger?.follow(ledgerTimeoutMs / 2).catch(() => {}), followLedgerMs);
  }

  #startWatch(): Watch {
    const { manifest, platform, token } = this.#options;
    return new Watch(
      {
        views: viewsOf(manifest),
        platform,
        token,
        lagged: (span) => this.#lag.lagged(span),
        injectedWithin: (fromMs, toMs) => this.#faults.injectedWithin(fromMs, toMs),
        onTransition: ({ view: { layer, vantage } }, probe) => {
          this.#note('probe', { layer, vantage, ...probe });
          this.#changed();
        },
      },
      (atMs) => this.#phases.phaseAt(atMs),
    );
  }

  #startUser(): User | undefined {
    const { manifest, platform, scenario, token } = this.#options;
    const sessionLink = spokenBy(manifest, 'openclaw-session/1')?.link;
    const gatewayLink = spokenBy(manifest, 'openclaw-gateway/1')?.link;
    if (sessionLink === undefined) return undefined;
    return new User({
      sessionAddress: () => platform.linkAddress(sessionLink),
      gatewayAddress: gatewayLink === undefined ? undefined : () => platform.linkAddress(gatewayLink),
      token,
      load: scenario.user ?? {},
      onConnection: (event, atMs, detail) => {
        if (event === 'disconnected') this.#faults.disconnected(atMs);
        this.#note('user', { event, atMs, detail });
        this.#changed();
      },
      onRefused: (detail) => this.#problem(`a request for a run was refused for good: ${detail}`),
      onRoundTrip: (roundTrip) => this.#note('round-trip', roundTrip),
    });
  }

  #startCrowd(): Crowd | undefined {
    const { manifest, platform, scenario, token } = this.#options;
    const link = spokenBy(manifest, 'openclaw-session/1')?.link;
    const load = scenario.user?.crowd;
    if (link === undefined || load === undefined) return undefined;
    return new Crowd({ address: () => platform.linkAddress(link), token, load });
  }

  #startAlertWatch(): AlertWatch {
    return new AlertWatch({
      prometheusUrl: this.#options.platform.prometheusUrl,
      saw: (rules) => {
        for (const change of this.#alerts.saw(rules)) {
          this.#note('alert', change);
          this.#options.onAlert?.(change);
        }
      },
      onProblem: (detail) => this.#note('alert-unobserved', { detail }),
    });
  }

  goodForMs(): number {
    const now = nowMs();
    const parts = this.#watch.views.map((view) => view.goodForMs(now));
    if (this.#user) parts.push(this.#user.goodForMs(now));
    if (this.#crowd) parts.push(this.#crowd.goodForMs(now));
    if (this.#alertWatch) parts.push(this.#alerts.silentForMs(now));
    return Math.max(0, Math.min(...parts, this.#skills.goodForMs(now)));
  }

  enter(phase: Phase): void {
    const atMs = nowMs();
    this.#phases.enter(phase, atMs);
    this.#alerts.begin(atMs);
    this.#note('phase', { phase, atMs });
    this.#changed();
  }

  injected(name: string, atMs: number): void {
    this.#faults.injected(name, atMs);
    this.#alerts.injected(name, atMs);
    this.#bump();
  }

  striking(name: string): void {
    this.#inFlight = this.#user?.inFlight ?? nothing;
    this.#faults.striking(name);
  }

  blow(name: string, atMs: number | undefined, detail: string): void {
    this.#faults.blow(name, atMs, this.#inFlight);
    this.#note('blow', { fault: name, atMs, detail, inFlight: this.#inFlight });
  }

  proved(name: string, proved: boolean): void {
    if (this.#faults.proved(name, proved)) this.#user?.probeEndToEnd();
    this.#bump();
  }

  healed(name: string, atMs: number): void {
    this.#faults.healed(name, atMs);
    this.#user?.probeEndToEnd();
    this.#bump();
  }

  recovered(name: string): boolean {
    return this.#faults.recovered(name);
  }

  alertsSettled(name: string): boolean {
    return this.#alerts.settled(name, nowMs());
  }

  async skillRunning(): Promise<string | undefined> {
    const running = (await this.#ledger?.running(ledgerTimeoutMs)) ?? [];
    await this.#skills.refresh();
    const over = new Set(this.#skills.allEffects.map(({ run }) => run));
    return running.find(({ id }) => !over.has(id))?.id;
  }

  async skillFinished(run: string): Promise<number | undefined> {
    await this.#skills.refresh();
    return this.#skills.allEffects.find((effect) => effect.run === run)?.finishedAt;
  }

  snapshot(): Snapshot {
    return snapshotOf({
      atMs: nowMs(),
      phase: this.#phases.current,
      views: this.#watch.views,
      skills: this.#skills,
      user: this.#user,
      operator: this.#operator,
      alerts: this.#alerts,
    });
  }

  finish(): Promise<ObservationSummary> {
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  async #finish(): Promise<ObservationSummary> {
    const { manifest, platform, scenario, token, recorder } = this.#options;
    const endMs = nowMs();
    this.#endMs = endMs;
    this.#watch.stop();
    this.#phases.end(endMs);
    this.#alerts.end(endMs);
    this.#user?.stopLoad();
    this.#crowd?.stopLoad();
    const books = await closeBooks({
      endMs,
      manifest,
      platform,
      scenario,
      token,
      watch: this.#watch,
      skills: this.#skills,
      user: this.#user,
      crowd: this.#crowd,
      operator: this.#operator,
      ledger: this.#ledger,
      publisher: this.#publisher,
      windows: this.#phases.windows,
      lags: this.#lag.lags,
      heals: this.#faults.heals,
      forgottenMs: (node) => this.#faults.forgottenMs(node),
      settle: () => this.#tick(),
      findings: () => this.#faults.findings,
      problems: this.#problems,
    });
    await this.#alertWatch?.until(() => this.#alerts.seenUntil(endMs));
    await this.#alertWatch?.[Symbol.asyncDispose]();
    clearInterval(this.#ticker);
    clearInterval(this.#follower);
    const summary = { ...books, sequence: recorder.bump() };
    this.#note('summary', summary);
    return summary;
  }

  /** Computes everything anew from what is known, and writes it down. */
  #tick(): void {
    const now = this.#endMs ?? nowMs();
    const { windows } = this.#phases;
    const { lags } = this.#lag;
    this.#watch.account(windows, lags);
    writeWindows(this.#publisher, windows, lags, now);
    writeViews(this.#publisher, this.#watch.views);
    this.#faults.update();
    for (const [skill] of this.#skills.skills) {
      // At the end, what is not settled by then was due all the same.
      const fates = this.#endMs === undefined ? this.#skills.settled(skill, now) : this.#skills.fates(skill, now);
      writeSlots(this.#publisher, skill, fates);
    }
    this.#changed();
  }

  #bump(): void {
    this.#options.recorder.bump();
    this.#changed();
  }

  #changed(): void {
    this.#options.onChange(this.snapshot());
  }

  #problem(detail: string): void {
    if (this.#problems.has(detail)) return;
    this.#problems.add(detail);
    this.#note('problem', { detail });
  }

  /** Called out of timers and sockets: where nobody catches, nothing may be thrown. */
  #note(kind: string, record: object): void {
    try {
      this.#options.journal({ kind, ...record });
    } catch (error) {
      this.#problems.add(`not all of it could be written down: ${(error as Error).message}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#ticker);
    clearInterval(this.#follower);
    this.#watch[Symbol.dispose]();
    this.#user?.[Symbol.dispose]();
    this.#crowd?.[Symbol.dispose]();
    this.#lag[Symbol.dispose]();
    await Promise.all([
      this.#skills[Symbol.asyncDispose](),
      this.#operator?.stop(0),
      this.#alertWatch?.[Symbol.asyncDispose](),
    ]);
  }
}
