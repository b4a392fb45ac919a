/** What the gateway accepts from the wire; messages are shown to clients behind the name of the field. */
import { z } from 'zod';
import { limits } from './limits.ts';

const id = z.string().min(1).max(200);
const time = z.int().min(0, 'must be Unix time in milliseconds');
/** As lax as a folder's name: the runtime tells also of skills whose name is what is wrong with them. */
const skillName = z
  .string()
  .regex(/^[^\p{Cc}/]{1,200}$/u, 'must be a skill name: 1 to 200 characters, no / or control characters');

/** Of a query: whole numbers come as text. */
const count = (min: number, max: number) =>
  z
    .string(`must be a whole number from ${min} to ${max}, once`)
    .regex(/^\d{1,15}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

export const idempotencyKey = z
  .string('is required: send a value of your own that is new for each new run, and the same when you ask again')
  .regex(/^[!-~]{1,200}$/, 'must be 1 to 200 printable ASCII characters without spaces');

export const runRequest = z
  .strictObject({ session: id.nullish().transform((session) => session ?? null) })
  .default({ session: null });

export const runsQuery = z.strictObject({
  skill: skillName.optional(),
  limit: count(1, limits.runsPerPage).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the value of "next" of the page before')
    .transform(Number)
    .optional(),
});

export const commandsQuery = z.strictObject({ waitMs: count(0, limits.commandWaitMs).default(0) });

const eventId = count(0, Number.MAX_SAFE_INTEGER);
export const eventsQuery = z.strictObject({ after: eventId.optional() });
export const lastEventId = eventId.optional();

const reported = {
  id,
  skill: skillName,
  trigger: z.enum(['schedule', 'request']),
  dueAt: time.nullable(),
  attempt: z.int().min(1).max(1_000_000),
  startedAt: time,
  sequence: z.int().min(0),
};

/** Further members are ignored: the runtime may be newer than the gateway. */
export const runReport = z.discriminatedUnion(
  'state',
  [
    z.object({ ...reported, state: z.literal('started') }),
    z.object({
      ...reported,
      state: z.literal('finished'),
      outcome: z.enum(['succeeded', 'failed', 'timed-out', 'interrupted']),
      finishedAt: time,
    }),
  ],
  'must be an object whose state is "started" or "finished"',
);

const skillEntry = z.object({
  name: skillName,
  description: z.string().max(2000),
  schedule: z.string().max(200).nullable(),
  requires: z.array(z.string().min(1).max(64)).max(16),
  problem: z.string().max(2000).exactOptional(),
});

export const skillList = z.object({
  skills: z
    .array(skillEntry)
    .max(limits.skills)
    .superRefine((skills, context) => {
      const names = new Set<string>();
      for (const [index, { name }] of skills.entries()) {
        if (names.has(name))
          context.addIssue({ code: 'custom', path: [index, 'name'], message: `${name} is there twice` });
        names.add(name);
      }
    }),
});

export const presence = z.object({
  sessions: z.array(z.object({ id, kind: z.enum(['user', 'probe']) })).max(limits.presenceSessions),
});
