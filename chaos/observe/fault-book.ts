/** Keeps what the conductor did and what came of it, fault by fault, and writes both into the recorder's metrics. */
import { inFlightThings } from '../../metrics/vocabulary.ts';
import type { Manifest } from '../manifest.ts';
import type { Scenario } from '../scenario.ts';
import { judgedFrom } from '../topology.ts';
import type { FaultSpan } from './catch-up.ts';
import { nowMs } from './clock.ts';
import { type FaultFinding, findingOf } from './fault-findings.ts';
import { type FaultEntry, type FaultRecord, FaultRecords } from './fault-record.ts';
import { writeFault } from './metrics-writer.ts';
import type { Publisher } from './publisher.ts';
import { slotsDue } from './slots.ts';
import { steadyStreakMs } from './streaks.ts';
import type { InFlight, RoundTrip } from './user.ts';
import { spokenBy } from './views.ts';
import type { Watch } from './watch.ts';

/** A close that was caused before heal may be heard of after it. */
const disconnectGraceMs = 500;

/** A node that is killed may still begin something before the signal is there. */
const killGraceMs = 1_000;

export interface FaultBookOptions {
  readonly manifest: Manifest;
  readonly scenario: Scenario;
  readonly entries: readonly FaultEntry[];
  readonly publisher: Publisher;
  readonly watch: () => Watch;
  /** Undefined without an end-to-end probe. */
  readonly roundTrips: () => readonly RoundTrip[] | undefined;
  /** End of observation, once it is known. */
  readonly endMs: () => number | undefined;
}

export class FaultBook {
  readonly #options: FaultBookOptions;
  readonly #records: FaultRecords;
  /** What each fault means for slots; brought up to date by `update`. */
  spans: readonly FaultSpan[] = [];

  constructor(options: FaultBookOptions) {
    this.#options = options;
    this.#records = new FaultRecords(options.entries);
  }

  injectedWithin(fromMs: number, toMs: number): boolean {
    return this.#records.injectedWithin(fromMs, toMs);
  }

  injected(fault: string, atMs: number): void {
    const { publisher } = this.#options;
    const record = this.#records.get(fault);
    record.injectedMs = atMs;
    publisher.raise('chaos_faults_injected_total', { fault }, 1);
    publisher.set('chaos_fault_active', { fault }, 1);
    publisher.timestamp('chaos_fault_injection_timestamp_seconds', { fault }, atMs);
    this.#hasten(record, record.entry.healedBy === 'harness' ? 'onset' : 'recovery');
  }

  /** A blow is about to be dealt. */
  striking(fault: string): void {
    const record = this.#records.get(fault);
    if (record.entry.healedBy === 'system') this.#hasten(record, 'recovery');
  }

  /** A blow has landed; it was dealt at `atMs`, while so much was in flight. Undefined: it found its target still down. */
  blow(fault: string, atMs: number | undefined, inFlight: InFlight): void {
    const { publisher } = this.#options;
    publisher.add('chaos_fault_blows_total', { fault }, 1);
    if (atMs === undefined) return;
    this.#records.get(fault).blowsMs.push(atMs);
    for (const what of inFlightThings) publisher.add('chaos_fault_in_flight_total', { fault, what }, inFlight[what]);
  }

  /** True if the system has been left to heal itself since. */
  proved(fault: string, proved: boolean): boolean {
    if (proved) this.#options.publisher.raise('chaos_faults_proved_total', { fault }, 1);
    return this.#records.get(fault).entry.healedBy === 'system';
  }

  healed(fault: string, atMs: number): void {
    const { publisher } = this.#options;
    const record = this.#records.get(fault);
    record.healedMs = atMs;
    publisher.set('chaos_fault_active', { fault }, 0);
    if (record.entry.healedBy === 'harness') {
      publisher.timestamp('chaos_fault_heal_timestamp_seconds', { fault }, atMs);
    }
    this.#hasten(record, 'recovery');
  }

  #hasten({ hitLayers }: FaultRecord, reason: 'onset' | 'recovery'): void {
    this.#options.watch().hasten(reason, (layer) => hitLayers.includes(layer));
  }

  /** The user lost its connection: it counts for every fault that stood then. */
  disconnected(atMs: number): void {
    for (const record of this.#records.all) {
      const { injectedMs, healedMs } = record;
      const toMs = healedMs === undefined ? this.#records.watchEndMs(record) : healedMs + disconnectGraceMs;
      if (injectedMs !== undefined && injectedMs <= atMs && atMs <= toMs) record.disconnectsMs.push(atMs);
    }
  }

  recovered(fault: string): boolean {
    const recoveredMs = this.#finding(this.#records.get(fault))?.recoveredMs;
    return recoveredMs !== undefined && nowMs() - recoveredMs >= steadyStreakMs;
  }

  /** When the end of each fault that has ended began, Unix ms, by its name. */
  get heals(): ReadonlyMap<string, number> {
    return new Map(
      this.#records.all.flatMap(({ entry, healedMs }) => (healedMs === undefined ? [] : [[entry.name, healedMs]])),
    );
  }

  /** What began before this, a node may not know of any more; undefined if it has lost no memory. Unix ms. */
  forgottenMs(node: string): number | undefined {
    const lostMs = this.#records.all.flatMap(({ entry: { forgetfulNodes = [] }, recoveryStartMs }) =>
      forgetfulNodes.includes(node) && recoveryStartMs !== undefined ? recoveryStartMs + killGraceMs : [],
    );
    return lostMs.length === 0 ? undefined : Math.max(...lostMs);
  }

  get findings(): readonly FaultFinding[] {
    return this.#records.all.flatMap((record) => this.#finding(record) ?? []);
  }

  #finding(record: FaultRecord): FaultFinding | undefined {
    const { manifest, watch, roundTrips, endMs } = this.#options;
    return findingOf(record, {
      tracks: watch().views.map(({ view, track }) => ({ view, probes: track.probes })),
      roundTrips: roundTrips(),
      judged: (layer) => ({ layer, vantage: judgedFrom(manifest, layer) }),
      untilMs: this.#records.watchEndMs(record, endMs() ?? nowMs()),
    });
  }

  /** Computes everything anew from what is known, and writes it down. */
  update(): void {
    this.spans = this.#records.all.flatMap((record) => this.#update(record) ?? []);
  }

  #update(record: FaultRecord): FaultSpan | undefined {
    const { publisher, watch, endMs } = this.#options;
    const finding = this.#finding(record);
    if (finding === undefined) return undefined;
    const watchEndMs = this.#records.watchEndMs(record, endMs());
    writeFault(publisher, record, finding, Number.isFinite(watchEndMs) && watch().settledUntil(watchEndMs));
    this.#interrupt(record);
    this.#expose(record, finding);
    const { entry, injectedMs, healedMs } = record;
    const isOver = entry.healedBy === 'system' && finding.recoveredMs !== undefined;
    if (isOver || endMs() !== undefined) publisher.set('chaos_fault_active', { fault: entry.name }, 0);
    return { entry, injectedMs, healedMs, recoveredMs: finding.recoveredMs, watchEndMs };
  }

  #interrupt({ entry: { name: fault }, disconnectsMs, interruptions }: FaultRecord): void {
    const { manifest, publisher } = this.#options;
    const layer = spokenBy(manifest, 'openclaw-session/1')?.node;
    if (layer === undefined) return;
    publisher.raise('chaos_fault_disconnects_total', { fault, layer }, disconnectsMs.length);
    publisher.raise('chaos_fault_interruptions_total', { fault, layer }, interruptions);
  }

  /** Slots that were due while the target was down; where the system heals itself, only the end tells until when that was. */
  #expose({ entry }: FaultRecord, { down }: FaultFinding): void {
    const { scenario, publisher, endMs } = this.#options;
    if (down === undefined || (entry.healedBy === 'system' && endMs() === undefined)) return;
    for (const [skill, { everySeconds }] of Object.entries(scenario.skills)) {
      const exposed = slotsDue(everySeconds, down.fromMs, down.toMs).length;
      publisher.raise('chaos_schedule_slots_exposed_total', { skill, fault: entry.name }, exposed);
    }
  }
}
