/** What a service SLI is: one figure of a running system as PromQL over a window. */
import type { ServiceContext } from './promql-live.ts';
import type { Unit } from './sli.ts';

export interface ServiceSli {
  readonly unit: Unit;
  /** One sentence: what the figure says. */
  readonly sentence: string;
  /** Of a panel or a column. */
  readonly title: string;
  query(context: ServiceContext): string;
}

/** A share; no value, rather than NaN, while there is nothing to share. */
export function share(part: string, whole: string): string {
  return `${part} / (${whole} > 0)`;
}

/** The labels asked for, or those that the figure is meant to be read by. */
export function byDefault(by: readonly string[], context: ServiceContext): ServiceContext {
  return { by, ...context };
}
