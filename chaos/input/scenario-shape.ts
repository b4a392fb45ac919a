/** The shape of each part of a scenario file; what the parts say of each other is looked at elsewhere. */
import { z } from 'zod';

const text = z.string().trim().min(1);
const hourMs = 3_600_000;
const milliseconds = z.int().min(0).max(hourMs);
const positiveMs = z.int().min(1).max(hourMs);

/** DESIGN: how long a layer must be seen good at least, after a heal and at the end. */
export const minObservationMs = 5_000;

export const shapes = {
  scenario: z.strictObject({
    title: text,
    hypothesis: text,
    skills: z
      .record(z.string(), z.unknown())
      .refine((skills) => Object.keys(skills).length > 0, 'name at least one skill'),
    steadyState: z.unknown(),
    user: z.unknown().optional(),
    timeline: z.array(z.unknown()).min(1).max(50),
    settleMs: z.int().min(minObservationMs).max(hourMs),
    objectives: z.array(z.unknown()).max(200),
    alerts: z.unknown().optional(),
    operatorCheck: z.boolean().optional(),
  }),
  skill: z.strictObject({
    everySeconds: z.int().min(1).max(3_600),
    latenessMs: positiveMs,
    catchUpMs: positiveMs.optional(),
  }),
  steadyState: z.strictObject({ forMs: z.int().min(1_000).max(hourMs), withinMs: positiveMs }),
  user: z.strictObject({
    messagesPerSecond: z.number().min(0.1).max(100).optional(),
    runSkill: text.optional(),
    runEveryMs: z.int().min(100).max(60_000).optional(),
    crowd: z.strictObject({ sessions: z.int().min(1).max(500), heartbeat: z.boolean().optional() }).optional(),
  }),
  entry: z.strictObject({
    atMs: milliseconds,
    forMs: positiveMs.optional(),
    fault: z.unknown(),
    expect: z.record(z.string(), z.unknown()),
    alerts: z.array(z.unknown()).max(50).optional(),
  }),
  expectedAlert: z.strictObject({
    alert: text,
    labels: z.record(z.string(), z.array(text).min(1)).optional(),
    withinMs: positiveMs,
    resolvesWithinMs: positiveMs.optional(),
  }),
  silentAlerts: z.strictObject({
    silent: z.union([z.literal('all-others'), z.array(text).max(50)]),
    mayFire: z.array(text).max(50).optional(),
  }),
  condition: z.enum(['ok', 'failed', 'paused', 'interrupted']),
  objective: z.strictObject({ is: z.enum(['==', '>=', '<=']), threshold: z.number() }),
} as const;
