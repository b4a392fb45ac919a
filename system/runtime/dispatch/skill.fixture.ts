/** A skill for tests of what is done with it. */
import { parseSchedule } from '../schedule/schedule.ts';
import type { Skill } from '../skills/skill-file.ts';

export function testSkill(name: string, schedule: string | null, more: Partial<Skill> = {}): Skill {
  return {
    name,
    description: 'A test skill.',
    schedule: schedule === null ? null : parseSchedule(schedule),
    enabled: true,
    command: ['true'],
    timeoutMs: 10_000,
    graceMs: 1000,
    requires: [],
    overlap: 'buffer-all',
    catchUp: { policy: 'all', windowMs: 3_600_000 },
    jitterMs: 0,
    retries: { max: 0, backoffMs: 1000 },
    freshWithinMs: null,
    ...more,
  };
}
