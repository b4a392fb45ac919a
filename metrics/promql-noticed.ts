/**
 * Writes the PromQL of what a layer itself noticed of a fault: when it lost the gateway, and when it had it again. Gates and dashboards ask
 * the same; they differ in where they look.
 */
import type { MetricName } from './catalog.ts';

/** The timestamps of a fault that others are measured from. */
export type Moment = Extract<MetricName, `chaos_fault_${'injection' | 'recovery_start'}_timestamp_seconds`>;

/** What there is to know of one layer, as PromQL. */
export interface Course {
  /** When the layer last lost the gateway, and last had it again; by `layer`, which is one. */
  readonly lost: string;
  readonly regained: string;
  /** When each fault began and ended, by `fault`. ` @ end()`: as it is known in the end, for it may be written down much later. */
  injected(at: '' | ' @ end()'): string;
  healed(at: '' | ' @ end()'): string;
  readonly window: string;
}

/** A layer may notice a little after the last blow: the time that a dial has to fail in. */
const noticeSeconds = 5;

/** From the injection of a fault to the first loss that is its doing; no value if it cost the layer nothing. By `fault` and `layer`. */
export function lostAfter(course: Course): string {
  return `${firstOf(itsLoss(course), course)} - on (fault) group_left () ${course.injected('')}`;
}

/** From the end of a fault that cost the layer the gateway to when it had it again, before it was lost to anything later. */
export function regainedAfter(course: Course): string {
  const regained = `${course.regained} >= on () group_right (layer) ${course.healed(' @ end()')}`;
  return `${firstOf(`${regained} and on (fault, layer) (${itsLoss(course)})`, course)} - on (fault) group_left () ${course.healed('')}`;
}

/** What was lost from injection until a little after the end: a later fault's doing is not this one's. */
function itsLoss({ lost, injected, healed }: Course): string {
  const since = `${lost} >= on () group_right (layer) ${injected(' @ end()')}`;
  return `${since} <= on (fault) group_left () (${healed(' @ end()')} + ${noticeSeconds})`;
}

/** Timestamps are looked at second by second, as they were scraped. */
function firstOf(timestamps: string, { window }: Course): string {
  return `min_over_time((${timestamps})[${window}:1s])`;
}
