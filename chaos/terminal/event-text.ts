/** The conductor's events in words. */
import { type AlertChange, alertText } from '../observe/alert-book.ts';
import type { FaultEvent } from '../run/conduct-entry.ts';
import type { RunStage } from '../run/run-listener.ts';

const stages: Readonly<Record<RunStage, string>> = {
  starting: 'starting the system',
  'steady-state': 'waiting for the steady state',
  timeline: 'steady; the timeline begins',
  settling: 'last fault over; waiting for recovery, then watching it last',
  judging: 'asking Prometheus',
  removing: 'removing everything that was started',
};

const deeds: Readonly<Record<FaultEvent['what'], string>> = {
  injected: 'INJECTED',
  blow: 'blow',
  proved: 'proved',
  unproved: 'NOT PROVED',
  healed: 'HEALED',
  over: 'over; the system heals itself',
  'not-undone': 'NOT UNDONE',
};

/** `1 fault`, `2 faults`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function stageLine(stage: RunStage): string {
  return stages[stage];
}

export function faultLine({ fault, what, detail }: FaultEvent): string {
  return `${fault}: ${deeds[what]}${detail === '' ? '' : ` (${detail})`}`;
}

export function alertLine({ alert, labels, what }: AlertChange): string {
  return `alert ${alertText(alert, labels)} ${what === 'fires' ? 'fires' : 'is resolved'}`;
}
