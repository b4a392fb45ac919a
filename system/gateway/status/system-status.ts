/** The whole system at a glance, as far as the gateway can know it: what has not been heard of is unknown, never ok. Pure. */
import { z } from 'zod';
import { runOutcome, type SkillEntry, skillName } from '../../layer/wire.ts';
import type { SkillRecord } from '../skills/skill-records.ts';
import type { LastWord } from './last-word.ts';

const time = z.int().nullable();
const layerStatus = z.object({
  state: z.enum(['ok', 'unknown']),
  lastWordAt: time,
  ageSeconds: z.number().nullable(),
});

export const statusSchema = z
  .object({
    at: z.int(),
    status: z.enum(['operational', 'degraded', 'down']),
    /** One sentence for people. */
    summary: z.string(),
    layers: z.object({ session: layerStatus, gateway: layerStatus, runtime: layerStatus }),
    skills: z.array(
      z.object({
        name: skillName,
        enabled: z.boolean(),
        lastOutcome: runOutcome.nullable(),
        lastFinishedAt: time,
        lastSuccessAt: time,
        /** Null: nothing is expected of it (no schedule, or not enabled). */
        fresh: z.union([z.boolean().nullable(), z.literal('unknown')]),
        problem: z.string().exactOptional(),
        stale: z.boolean().exactOptional(),
      }),
    ),
  })
  .meta({
    id: 'Status',
    description:
      'A layer that is silent is `unknown`, not ok; so is the freshness of a skill that may have run without the gateway being told. Times are Unix ms.',
  });
type SystemStatus = z.infer<typeof statusSchema>;
type SkillStatus = SystemStatus['skills'][number];

export interface StatusEvidence {
  readonly session: LastWord;
  readonly runtime: LastWord;
  /** What the gateway itself does less well than it should. */
  readonly troubles: readonly string[];
  readonly skills: readonly SkillEntry[];
  readonly record: (skill: string) => SkillRecord | undefined;
  readonly settleMs: number;
}

/** `at` is Unix ms, `now` of the monotonic clock. */
export function systemStatus(evidence: StatusEvidence, at = Date.now(), now = performance.now()): SystemStatus {
  const { session, runtime, troubles, settleMs } = evidence;
  const settled = runtime.heardForMs(now) >= settleMs;
  const skills = evidence.skills.map((skill) => skillStatus(skill, evidence.record(skill.name), settled, at));
  const layers = {
    session: layerOf(session, now),
    gateway: { state: 'ok', lastWordAt: at, ageSeconds: 0 },
    runtime: layerOf(runtime, now),
  } as const;
  const complaints = [...silences(layers), ...troubles, ...skillComplaints(skills)];
  const status =
    session.silent(now) && runtime.silent(now) ? 'down' : complaints.length > 0 ? 'degraded' : 'operational';
  const summary =
    complaints.length === 0 ? `All layers answer, ${skillsRun(skills)}` : capitalised(complaints.join(', '));
  return { at, status, summary: `${summary}: ${status}`, layers, skills };
}

function layerOf(word: LastWord, now: number) {
  return { state: word.silent(now) ? 'unknown' : 'ok', ...word.describe(now) } as const;
}

function skillStatus(skill: SkillEntry, record: SkillRecord | undefined, settled: boolean, at: number): SkillStatus {
  const { name, enabled, problem, stale } = skill;
  return {
    name,
    enabled,
    lastOutcome: record?.lastOutcome ?? null,
    lastFinishedAt: record?.lastFinishedAt ?? null,
    lastSuccessAt: record?.lastSuccessAt ?? null,
    fresh: freshness(skill, record, settled, at),
    ...(problem !== undefined && { problem }),
    ...(stale !== undefined && { stale }),
  };
}

/** A late success can still be true, so that a runtime which is silent, or has only just come back, makes nothing stale. */
function freshness(
  { freshWithinMs }: SkillEntry,
  record: SkillRecord | undefined,
  settled: boolean,
  at: number,
): SkillStatus['fresh'] {
  if (freshWithinMs === null) return null;
  const since = (time: number | null | undefined) => at - (time ?? Number.NEGATIVE_INFINITY);
  if (since(record?.lastSuccessAt) <= freshWithinMs) return true;
  // A new skill's first slot need not have come yet.
  return settled && since(record?.knownSince) > freshWithinMs ? false : 'unknown';
}

function silences(layers: SystemStatus['layers']): string[] {
  return Object.entries(layers)
    .filter(([, { state }]) => state === 'unknown')
    .map(([name, { ageSeconds }]) =>
      ageSeconds === null ? `${name} layer not heard of yet` : `${name} layer silent for ${Math.round(ageSeconds)} s`,
    );
}

function skillComplaints(skills: readonly SkillStatus[]): string[] {
  const late = skills.filter(({ fresh }) => fresh === false).length;
  const broken = skills.filter(({ problem }) => problem !== undefined).length;
  return [
    ...(late > 0 ? [`${late} of ${skills.length} skills without a success for too long`] : []),
    ...(broken > 0 ? [`${broken} of ${skills.length} skills with a problem`] : []),
  ];
}

function skillsRun(skills: readonly SkillStatus[]): string {
  if (skills.length === 0) return 'there are no skills';
  return `${skills.length} ${skills.length === 1 ? 'skill runs' : 'skills run'}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
