/** Counters that survive the process: kept in the database with what they count, shown on `/metrics`, never going back. */
import type { Registry } from 'prom-client';
import { instrument } from '../../../metrics/instrument.ts';
import { runOutcome } from '../../layer/wire.ts';
import type { LedgerFile } from './ledger-file.ts';
import type { MissedRow } from './ledger-row.ts';

type TotalMetric =
  | 'runs'
  | 'slots'
  | 'missed'
  | 'retries'
  | 'deliveries'
  | 'stripped'
  | 'link'
  | 'last-success'
  | 'failures';

/**
 * What became of a slot of the schedule; each slot is counted once, when it is accounted for.
 * `missed`: it has no run, for a reason that is recorded; `unknown`: the ledger that knew was lost, and it will not run again.
 */
export type Fate = 'claimed' | 'caught-up' | 'deferred' | 'missed' | 'unknown';

export type DeliveryResult = 'delivered' | 'failed' | 'rejected' | 'dropped';

const fates: readonly Fate[] = ['claimed', 'caught-up', 'deferred', 'missed', 'unknown'];
const results: readonly DeliveryResult[] = ['delivered', 'failed', 'rejected', 'dropped'];
const reasons: readonly MissedRow['reason'][] = [
  'catch-up-window',
  'catch-up-latest',
  'catch-up-none',
  'overlap',
  'disabled',
  'backing-off',
  'unknown',
];

export class Totals {
  readonly #file: LedgerFile;
  readonly #registry: Registry;
  readonly #add;
  readonly #get;
  readonly #keep;

  constructor(file: LedgerFile, registry: Registry) {
    this.#file = file;
    this.#registry = registry;
    const { db } = file;
    this.#add = db.prepare(
      'INSERT INTO totals VALUES (?, ?, ?, ?) ON CONFLICT (metric, skill, label) DO UPDATE SET value = value + excluded.value',
    );
    this.#get = db.prepare('SELECT value FROM totals WHERE metric = ? AND skill = ? AND label = ?');
    this.#keep = db.prepare(
      'INSERT INTO totals VALUES (?, ?, ?, ?) ON CONFLICT (metric, skill, label) DO UPDATE SET value = excluded.value',
    );
    instrument(registry, 'openclaw_outbox_detail_dropped_total').inc(0);
    for (const result of results) this.#show('deliveries', '', result, 0);
    for (const { metric, skill, label, value } of db.prepare('SELECT metric, skill, label, value FROM totals').all()) {
      this.#show(metric as TotalMetric, String(skill), String(label), Number(value));
    }
  }

  /** Within the caller's write, like all that counts here. */
  run(skill: string, outcome: string, finishedAt: number): void {
    this.#count('runs', skill, outcome, 1);
    if (outcome === 'failed' || outcome === 'timed-out') this.#count('failures', skill, '', 1);
    if (outcome !== 'succeeded') return;
    this.#set('failures', skill, 0);
    this.#set('last-success', skill, finishedAt);
  }

  slots(skill: string, fate: Fate, slots: number): void {
    this.#count('slots', skill, fate, slots);
  }

  missed(skill: string, reason: MissedRow['reason'], slots: number): void {
    this.slots(skill, reason === 'unknown' ? 'unknown' : 'missed', slots);
    this.#count('missed', skill, reason, slots);
  }

  /** Slots of a skill without a run, by reason; reasons that never came up are left out. */
  missedOf(skill: string): Record<string, number> {
    return Object.fromEntries(
      reasons.map((reason) => [reason, this.#read('missed', skill, reason)] as const).filter(([, slots]) => slots > 0),
    );
  }

  /** A failed attempt that will be followed by another one. */
  retry(skill: string): void {
    this.#count('retries', skill, '', 1);
    this.#count('failures', skill, '', 1);
  }

  /** Unix ms; null: never. */
  lastSuccessAt(skill: string): number | null {
    return this.#read('last-success', skill, '') || null;
  }

  /** Attempts that failed or timed out since the last success. */
  consecutiveFailures(skill: string): number {
    return this.#read('failures', skill, '');
  }

  deliveries(result: DeliveryResult, attempts: number): void {
    this.#count('deliveries', '', result, attempts);
  }

  /** Reports that lost their output and reason in a full outbox. */
  stripped(reports: number): void {
    this.#count('stripped', '', '', reports);
  }

  /** The link shows its counters itself; only their values are kept here. */
  keepLink(counts: { readonly attempts: number; readonly issues: number }): void {
    this.#file.write(() => {
      this.#keep.run('link', '', 'attempts', counts.attempts);
      this.#keep.run('link', '', 'issues', counts.issues);
    });
  }

  link(): { attempts: number; issues: number } {
    return { attempts: this.#read('link', '', 'attempts'), issues: this.#read('link', '', 'issues') };
  }

  /** Shows a skill's counters as 0 before they first count, so that their first increase is seen. */
  introduce(skill: string): void {
    for (const outcome of runOutcome.options) this.#show('runs', skill, outcome, 0);
    for (const fate of fates) this.#show('slots', skill, fate, 0);
    for (const reason of reasons) this.#show('missed', skill, reason, 0);
    this.#show('retries', skill, '', 0);
  }

  #count(metric: TotalMetric, skill: string, label: string, by: number): void {
    if (by === 0) return;
    this.#file.write(() => {
      this.#add.run(metric, skill, label, by);
      this.#file.onceCommitted(() => this.#show(metric, skill, label, by));
    });
  }

  #set(metric: TotalMetric, skill: string, value: number): void {
    this.#keep.run(metric, skill, '', value);
    this.#file.onceCommitted(() => this.#show(metric, skill, '', value));
  }

  #read(metric: TotalMetric, skill: string, label: string): number {
    return Number(this.#get.get(metric, skill, label)?.value ?? 0);
  }

  #show(metric: TotalMetric, skill: string, label: string, by: number): void {
    shown[metric]?.(this.#registry, skill, label, by);
  }
}

/** How each total is shown; those that are left out are shown by whoever counts them, or by nobody. */
const shown: Partial<Record<TotalMetric, (registry: Registry, skill: string, label: string, by: number) => void>> = {
  runs: (registry, skill, outcome, by) => instrument(registry, 'openclaw_skill_runs_total').inc({ skill, outcome }, by),
  slots: (registry, skill, fate, by) => instrument(registry, 'openclaw_skill_slots_total').inc({ skill, fate }, by),
  missed: (registry, skill, reason, by) =>
    instrument(registry, 'openclaw_skill_slots_missed_total').inc({ skill, reason }, by),
  retries: (registry, skill, _label, by) => instrument(registry, 'openclaw_skill_retries_total').inc({ skill }, by),
  deliveries: (registry, _skill, result, by) =>
    instrument(registry, 'openclaw_outbox_deliveries_total').inc({ result }, by),
  stripped: (registry, _skill, _label, by) => instrument(registry, 'openclaw_outbox_detail_dropped_total').inc(by),
  'last-success': (registry, skill, _label, at) =>
    instrument(registry, 'openclaw_skill_last_success_timestamp_seconds').set({ skill }, at / 1000),
};
