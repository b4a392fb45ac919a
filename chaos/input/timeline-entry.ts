/** What holds of every entry of a timeline, whatever its fault. */
import type { FaultSpec } from '../faults/registry.ts';

/** DESIGN: fewer slots due while a target is down say nothing about skills. */
export const minExposedSlots = 3;

/** `1-link-reset`: unique in a run. */
export function entryName(index: number, kind: string): string {
  return `${index + 1}-${kind}`;
}

/** How often the fault deals a blow; undefined if it deals none. */
export function everyMsOf(fault: FaultSpec): number | undefined {
  return 'everyMs' in fault ? fault.everyMs : undefined;
}
