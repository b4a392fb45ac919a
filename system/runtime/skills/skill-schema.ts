/** What may stand in a SKILL.md's front matter, as a schema whose messages say how to mend it. */
import { z } from 'zod';
import { duration } from './duration.ts';
import { catchUpPolicies, overlapPolicies, requirements } from './skill.ts';

export const defaultTimeoutMs = 300_000;
const defaultWindowMs = 3_600_000;
const defaultBackoffMs = 5000;

const commandMissing = 'is missing: write what to run, such as "command: node run.mjs"';
const commandText = z.string(commandMissing).trim().min(1, 'is empty').max(4096);

const date = z.string('must be a date such as "2026-03-01T09:00:00+01:00"').max(40);

const schedule = z.union(
  [
    z.string().max(200),
    z.strictObject({ every: z.string().max(20) }),
    z.strictObject({ at: z.union([date, z.array(date).min(1).max(100)]) }),
    z.strictObject({ cron: z.string().max(200), timezone: z.string().max(64).optional() }),
  ],
  'must be a text (cron such as "*/5 * * * *", "every: 2s", "at: 2026-03-01T09:00:00+01:00"), or a map with every, at, or cron and timezone',
);
export type WrittenSchedule = z.output<typeof schedule>;

const catchUpPolicy = z.enum(catchUpPolicies, `must be one of ${catchUpPolicies.join(', ')}`);
/** No longer than the ledger remembers which slots have run. */
const window = duration('1s', '7d', '1h');

const retryCount = z
  .int('must be a number from 0 to 10')
  .min(0, 'must be from 0 to 10')
  .max(10, 'must be from 0 to 10');

const keys = {
  schedule: schedule.optional(),
  timezone: z.string('must be a time zone such as Europe/Berlin').max(64).optional(),
  command: z
    .union([commandText, z.array(z.string().min(1).max(4096)).min(1).max(100)], commandMissing)
    .transform((command) => (typeof command === 'string' ? ['/bin/sh', '-c', command] : command)),
  timeout: duration('1ms', '1d', '30s').default(defaultTimeoutMs),
  grace: duration('0ms', '5m', '5s').default(5000),
  requires: z
    .array(z.enum(requirements, `knows only: ${requirements.join(', ')}`), 'must be a list, such as [gateway]')
    .max(10)
    .default([]),
  enabled: z.boolean('must be true or false').default(true),
  overlap: z.enum(overlapPolicies, `must be one of ${overlapPolicies.join(', ')}`).default('buffer-all'),
  catch_up: z
    .preprocess(
      (written) => (typeof written === 'string' ? { policy: written } : written),
      z.strictObject(
        { policy: catchUpPolicy.default('all'), window: window.default(defaultWindowMs) },
        about('policy, window', 'must be all, latest, none, or a map with policy and window'),
      ),
    )
    .default({ policy: 'all', window: defaultWindowMs }),
  jitter: duration('0ms', '1d', '30s').default(0),
  retries: z
    .preprocess(
      (written) => (typeof written === 'number' ? { max: written } : written),
      z.strictObject(
        { max: retryCount, backoff: duration('1ms', '5m', '5s').default(defaultBackoffMs) },
        about('max, backoff', 'must be a number from 0 to 10, or a map with max and backoff'),
      ),
    )
    .default({ max: 0, backoff: defaultBackoffMs }),
};

const names = Object.keys(keys).join(', ');
const ours = z.strictObject(keys, about(names, `is missing: it holds ${names}`));

/** The Agent Skills form: further top-level keys (license, compatibility …) are allowed. */
export const frontMatter = z.looseObject({
  name: z
    .string('is missing: write the name of the folder')
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single hyphens')
    .max(64),
  description: z.string('is missing: say what the skill does and when to use it').trim().min(1, 'is empty').max(1024),
  metadata: z.looseObject({ openclaw: ours }, 'is missing: it holds "openclaw:" with schedule and command'),
});

type Complaint = (issue: { readonly code?: string; readonly keys?: readonly string[] }) => string;

/** What to say of a map that has keys we do not know, and of what is no map at all. */
function about(known: string, otherwise: string): { readonly error: Complaint } {
  return {
    error: ({ code, keys = [] }) =>
      code === 'unrecognized_keys'
        ? `has unknown keys (${keys.join(', ').slice(0, 200)}): there are ${known}`
        : otherwise,
  };
}
