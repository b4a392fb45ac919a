/** A layer's configuration: environment variables in, typed values out, or one error that lists everything that is wrong. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { LayerError } from './errors.ts';
import { tokenPattern } from './token-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Code `OPENCLAW_CONFIG`; the message has one line a variable: its name, the value seen, the mend. */
export class ConfigError extends LayerError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('OPENCLAW_CONFIG', `configuration: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** A whole number of milliseconds. */
const milliseconds = (byDefault: number, min = 1, max = 86_400_000) => integer(byDefault, min, max, 'milliseconds');

export const port = (byDefault: number) => integer(byDefault, 0, 65_535, 'a port');

export const flag = (byDefault: boolean) =>
  z
    .enum(['true', 'false'], 'must be true or false')
    .default(byDefault ? 'true' : 'false')
    .transform((text) => text === 'true');

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What every layer takes; spread it into the shape given to {@link loadConfig}. */
export const baseConfig = {
  home: z
    .string()
    .refine(isAbsolute, 'must be an absolute path')
    .default(() => join(homedir(), '.openclaw')),
  host: z.string().regex(/^\S+$/, 'must be an address or host name').default('127.0.0.1'),
  /** Without it the token is the one in `state/token` of the home, made on first use. */
  token: z.string().regex(tokenPattern, 'must be up to 4096 characters of printable ASCII without spaces').optional(),
  logLevel: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  heartbeatMs: milliseconds(5000, 50, 60_000),
};

/** Where the session layer and the runtime dial the gateway; without a trailing slash. */
export const gatewayUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL such as http://127.0.0.1:3019' })
  .default('http://127.0.0.1:3019')
  .transform((url) => url.replace(/\/+$/, ''));

/** `heartbeatMs` is read from `OPENCLAW_HEARTBEAT_MS`. */
export function variableOf(key: string): string {
  return `OPENCLAW_${key.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase()}`;
}

/** Reads each field of `shape` from its variable (an empty one counts as unset). Throws {@link ConfigError} with all problems at once. */
export function loadConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: Environment = process.env,
): z.output<z.ZodObject<Shape>> {
  const seen = Object.fromEntries(Object.keys(shape).map((key) => [key, env[variableOf(key)] || undefined]));
  const result = z.object(shape).safeParse(seen);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map((issue) => problem(issue, seen)));
}

function problem(issue: z.core.$ZodIssue, seen: Readonly<Record<string, string | undefined>>): string {
  const key = String(issue.path[0]);
  return `${variableOf(key)} (${shown(key, seen[key])}) ${issue.message}`;
}

function shown(key: string, value: string | undefined): string {
  if (value === undefined) return 'not set';
  return /token/i.test(key) ? `a secret of ${value.length} characters` : JSON.stringify(value.slice(0, 200));
}

export function integer(byDefault: number, min: number, max: number, what: string) {
  const message = `must be ${what}: a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,12}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message)
    .default(byDefault);
}
