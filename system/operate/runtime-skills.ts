/** The runtime's word on its skills, `GET /v1/skills`; members that an older one does not send are taken as not known. */
import { z } from 'zod';

const time = z.int().nullable().default(null);

const lastRun = z.object({
  id: z.string(),
  /** Null while it waits or runs. */
  outcome: z.string().nullable().default(null),
  finishedAt: time,
  attempt: z.int().default(1),
  reason: z.string().nullable().default(null),
  exitCode: z.int().nullable().default(null),
  signal: z.string().nullable().default(null),
});

export const runtimeSkill = z.object({
  name: z.string(),
  description: z.string().default(''),
  schedule: z.string().nullable().default(null),
  enabled: z.boolean().default(true),
  requires: z.array(z.string()).default([]),
  overlap: z.string().nullable().default(null),
  catchUp: z.object({ policy: z.string(), windowMs: z.number() }).nullable().default(null),
  jitterMs: z.number().default(0),
  retries: z.object({ max: z.number(), backoffMs: z.number() }).nullable().default(null),
  timeoutMs: z.number().nullable().default(null),
  nextDueAt: time,
  freshWithinMs: z.int().nullable().default(null),
  fresh: z.boolean().nullable().default(null),
  running: z.string().nullable().default(null),
  deferred: z.int().default(0),
  queued: z.int().default(0),
  lastRun: lastRun.nullable().default(null),
  lastSuccessAt: time,
  consecutiveFailures: z.int().default(0),
  backoffUntil: time,
  missed: z.record(z.string(), z.number()).default({}),
  problem: z.string().nullable().default(null),
  stale: z.boolean().default(false),
});
export type RuntimeSkill = z.infer<typeof runtimeSkill>;

export const runtimeSkills = z.object({ skills: z.array(runtimeSkill) });
