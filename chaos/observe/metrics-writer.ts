/** Turns what is known so far into the recorder's metrics: the one place that knows which figure goes where. */
import { endToEnd, phases, probeResults } from '../../metrics/vocabulary.ts';
import type { FaultFinding } from './fault-findings.ts';
import type { FaultRecord } from './fault-record.ts';
import { type Interval, overlapMs } from './intervals.ts';
import type { PhaseWindow } from './phases.ts';
import type { Publisher } from './publisher.ts';
import type { SlotFate } from './slots.ts';
import type { WatchedView } from './watch.ts';

export function writeWindows(
  publisher: Publisher,
  windows: readonly PhaseWindow[],
  lags: readonly Interval[],
  now: number,
): void {
  for (const { phase, fromMs, toMs } of windows) {
    const window = { fromMs, toMs: Math.min(toMs, now) };
    const lagMs = lags.reduce((sum, lag) => sum + overlapMs(lag, window), 0);
    publisher.raise('chaos_window_seconds_total', { phase }, Math.max(0, window.toMs - fromMs) / 1000);
    publisher.raise('chaos_harness_lag_seconds_total', { phase }, lagMs / 1000);
  }
}

export function writeViews(publisher: Publisher, views: readonly WatchedView[]): void {
  for (const { view, coverage, counts } of views) {
    const { layer, vantage } = view;
    for (const phase of phases) {
      const { observed, available } = coverage.seconds[phase];
      publisher.raise('chaos_layer_observed_seconds_total', { layer, vantage, phase }, observed);
      publisher.raise('chaos_layer_available_seconds_total', { layer, vantage, phase }, available);
      for (const result of probeResults) {
        publisher.raise('chaos_probes_total', { layer, vantage, phase, result }, counts[phase]?.[result] ?? 0);
      }
    }
  }
}

/** `final`: this fault is observed no more. Only then is it known which streak lasted to the end, and a relapse can't take it back. */
export function writeFault(publisher: Publisher, record: FaultRecord, finding: FaultFinding, final: boolean): void {
  const { fault, views } = finding;
  for (const view of views) {
    const { layer, vantage } = view;
    const labels = { fault, layer, vantage };
    publisher.set('chaos_fault_unrecovered', labels, view.unrecovered ? 1 : 0);
    if (layer !== endToEnd) {
      publisher.raise('chaos_fault_outages_total', labels, view.outages);
      if (final) publisher.raise('chaos_fault_good_probes_total', labels, view.goodProbes);
    }
    publisher.timestamp('chaos_fault_onset_timestamp_seconds', labels, view.onsetMs);
    // A layer that the fault left alone has nothing to recover from.
    const concerned = layer === endToEnd || view.onsetMs !== undefined || (record.entry.expect[layer] ?? 'ok') !== 'ok';
    if (!final || !concerned) continue;
    publisher.timestamp('chaos_fault_recovery_start_timestamp_seconds', labels, view.recoveryStartMs);
    publisher.timestamp('chaos_fault_recovered_timestamp_seconds', labels, view.recoveredMs);
    if (view.resolutionMs !== undefined)
      publisher.set('chaos_fault_recovery_resolution_seconds', labels, view.resolutionMs / 1000);
  }
}

/** Slots become due for the record when something is known of them: executed, or too late to be. */
export function writeSlots(publisher: Publisher, skill: string, fates: readonly SlotFate[]): void {
  for (const phase of phases) {
    const own = fates.filter((fate) => fate.phase === phase);
    publisher.raise('chaos_schedule_slots_due_total', { skill, phase }, own.length);
    publisher.raise(
      'chaos_schedule_slots_executed_total',
      { skill, phase },
      own.filter(({ executed }) => executed).length,
    );
    publisher.raise('chaos_schedule_slots_in_time_total', { skill, phase }, own.filter(({ inTime }) => inTime).length);
    publisher.raise(
      'chaos_schedule_slots_doubled_total',
      { skill, phase },
      own.reduce((sum, fate) => sum + fate.doubled, 0),
    );
    const latest = own.flatMap(({ latenessMs }) => latenessMs ?? []);
    if (latest.length > 0)
      publisher.set('chaos_skill_lateness_max_seconds', { skill, phase }, Math.max(...latest) / 1000);
  }
}
