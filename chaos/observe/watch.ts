/** All probes of a run: one track for each layer and vantage, at a cadence that quickens when a fault comes and when it goes. */
import type { Phase } from '../../metrics/vocabulary.ts';
import { httpProbe } from '../drivers/http-probe.ts';
import { SessionProbe } from '../drivers/session-probe.ts';
import type { Platform } from '../platform/platform.ts';
import { Cadence, slowMs } from './cadence.ts';
import { nowMs } from './clock.ts';
import { Coverage } from './coverage.ts';
import { Haste } from './haste.ts';
import type { Interval } from './intervals.ts';
import type { PhaseWindow } from './phases.ts';
import { type Probe, type ProbeOutcome, ProbeTrack } from './probe-track.ts';
import { type ProbedView, viewKey } from './views.ts';

export const probeDeadlineMs = 1000;
/** A probe every 25 ms that each wait for a second: 40, and some to spare. */
const maxInFlight = 48;
/** A view whose last good probe is older than this is not good: its prober may be dead. */
const staleMs = 2 * probeDeadlineMs;

export interface WatchOptions {
  readonly views: readonly ProbedView[];
  readonly platform: Pick<Platform, 'linkAddress' | 'observerAddress'>;
  readonly token: string;
  /** Did the harness's own loop stand still meanwhile? */
  readonly lagged: (span: Interval) => boolean;
  readonly injectedWithin: (fromMs: number, toMs: number) => boolean;
  readonly onTransition: (view: WatchedView, probe: Probe) => void;
}

export class WatchedView {
  readonly view: ProbedView;
  readonly track: ProbeTrack;
  readonly coverage = new Coverage();
  readonly haste: Haste;
  readonly counts: Partial<Record<Phase, Record<Probe['result'], number>>> = {};
  /** Start of the good streak that stands; undefined while it is bad or unknown. */
  goodSinceMs: number | undefined;
  #lastJudged: Probe | undefined;

  constructor(view: ProbedView, options: WatchOptions, phaseAt: (atMs: number) => Phase | undefined) {
    this.view = view;
    this.haste = new Haste();
    const isVoid = (startMs: number, endMs: number, { good, timedOut, unobserved }: ProbeOutcome) =>
      !good &&
      (unobserved === true ||
        options.injectedWithin(startMs, endMs) ||
        (timedOut === true && options.lagged({ fromMs: startMs, toMs: endMs })));
    this.track = new ProbeTrack(isVoid, (probe) => {
      const phase = phaseAt(probe.startMs);
      if (phase !== undefined) this.#count(phase, probe.result);
      if (probe.result === 'void') return;
      const turned = this.#lastJudged?.result !== probe.result;
      this.#lastJudged = probe;
      if (probe.result === 'bad') this.goodSinceMs = undefined;
      else this.goodSinceMs ??= probe.startMs;
      this.haste.saw(probe);
      if (turned) options.onTransition(this, probe);
    });
  }

  #count(phase: Phase, result: Probe['result']): void {
    this.counts[phase] ??= { good: 0, bad: 0, void: 0 };
    this.counts[phase][result]++;
  }

  stateAt(now: number): 'ok' | 'bad' | 'unknown' {
    const last = this.#lastJudged;
    if (last === undefined || now - last.startMs > staleMs) return 'unknown';
    return last.result === 'good' ? 'ok' : 'bad';
  }

  goodForMs(now: number): number {
    return this.stateAt(now) === 'ok' && this.goodSinceMs !== undefined ? now - this.goodSinceMs : 0;
  }
}

export class Watch implements Disposable {
  readonly views: readonly WatchedView[];
  readonly #cadences: Cadence[] = [];
  readonly #sessionProbes: SessionProbe[] = [];

  constructor(options: WatchOptions, phaseAt: (atMs: number) => Phase | undefined) {
    this.views = options.views.map((view) => new WatchedView(view, options, phaseAt));
    for (const [index, watched] of this.views.entries()) {
      const probe = this.#prober(watched.view, options);
      const offsetMs = (index * slowMs) / this.views.length;
      this.#cadences.push(
        new Cadence(
          () => watched.haste.intervalMs(nowMs()),
          () => fire(watched.track, probe),
          offsetMs,
        ),
      );
    }
  }

  #prober({ node, layer, link, means }: ProbedView, { platform, token }: WatchOptions): () => Promise<ProbeOutcome> {
    const address = () => (link === undefined ? platform.observerAddress(layer) : platform.linkAddress(link));
    if (means === 'session-ping') {
      const probe = new SessionProbe(address, token);
      this.#sessionProbes.push(probe);
      return () => probe.probe(probeDeadlineMs);
    }
    const path = means === 'gateway-call' ? '/v1/skills' : node.healthPath;
    const authorised = means === 'gateway-call' ? { token } : {};
    return () => httpProbe({ address: address(), path, ...authorised, deadlineMs: probeDeadlineMs });
  }

  get(layer: string, vantage: string): WatchedView | undefined {
    return this.views.find(({ view }) => viewKey(view) === `${layer}/${vantage}`);
  }

  /** Looks more often from now on, until onset or recovery is known. */
  hasten(reason: 'onset' | 'recovery', hit: (layer: string) => boolean): void {
    const now = nowMs();
    for (const { haste, view } of this.views) haste.begin(reason, hit(view.layer), now);
    for (const cadence of this.#cadences) cadence.hurry();
  }

  /** Brings the seconds observed and available up to date; with `endMs`, for good. */
  account(windows: readonly PhaseWindow[], lags: readonly Interval[], endMs?: number): void {
    for (const { coverage, track } of this.views) coverage.advance(track.probes, windows, lags, endMs);
  }

  /** Starts no more probes. Those in flight end within their deadline. */
  stop(): void {
    for (const cadence of this.#cadences) cadence[Symbol.dispose]();
  }

  /** No probe that started before this time is still under way. */
  settledUntil(atMs: number): boolean {
    return this.views.every(({ track }) => track.settledUntil(atMs));
  }

  get inFlight(): number {
    return this.views.reduce((sum, { track }) => sum + track.inFlight, 0);
  }

  [Symbol.dispose](): void {
    this.stop();
    for (const probe of this.#sessionProbes) probe[Symbol.dispose]();
  }
}

function fire(track: ProbeTrack, probe: () => Promise<ProbeOutcome>): void {
  if (track.full || track.inFlight >= maxInFlight) return;
  const flight = track.begin(nowMs());
  Promise.try(probe).then(
    (outcome) => track.settle(flight, nowMs(), outcome),
    // A probe that throws is the harness's fault, not the system's: it observed nothing.
    () => track.settle(flight, nowMs(), { good: false, unobserved: true }),
  );
}
