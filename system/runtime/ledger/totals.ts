/** Counters that survive the process: kept in the database with what they count, shown on `/metrics`, never going back. */
import type { Registry } from 'prom-client';
import type { LabelValue } from '../../../metrics/catalog.ts';
import { instrument } from '../../../metrics/instrument.ts';
import { introduceSkill, retireSkill, skillsShown } from '../../../metrics/introduce.ts';
import { missedReasons } from '../../../metrics/vocabulary.ts';
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

export type Fate = LabelValue<'openclaw_skill_slots_total', 'fate'>;

export type DeliveryResult = LabelValue<'openclaw_outbox_deliveries_total', 'result'>;

type Outcome = LabelValue<'openclaw_skill_runs_total', 'outcome'>;

export class Totals {
  readonly #file: LedgerFile;
  readonly #registry: Registry;
  readonly #add;
  readonly #get;
  readonly #keep;
  readonly #of;
  /** Skills whose totals are shown. */
  readonly #shown = new Set<string>();

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
    this.#of = db.prepare('SELECT metric, label, value FROM totals WHERE skill = ?');
    instrument(registry, 'openclaw_outbox_deliveries_total');
    instrument(registry, 'openclaw_outbox_detail_dropped_total');
    this.#showAll('');
  }

  /** These are the skills there are: what they counted in earlier lives is shown, and what others did is shown no more. */
  present(skills: ReadonlySet<string>): void {
    for (const skill of skills) this.#introduce(skill);
    // What ended after its skill had gone may have left a series of its own.
    for (const skill of new Set([...this.#shown, ...skillsShown(this.#registry)])) {
      if (skills.has(skill)) continue;
      this.#shown.delete(skill);
      retireSkill(this.#registry, skill);
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
      missedReasons
        .map((reason) => [reason, this.#read('missed', skill, reason)] as const)
        .filter(([, slots]) => slots > 0),
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

  /** Before anything more is counted, so that it comes on top of what is shown; also of a skill that is gone, while its last run ends. */
  #introduce(skill: string): void {
    if (skill === '' || this.#shown.has(skill)) return;
    this.#shown.add(skill);
    introduceSkill(this.#registry, skill);
    this.#showAll(skill);
  }

  #showAll(skill: string): void {
    for (const { metric, label, value } of this.#of.all(skill)) {
      this.#show(metric as TotalMetric, skill, String(label), Number(value));
    }
  }

  #count(metric: TotalMetric, skill: string, label: string, by: number): void {
    if (by === 0) return;
    this.#introduce(skill);
    this.#file.write(() => {
      this.#add.run(metric, skill, label, by);
      this.#file.onceCommitted(() => this.#show(metric, skill, label, by));
    });
  }

  #set(metric: TotalMetric, skill: string, value: number): void {
    this.#introduce(skill);
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
  runs: (registry, skill, label, by) =>
    instrument(registry, 'openclaw_skill_runs_total').inc({ skill, outcome: label as Outcome }, by),
  slots: (registry, skill, label, by) =>
    instrument(registry, 'openclaw_skill_slots_total').inc({ skill, fate: label as Fate }, by),
  missed: (registry, skill, label, by) =>
    instrument(registry, 'openclaw_skill_slots_missed_total').inc({ skill, reason: label as MissedRow['reason'] }, by),
  retries: (registry, skill, _label, by) => instrument(registry, 'openclaw_skill_retries_total').inc({ skill }, by),
  deliveries: (registry, _skill, label, by) =>
    instrument(registry, 'openclaw_outbox_deliveries_total').inc({ result: label as DeliveryResult }, by),
  stripped: (registry, _skill, _label, by) => instrument(registry, 'openclaw_outbox_detail_dropped_total').inc(by),
  'last-success': (registry, skill, _label, at) =>
    instrument(registry, 'openclaw_skill_last_success_timestamp_seconds').set({ skill }, at / 1000),
};
