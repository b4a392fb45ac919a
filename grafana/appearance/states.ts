/** Words for numbers: what 0 and 1 mean, so that no colour has to say it alone. */
import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Colour, colours } from './colours.ts';

export type States = Readonly<Record<number, readonly [text: string, colour: Colour]>>;

export const upOrDown: States = { 0: ['down', 'bad'], 1: ['up', 'good'] };
export const reachableOrNot: States = { 0: ['unreachable', 'bad'], 1: ['reachable', 'good'] };
export const degradedOrNot: States = { 0: ['as it should be', 'good'], 1: ['degraded', 'warning'] };
export const backingOffOrNot: States = { 0: ['on schedule', 'good'], 1: ['backing off', 'bad'] };
export const usableOrNot: States = { 0: ['usable', 'good'], 1: ['SKILL.md unusable', 'bad'] };
export const firingOrNot: States = { 1: ['firing', 'bad'] };
export const firedOrNot: States = { 0: ['did not fire', 'bad'], 1: ['fired', 'good'] };
export const unresolvedOrNot: States = { 0: ['resolved', 'good'], 1: ['not resolved', 'bad'] };
export const faultOrNone: States = { 0: ['none', 'neutral'], 1: ['fault', 'fault'] };
export const faultStands: States = { 1: ['stands', 'fault'] };
export const inMemoryOrDisk: States = { 0: ['on disk', 'good'], 1: ['in memory', 'bad'] };
export const recoveredOrNot: States = { 0: ['recovered', 'good'], 1: ['not recovered', 'bad'] };

export function mappings(states: States): ValueMapping[] {
  const options = Object.entries(states).map(([value, [text, colour]], index) => [
    value,
    { text, color: colours[colour], index },
  ]);
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }];
}
