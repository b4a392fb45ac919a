/** The skills' health: as the runtime tells it, or where it does not, as the files of the home do. */
import type { Operated } from './addresses.ts';
import { type Answer, refusalOf } from './ask.ts';
import type { HealthReport, SkillHealth } from './health-report.ts';
import { homeSkills, installedAt } from './home-skills.ts';
import { judgeSkill, type SeenSkill } from './judge-skill.ts';
import { type RuntimeSkill, runtimeSkills } from './runtime-skills.ts';

export interface SkillsHealth {
  readonly skillsFrom: HealthReport['skillsFrom'];
  readonly skills: readonly SkillHealth[];
  readonly problems: readonly string[];
}

type Where = Pick<Operated, 'home' | 'startedAt'>;

/** `answer`: of `GET /v1/skills`. `isUp`: the runtime answers otherwise, so that its silence on this is a problem of its own. */
export function skillsHealth(answer: Answer, isUp: boolean, where: Where, now: number): SkillsHealth {
  const told = answer.ok && answer.status === 200 ? runtimeSkills.safeParse(answer.body).data : undefined;
  if (told !== undefined)
    return { skillsFrom: 'runtime', skills: told.skills.map((skill) => fromRuntime(skill, where, now)), problems: [] };
  const problems = isUp ? [`the runtime does not tell of its skills: ${whyNot(answer)}`] : [];
  const seen = homeSkills(where.home);
  if (seen === undefined) return { skillsFrom: 'nobody', skills: [], problems };
  return { skillsFrom: 'status-files', skills: seen.map((skill) => shown(skill.name, skill, now)), problems };
}

/** Also of a single skill, for the other commands. */
export function fromRuntime(skill: RuntimeSkill, { home, startedAt }: Where, now: number): SkillHealth {
  const { lastRun, stale: lastGoodRuns, ...rest } = skill;
  const seen: SeenSkill = {
    ...rest,
    lastOutcome: lastRun?.outcome ?? null,
    lastFinishedAt: lastRun?.finishedAt ?? null,
    failures: skill.consecutiveFailures,
    installedAt: installedAt(home, skill.name),
    startedAt,
    lastGoodRuns,
  };
  return shown(skill.name, seen, now);
}

function shown(name: string, seen: SeenSkill, now: number): SkillHealth {
  const { enabled, schedule, lastOutcome, lastFinishedAt, lastSuccessAt, nextDueAt, freshWithinMs } = seen;
  const { state, reason } = judgeSkill(seen, now);
  return {
    name,
    state,
    enabled,
    schedule,
    lastOutcome,
    lastFinishedAt,
    lastSuccessAt,
    nextDueAt,
    freshWithinMs,
    reason,
  };
}

function whyNot(answer: Answer): string {
  if (!answer.ok) return `it ${answer.why}`;
  if (answer.status === 401)
    return 'it refused the token: set OPENCLAW_TOKEN, or OPENCLAW_HOME to the home that it uses';
  return answer.status === 200 ? 'what it answered cannot be read' : `it ${refusalOf(answer)}`;
}
