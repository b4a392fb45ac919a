/** What each judged alert did, evaluation by evaluation, and what that means for each fault. Pure but for being told, and for what it publishes. */
import type { Labels } from '../../metrics/sli.ts';
import type { ExpectedAlert } from '../scenario.ts';
import type { Rule } from '../verdict/prometheus-rules.ts';
import { AlertRecord } from './alert-record.ts';
import { type Interval, overlapMs } from './intervals.ts';
import type { Publisher } from './publisher.ts';

/** Rules that are judged are evaluated each second: after a gap of more than two, it is not known what was in between. */
const longestGapMs = 3_000;

export interface AlertChange {
  readonly alert: string;
  /** What it fires for, without the alert's own name and severity. */
  readonly labels: Labels;
  readonly what: 'fires' | 'resolved';
  /** Of the evaluation, Unix ms. */
  readonly atMs: number;
}

export interface AlertEntry {
  readonly name: string;
  readonly forMs?: number;
  readonly alerts?: readonly ExpectedAlert[];
}

interface Seen {
  readonly evaluatedMs: number;
  readonly firing: readonly Labels[];
}

export class AlertBook {
  readonly #judged: readonly string[];
  readonly #publisher: Publisher;
  readonly #records: readonly AlertRecord[];
  readonly #seen = new Map<string, Seen>();
  /** Since when each has been known to be silent; absent: it is not. */
  readonly #silentSinceMs = new Map<string, number>();
  #window: Interval | undefined;

  constructor(judged: readonly string[], entries: readonly AlertEntry[], publisher: Publisher) {
    this.#judged = judged;
    this.#publisher = publisher;
    this.#records = entries.flatMap(({ name, forMs = 0, alerts = [] }) =>
      alerts.map((expected) => new AlertRecord(name, forMs, expected)),
    );
    for (const alert of judged) {
      publisher.raise('chaos_alert_observed_seconds_total', { alert }, 0);
      publisher.raise('chaos_alert_firing_seconds_total', { alert }, 0);
      publisher.raise('chaos_alert_unexpected_seconds_total', { alert }, 0);
    }
  }

  /** From here on what alerts do is held against the plan. */
  begin(atMs: number): void {
    this.#window ??= { fromMs: atMs, toMs: Number.POSITIVE_INFINITY };
  }

  end(atMs: number): void {
    if (this.#window !== undefined) this.#window = { ...this.#window, toMs: atMs };
  }

  injected(fault: string, atMs: number): void {
    for (const record of this.#records) {
      if (record.fault !== fault) record.leave();
      else record.injected(atMs, this.#seen.get(record.expected.alert)?.firing ?? []);
    }
    this.#publish();
  }

  /** What Prometheus says of its alerts. Those that are not judged, not healthy, or not evaluated anew, are passed over. */
  saw(rules: readonly Rule[]): readonly AlertChange[] {
    const changes = this.#judged.flatMap((alert) => {
      const own = rules.filter(({ name }) => name === alert);
      if (own.length === 0 || own.some(({ health }) => health !== 'ok')) return [];
      // One alert may have several rules: it is known as far as all of them are.
      const evaluatedMs = Math.min(...own.map((rule) => rule.evaluatedMs));
      return this.#evaluated(alert, { evaluatedMs, firing: own.flatMap(({ firing }) => firing).map(plain) });
    });
    this.#publish();
    return changes;
  }

  /** How long all judged alerts have been known to be silent. */
  silentForMs(atMs: number): number {
    const since = this.#judged.map((alert) => {
      const fresh = atMs - (this.#seen.get(alert)?.evaluatedMs ?? 0) <= longestGapMs;
      return fresh ? (this.#silentSinceMs.get(alert) ?? atMs) : atMs;
    });
    return Math.max(0, atMs - Math.max(...since));
  }

  /** Names and labels of what fires now. */
  get firing(): readonly string[] {
    return [...this.#seen].flatMap(([alert, { firing }]) => firing.map((labels) => alertText(alert, labels)));
  }

  /** Whatever this fault's alerts still have to do, they have done, or their time for it is over. */
  settled(fault: string, atMs: number): boolean {
    return this.#records.every((record) => record.fault !== fault || record.settled(atMs));
  }

  /** Has every judged alert been evaluated at or after this time? */
  seenUntil(atMs: number): boolean {
    return this.#judged.every((alert) => (this.#seen.get(alert)?.evaluatedMs ?? 0) >= atMs);
  }

  #evaluated(alert: string, now: Seen): readonly AlertChange[] {
    const { evaluatedMs, firing } = now;
    const before = this.#seen.get(alert);
    if (before !== undefined && evaluatedMs <= before.evaluatedMs) return [];
    this.#seen.set(alert, now);
    const gap = evaluatedMs - (before?.evaluatedMs ?? Number.NEGATIVE_INFINITY);
    if (firing.length > 0 || gap > longestGapMs) this.#silentSinceMs.delete(alert);
    if (firing.length === 0 && !this.#silentSinceMs.has(alert)) this.#silentSinceMs.set(alert, evaluatedMs);
    if (before !== undefined) this.#account(alert, before, now);
    for (const record of this.#records) {
      if (record.expected.alert === alert && !this.#isOver(evaluatedMs)) record.evaluated(evaluatedMs, firing);
    }
    return [
      ...missingIn(before?.firing ?? [], firing).map((labels) => ({
        alert,
        labels,
        what: 'fires' as const,
        atMs: evaluatedMs,
      })),
      ...missingIn(firing, before?.firing ?? []).map((labels) => ({
        alert,
        labels,
        what: 'resolved' as const,
        atMs: evaluatedMs,
      })),
    ];
  }

  /** What alerts do once the load has ended, while the last readings are taken, is nobody's fault. */
  #isOver(evaluatedMs: number): boolean {
    return this.#window !== undefined && evaluatedMs > this.#window.toMs;
  }

  /** Between two evaluations an alert is taken to fire if it did at either: one that was seen once has fired. */
  #account(alert: string, before: Seen, now: Seen): void {
    const { fromMs, toMs } = this.#window ?? { fromMs: 0, toMs: 0 };
    const span = { fromMs: before.evaluatedMs, toMs: now.evaluatedMs };
    const gapMs = span.toMs - span.fromMs;
    const seconds = overlapMs(span, { fromMs, toMs }) / 1000;
    if (gapMs <= longestGapMs) this.#publisher.add('chaos_alert_observed_seconds_total', { alert }, seconds);
    const judged = [before, now].filter(({ evaluatedMs }) => evaluatedMs >= fromMs && evaluatedMs <= toMs);
    const firing = judged.flatMap((seen) => seen.firing);
    if (firing.length > 0) this.#publisher.add('chaos_alert_firing_seconds_total', { alert }, seconds);
    const unexpected = judged.flatMap((seen) => this.#unexpected(alert, seen));
    if (unexpected.length > 0) this.#publisher.add('chaos_alert_unexpected_seconds_total', { alert }, seconds);
  }

  #unexpected(alert: string, { evaluatedMs, firing }: Seen): readonly Labels[] {
    return firing.filter((labels) => !this.#records.some((record) => record.explains(alert, labels, evaluatedMs)));
  }

  #publish(): void {
    for (const { fault, expected, fired, firedMs, resolvedMs, unresolved, isInjected } of this.#records) {
      if (!isInjected) continue;
      const labels = { fault, alert: expected.alert };
      this.#publisher.set('chaos_fault_alert_fired', labels, fired ? 1 : 0);
      this.#publisher.set('chaos_fault_alert_unresolved', labels, unresolved ? 1 : 0);
      this.#publisher.timestamp('chaos_fault_alert_fired_timestamp_seconds', labels, firedMs);
      this.#publisher.timestamp('chaos_fault_alert_resolved_timestamp_seconds', labels, resolvedMs);
    }
  }
}

/** `OpenclawLayerDown {layer=runtime}` */
export function alertText(alert: string, labels: Labels): string {
  const written = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return written.length === 0 ? alert : `${alert} {${written.join(', ')}}`;
}

function plain({ alertname: _name, severity: _severity, ...labels }: Labels): Labels {
  return labels;
}

/** Those of `there` that are not in `here`. */
function missingIn(here: readonly Labels[], there: readonly Labels[]): readonly Labels[] {
  const known = new Set(here.map((labels) => alertText('', labels)));
  return there.filter((labels) => !known.has(alertText('', labels)));
}
