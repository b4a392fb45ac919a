/** What the conductor did, fault by fault, and the spans that follow from it. Pure but for being told. */
import type { PlannedEntry } from '../plan/plan-shape.ts';

/** What has to be known of a timeline's entry; the plan's entries will do. */
export type FaultEntry = Pick<
  PlannedEntry,
  'name' | 'expect' | 'healedBy' | 'deferredSkills' | 'brokenSkills' | 'forgetfulNodes' | 'clockOffsetMs'
> &
  Partial<Pick<PlannedEntry, 'forMs' | 'alerts'>>;

export class FaultRecord {
  readonly entry: FaultEntry;
  /** When the injection began: nothing before it can be the fault's doing. */
  injectedMs: number | undefined;
  /** When the end of the fault began: what is good from then on is no sign that the fault did not bite. */
  healedMs: number | undefined;
  /** When the blows that landed were dealt. */
  readonly blowsMs: number[] = [];
  /** When the user lost its connection while the fault stood. */
  readonly disconnectsMs: number[] = [];

  constructor(entry: FaultEntry) {
    this.entry = entry;
  }

  /** Heal where the harness ends the fault; injection where the system must heal itself, that is, its last blow if it deals any. */
  get recoveryStartMs(): number | undefined {
    if (this.entry.healedBy === 'harness') return this.healedMs;
    return this.blowsMs.at(-1) ?? this.injectedMs;
  }

  /** Blows after which the user lost its connection, before the next one was dealt. */
  get interruptions(): number {
    return this.blowsMs.filter((blowMs, index) => {
      const nextMs = this.blowsMs[index + 1] ?? Number.POSITIVE_INFINITY;
      return this.disconnectsMs.some((atMs) => blowMs <= atMs && atMs < nextMs);
    }).length;
  }

  get hitLayers(): readonly string[] {
    return Object.entries(this.entry.expect)
      .filter(([, condition]) => condition !== 'ok')
      .map(([layer]) => layer);
  }
}

export class FaultRecords {
  readonly all: readonly FaultRecord[];

  constructor(entries: readonly FaultEntry[]) {
    this.all = entries.map((entry) => new FaultRecord(entry));
  }

  get(name: string): FaultRecord {
    const record = this.all.find(({ entry }) => entry.name === name);
    if (record === undefined) throw new RangeError(`no fault "${name}" in the plan`);
    return record;
  }

  /** A fault is watched until the next one is injected after its recovery began, else to the end of observation. */
  watchEndMs(record: FaultRecord, endMs = Number.POSITIVE_INFINITY): number {
    const startMs = record.recoveryStartMs ?? record.injectedMs ?? Number.NEGATIVE_INFINITY;
    const later = this.all
      .filter((other) => other !== record)
      .map(({ injectedMs }) => injectedMs ?? Number.POSITIVE_INFINITY)
      .filter((injectedMs) => injectedMs > startMs);
    return Math.min(endMs, ...later);
  }

  /** Was a fault injected within this span? A bad probe that was in flight then says nothing about before nor after. */
  injectedWithin(fromMs: number, toMs: number): boolean {
    return this.all.some(({ injectedMs }) => injectedMs !== undefined && fromMs < injectedMs && injectedMs <= toMs);
  }
}
