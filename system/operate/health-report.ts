/** What `npm run health -- --json` prints: a shape that scripts may rely on. Members may be added; none changes its meaning. */
import { z } from 'zod';
import { layerNames } from './addresses.ts';

/** `not-ready`: it answers, and says that it is starting or closing. `down`: it does not answer, or something else does in its place. */
export const layerState = z.enum(['ok', 'degraded', 'not-ready', 'down']);
export type LayerState = z.infer<typeof layerState>;

/**
 * Of a skill that has a schedule: `ok` succeeded as lately as its schedule asks for; `failing` runs, and its last run did not succeed;
 * `stale` has not succeeded for longer than its schedule allows, and nothing says that it runs; `waiting` has not been due yet;
 * `deferred` waits for the gateway, which it requires; `problem` cannot run; `unknown` cannot be judged. `disabled` and `on-request`
 * (no schedule) owe no runs and are not judged.
 */
export const skillState = z.enum([
  'ok',
  'failing',
  'stale',
  'waiting',
  'deferred',
  'problem',
  'unknown',
  'disabled',
  'on-request',
]);
export type SkillState = z.infer<typeof skillState>;

const time = z.int().nullable();

export const healthReport = z.object({
  schema: z.literal('openclaw-health/1'),
  /** Unix ms, as all times. */
  at: z.int(),
  /** The exit code says the same: 0, 1, 2. */
  status: z.enum(['operational', 'degraded', 'down']),
  sentence: z.string(),
  layers: z.array(
    z.object({
      name: z.enum(layerNames),
      url: z.string(),
      state: layerState,
      version: z.string().nullable(),
      uptimeSeconds: z.number().nullable(),
      /** For people; empty if it is ok. */
      reasons: z.array(z.string()),
    }),
  ),
  /** Who told about the skills: the runtime, or in its absence the status files of the home, or nobody. */
  skillsFrom: z.enum(['runtime', 'status-files', 'nobody']),
  skills: z.array(
    z.object({
      name: z.string(),
      state: skillState,
      enabled: z.boolean(),
      schedule: z.string().nullable(),
      lastOutcome: z.string().nullable(),
      lastFinishedAt: time,
      lastSuccessAt: time,
      nextDueAt: time,
      /** A success longer ago than this is too long ago. */
      freshWithinMs: z.int().nullable(),
      reason: z.string().nullable(),
    }),
  ),
  /** What is wrong between the layers or with the asking itself, for people. */
  problems: z.array(z.string()),
});
export type HealthReport = z.infer<typeof healthReport>;
export type LayerHealth = HealthReport['layers'][number];
export type SkillHealth = HealthReport['skills'][number];
export type Status = HealthReport['status'];
