/** All SLIs there are, as one literal object; types derive from it. An objective names one, a comparison and a threshold. */
import type { z } from 'zod';
import type { Sli } from './sli.ts';
import { alertSlis } from './slis-alerts.ts';
import { durabilitySlis } from './slis-durability.ts';
import { faultSlis } from './slis-faults.ts';
import { layerSlis } from './slis-layers.ts';
import { skillSlis } from './slis-skills.ts';

export const slis = { ...skillSlis, ...layerSlis, ...faultSlis, ...durabilitySlis, ...alertSlis } as const;

export type SliName = keyof typeof slis;

/** The parameters of an SLI, as they stand beside `sli` in an objective: `phase`, `skill`, `layer`, `vantage`, `fault`, `what` … */
export type SliParams<N extends SliName> = Named<z.infer<(typeof slis)[N]['params']>>;

/** zod infers "no key at all" for an empty object; here others stand beside the parameters. */
type Named<Params> = string extends keyof Params ? object : Readonly<Params>;

export function isSliName(name: string): name is SliName {
  return Object.hasOwn(slis, name);
}

/** The SLI of that name, fit to be called with the parameters that belong to it. */
export function sliOf<N extends SliName>(name: N): Sli<z.ZodType<SliParams<N>>> {
  return slis[name] as unknown as Sli<z.ZodType<SliParams<N>>>;
}
