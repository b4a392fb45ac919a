/** The command line of the original: `-name value`, `-name=value`, with one dash or two. */
import { InvalidInput } from '../../errors.ts';

export interface Flags {
  readonly host: string;
  readonly port: number;
  readonly config: string | undefined;
  readonly seed: bigint | undefined;
  readonly proxyMetrics: boolean;
  readonly runtimeMetrics: boolean;
  readonly version: boolean;
  readonly help: boolean;
}

export const usage = `Usage: npm run toxiproxy -- [flags]
  -host string        host of the API, and of proxies that name none (default "localhost")
  -port int           port of the API; 0 takes a free one, which the log names (default 8474)
  -config string      JSON file of proxies to create on startup
  -seed int           seed of all that toxics draw by chance (default: the time)
  -proxy-metrics      serve /metrics with the bytes that went through proxies
  -runtime-metrics    serve /metrics with figures of this process
  -version            print the version
One dash or two, "-port 8474" or "-port=8474". LOG_LEVEL: trace (default), debug, info, warn, error, fatal, disabled.
Ends by SIGINT or SIGTERM. Exit codes: 0 ended so, 1 could not start, 2 wrong flags.
`;

const valued = ['host', 'port', 'config', 'seed'] as const;
const switches = ['proxy-metrics', 'runtime-metrics', 'version', 'help', 'h'] as const;
type Valued = (typeof valued)[number];
type Switch = (typeof switches)[number];

/** Throws InvalidInput. */
export function parseFlags(args: readonly string[]): Flags {
  const values = new Map<Valued, string>();
  const on = new Set<Switch>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, name, given] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
    if (isOneOf(valued, name)) values.set(name, given ?? rest.shift() ?? missing(name));
    else if (isOneOf(switches, name)) setSwitch(on, name, given);
    else throw wrong(`${arg}: no such flag`);
  }
  return {
    host: values.get('host') ?? 'localhost',
    port: portOf(values.get('port') ?? '8474'),
    config: values.get('config') || undefined,
    seed: seedOf(values.get('seed')),
    proxyMetrics: on.has('proxy-metrics'),
    runtimeMetrics: on.has('runtime-metrics'),
    version: on.has('version'),
    help: on.has('help') || on.has('h'),
  };
}

function isOneOf<T extends string>(names: readonly T[], name: string | undefined): name is T {
  return (names as readonly (string | undefined)[]).includes(name);
}

function setSwitch(on: Set<Switch>, name: Switch, given = 'true'): void {
  if (/^(1|t|true)$/i.test(given)) on.add(name);
  else if (/^(0|f|false)$/i.test(given)) on.delete(name);
  else throw wrong(`-${name}=${given}: neither true nor false`);
}

function portOf(given: string): number {
  const port = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
  if (port <= 65_535) return port;
  throw wrong(`-port ${given}: not a port; give 0 to 65535`);
}

function seedOf(given: string | undefined): bigint | undefined {
  if (given === undefined) return undefined;
  if (/^-?\d{1,19}$/.test(given)) return BigInt(given);
  throw wrong(`-seed ${given}: not a whole number; give one such as 1`);
}

function missing(name: string): never {
  throw wrong(`-${name}: needs a value`);
}

function wrong(message: string): InvalidInput {
  return new InvalidInput('CHAOS_TOXIPROXY_FLAGS', message, { mend: 'npm run toxiproxy -- -help shows what there is' });
}
