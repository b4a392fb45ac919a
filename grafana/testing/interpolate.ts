/** Puts values in the place of Grafana's variables, as Grafana does before it asks Prometheus. */

export interface Interpolation {
  readonly rangeSeconds: number;
  /** The panel's step. */
  readonly stepSeconds: number;
  /** Min step of the target, `15s`; else the interval of the data source. */
  readonly minStep?: string | undefined;
  /** Name of a variable → its choice; default: all there are. */
  readonly choices?: Readonly<Record<string, string>>;
}

/** `timeInterval` of the provisioned data source. */
const scrapeSeconds = 1;
/** `allValue` of the dashboards' variables. */
const all = '.+';

/** Throws if a variable is left that Grafana would not know. */
export function interpolated(
  expr: string,
  variables: readonly string[],
  { rangeSeconds, stepSeconds, minStep, choices = {} }: Interpolation,
): string {
  const scrape = minStep === undefined ? scrapeSeconds : Number.parseInt(minStep, 10);
  const interval = Math.max(stepSeconds, scrape);
  const known: Record<string, string> = {
    __range: `${rangeSeconds}s`,
    __interval: `${interval}s`,
    __rate_interval: `${Math.max(interval + scrape, 4 * scrape)}s`,
    ...Object.fromEntries(variables.map((name) => [name, choices[name] ?? all])),
  };
  return expr.replace(/\$(\w+)/g, (_, name: string) => {
    const value = known[name];
    if (value === undefined) throw new Error(`$${name} is no variable of this dashboard: ${expr}`);
    return value;
  });
}
