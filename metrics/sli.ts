/** What an SLI is: one figure as PromQL, together with the label sets that a complete answer has. */
import type { z } from 'zod';
import type { Vantage } from './vocabulary.ts';

export type Labels = Readonly<Record<string, string>>;

export type Unit = 'ratio' | 'seconds' | 'count' | 'timestamp';

export interface SliContext {
  /** At least the length of the run: raw totals are looked for that far back. */
  readonly rangeSeconds: number;
}

/** What a run is made of, as far as label sets depend on it. */
export interface SliTopology {
  readonly layers: Readonly<Record<string, readonly Vantage[]>>;
  /** The scenario's skills, and those among them that need no other layer. */
  readonly skills: readonly string[];
  readonly localSkills: readonly string[];
  /** Names of the timeline's entries, `1-link-reset`; and of those that the harness ends. */
  readonly faults: readonly string[];
  readonly healedFaults: readonly string[];
  /** Names of the alerts that the run judges. */
  readonly alerts: readonly string[];
}

export interface Sli<P extends z.ZodType> {
  readonly unit: Unit;
  /** One sentence: what the figure says. */
  readonly sentence: string;
  /** Shape of the parameters that stand beside `sli` in an objective. */
  readonly params: P;
  /** A value outside of it contradicts itself, and is no evidence of anything. */
  readonly sane: { readonly min: number; readonly max: number };
  /** In a table: `skill success ratio (during)`. */
  title(params: z.infer<P>): string;
  query(params: z.infer<P>, context: SliContext): string;
  /** The label sets of a complete answer: each exactly once, and no other. */
  series(params: z.infer<P>, topology: SliTopology): readonly Labels[];
  /** Protocols (see the manifest) without which the recorder cannot know. */
  protocols(params: z.infer<P>): readonly string[];
}

/** An SLI whose parameters follow from its schema. */
export function sli<P extends z.ZodType>(spec: Omit<Sli<P>, 'protocols'> & Partial<Pick<Sli<P>, 'protocols'>>): Sli<P> {
  return { protocols: () => [], ...spec };
}

export const ratio = { unit: 'ratio', sane: { min: 0, max: 1 } } as const;
/** Nothing here is counted in millions: more than that is a torn or foreign figure. */
export const count = { unit: 'count', sane: { min: 0, max: 1_000_000 } } as const;
/** From zero to a day. */
export const seconds = { unit: 'seconds', sane: { min: 0, max: 86_400 } } as const;

/** `skill success ratio` + `(during, daily-memory)`; absent parts are left out. */
export function titled(name: string, ...parts: readonly (string | undefined)[]): string {
  const given = parts.filter((part) => part !== undefined);
  return given.length === 0 ? name : `${name} (${given.join(', ')})`;
}
