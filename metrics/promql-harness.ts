/** Writes the PromQL by which the harness looks after its own measurement: that all is scraped, and that Prometheus has got to the end. */
import { selector } from './selector.ts';

const sequence = selector('chaos_recorder_sequence');

/** 1 where the recorder has answered every scrape of the last two seconds; a gap longer than that leaves no value. By `job`. */
export const recorderUp = `min by (job) (min_over_time(${selector('up', { job: 'chaos' })}[2s]))`;

/** How many recorders were scraped in so many seconds. By `job`. */
export function recorders(rangeSeconds: number): string {
  return `count by (job) (last_over_time(${sequence}[${rangeSeconds}s]))`;
}

/** The last sequence number that Prometheus has got from a recorder. */
export const sequenceNow = `max(${sequence})`;

/** 1 for each layer that has answered any scrape of the last three seconds. By `layer`; of one layer, if it is given. */
export function layersUp(layer?: string): string {
  return `max by (layer) (max_over_time(${selector('up', { layer })}[3s]))`;
}

/** How many targets answered their latest scrape. */
export const targetsUp = 'count(up == 1)';
