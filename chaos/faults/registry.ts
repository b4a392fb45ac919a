/** All faults there are, as one literal object; types derive from it. */
import { breakSkill } from './break-skill.ts';
import { clockJump } from './clock-jump.ts';
import { crash } from './crash.ts';
import { diskFull } from './disk-full.ts';
import type { Fault } from './fault.ts';
import { hang } from './hang.ts';
import { kill } from './kill.ts';
import { latency } from './latency.ts';
import { linkBlackhole } from './link-blackhole.ts';
import { linkDown } from './link-down.ts';
import { linkReset } from './link-reset.ts';
import { noop } from './noop.ts';
import { outage } from './outage.ts';
import { partition } from './partition.ts';
import { stop } from './stop.ts';
import { tornState } from './torn-state.ts';

export const faults = {
  'link-down': linkDown,
  'link-reset': linkReset,
  'link-blackhole': linkBlackhole,
  latency,
  partition,
  kill,
  crash,
  stop,
  outage,
  hang,
  'torn-state': tornState,
  'disk-full': diskFull,
  'clock-jump': clockJump,
  'break-skill': breakSkill,
  noop,
} as const;

export type FaultKind = keyof typeof faults;

type OptionsOf<K extends FaultKind> = (typeof faults)[K] extends Fault<infer Options> ? Options : never;

/** What a scenario writes down: `kind` and the options of that fault. */
export type FaultSpec = { [K in FaultKind]: OptionsOf<K> }[FaultKind];

/** The fault that a spec asks for, fit to be called with that spec. */
export function faultOf(spec: FaultSpec): Fault<FaultSpec> {
  return faults[spec.kind] as Fault<FaultSpec>;
}
