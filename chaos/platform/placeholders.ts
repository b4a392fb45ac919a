/** Fills the placeholders of a manifest's `env` and `command` for one node; see `Manifest`. */
import { InvalidInput } from '../errors.ts';
import type { NodeSpec } from '../manifest.ts';
import type { StartRequest } from './platform.ts';

export interface PlaceholderValues {
  readonly home: string;
  readonly port: number;
  readonly host: string;
  readonly token: string;
  /** Link name → base URL at which that link is dialled. */
  readonly links: ReadonlyMap<string, string>;
  readonly schedules: Readonly<Record<string, string>>;
  /** Base URL of the OTLP/HTTP receiver, as the node dials it; see {@link collectorUrl}. */
  readonly collector: string;
}

const thisMachine = new Set(['localhost', '127.0.0.1']);

/** By `host` the node reaches this machine. Empty where nobody collects: standard OTEL_* variables that are empty count as not set. */
export function collectorUrl(
  host: string,
  { collector, collectorPort }: Pick<StartRequest, 'collector' | 'collectorPort'>,
): string {
  if (collector === undefined) return collectorPort === undefined ? '' : `http://${host}:${collectorPort}`;
  const url = new URL(collector);
  if (thisMachine.has(url.hostname)) url.hostname = host;
  return url.href;
}

/** What a node is started with. Throws `CHAOS_MANIFEST` for a placeholder that means nothing. */
export function fillNode(
  { command, env }: NodeSpec,
  values: PlaceholderValues,
): { command: string[]; env: Record<string, string> } {
  const fill = (text: string) => fillPlaceholders(text, values);
  return {
    command: command.map(fill),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)])),
  };
}

/** Throws `CHAOS_MANIFEST` for a placeholder that means nothing. */
export function fillPlaceholders(text: string, values: PlaceholderValues): string {
  return text.replaceAll(/\$\{([^}]*)\}/g, (whole, name: string) => {
    const value = lookUp(name, values);
    if (value === undefined) {
      throw new InvalidInput('CHAOS_MANIFEST', `the manifest uses ${whole}, which means nothing`, {
        mend: `use one of \${home}, \${port}, \${host}, \${token}, \${schedules}, \${collector}${[...values.links.keys()].map((link) => `, \${link:${link}}`).join('')}`,
      });
    }
    return value;
  });
}

function lookUp(name: string, values: PlaceholderValues): string | undefined {
  const { home, port, host, token, links, schedules, collector } = values;
  if (name.startsWith('link:')) return links.get(name.slice('link:'.length));
  const plain = new Map([
    ['home', home],
    ['port', String(port)],
    ['host', host],
    ['token', token],
    ['schedules', JSON.stringify(schedules)],
    ['collector', collector],
  ]);
  return plain.get(name);
}
