/** Counters that survive the process: kept in the database with what they count, shown on `/metrics`, never going back. */
import type { DatabaseSync } from 'node:sqlite';
import type { Registry } from 'prom-client';
import { instrument } from '../../../metrics/instrument.ts';

type TotalMetric = 'runs' | 'slots' | 'deliveries' | 'link' | 'last-success';

/**
 * What became of a slot of the schedule; each slot is counted once, when it is accounted for.
 * `missed`: it came due so long before the runtime was there again that it is not caught up.
 */
export type Fate = 'claimed' | 'caught-up' | 'deferred' | 'missed';

export type DeliveryResult = 'delivered' | 'failed' | 'rejected' | 'dropped';

export class Totals {
  readonly #registry: Registry;
  readonly #add;
  readonly #read;
  readonly #keep;

  constructor(db: DatabaseSync, registry: Registry) {
    this.#registry = registry;
    this.#add = db.prepare(
      'INSERT INTO totals VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value',
    );
    this.#read = db.prepare('SELECT metric, skill, label, value FROM totals');
    this.#keep = db.prepare('INSERT INTO totals VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
    for (const { metric, skill, label, value } of this.#read.all()) {
      this.#show(metric as TotalMetric, String(skill), String(label), Number(value));
    }
  }

  run(skill: string, outcome: string, finishedAt: number): void {
    this.#count('runs', skill, outcome, 1);
    if (outcome !== 'succeeded') return;
    this.#keep.run('last-success', skill, '', finishedAt);
    this.#show('last-success', skill, '', finishedAt);
  }

  slots(skill: string, fate: Fate, slots: number): void {
    this.#count('slots', skill, fate, slots);
  }

  deliveries(result: DeliveryResult, attempts: number): void {
    this.#count('deliveries', '', result, attempts);
  }

  /** The link shows its counters itself; only their values are kept here. */
  keepLink(counts: { readonly attempts: number; readonly issues: number }): void {
    this.#keep.run('link', '', 'attempts', counts.attempts);
    this.#keep.run('link', '', 'issues', counts.issues);
  }

  link(): { attempts: number; issues: number } {
    const rows = this.#read.all().filter(({ metric }) => metric === 'link');
    const kept = (label: string) => Number(rows.find((row) => row.label === label)?.value ?? 0);
    return { attempts: kept('attempts'), issues: kept('issues') };
  }

  /** Shows a skill's counters as 0 before they first count, so that their first increase is seen. */
  introduce(skill: string): void {
    for (const outcome of ['succeeded', 'failed', 'timed-out', 'interrupted']) this.#show('runs', skill, outcome, 0);
    for (const fate of ['claimed', 'caught-up', 'deferred', 'missed']) this.#show('slots', skill, fate, 0);
    for (const result of ['delivered', 'failed', 'rejected', 'dropped']) this.#show('deliveries', '', result, 0);
  }

  #count(metric: TotalMetric, skill: string, label: string, by: number): void {
    if (by === 0) return;
    this.#add.run(metric, skill, label, by);
    this.#show(metric, skill, label, by);
  }

  #show(metric: TotalMetric, skill: string, label: string, by: number): void {
    if (metric === 'runs') instrument(this.#registry, 'openclaw_skill_runs_total').inc({ skill, outcome: label }, by);
    if (metric === 'slots') instrument(this.#registry, 'openclaw_skill_slots_total').inc({ skill, fate: label }, by);
    if (metric === 'deliveries')
      instrument(this.#registry, 'openclaw_outbox_deliveries_total').inc({ result: label }, by);
    if (metric === 'last-success') {
      instrument(this.#registry, 'openclaw_skill_last_success_timestamp_seconds').set({ skill }, by / 1000);
    }
  }
}
