import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layerNames } from './addresses.ts';
import { layerState, type SkillState, skillState } from './health-report.ts';
import { healthVerdict, type Known } from './health-verdict.ts';

type States = readonly [session: string, gateway: string, runtime: string];
const up: States = ['ok', 'ok', 'ok'];

function known(states: States, skills: readonly SkillState[], more: Partial<Known> = {}): Known {
  return {
    layers: layerNames.map((name, at) => ({ name, state: layerState.parse(states[at]) })),
    skillsFrom: states[2] === 'down' ? 'status-files' : 'runtime',
    skills: skills.map((state, at) => ({ name: `skill-${at}`, state })),
    problems: [],
    ...more,
  };
}

describe('the sentence', () => {
  it.each<[States, readonly SkillState[], string]>([
    [up, ['ok', 'ok'], 'All layers up, skills running: operational'],
    [up, ['ok', 'waiting', 'disabled', 'on-request'], 'All layers up, skills running: operational'],
    [up, ['waiting'], 'All layers up, no skill due yet: operational'],
    [up, [], 'All layers up, no skill has a schedule: operational'],
    [up, ['ok', 'stale'], 'All layers up, 1 of 2 skills running (skill-1 stale): degraded'],
    [up, ['ok', 'failing'], 'All layers up, 2 of 2 skills running (skill-1 failing): degraded'],
    [up, ['ok', 'problem'], 'All layers up, 1 of 2 skills running (skill-1 cannot run): degraded'],
    [up, ['stale', 'stale'], 'All layers up, no skill running (skill-0 stale, skill-1 stale): down'],
    [up, ['stale', 'waiting'], 'All layers up, no skill running (skill-0 stale): degraded'],
    [up, ['unknown'], 'All layers up, no skill running (skill-0 unknown): down'],
    [
      up,
      ['stale', 'stale', 'stale', 'stale', 'stale', 'ok'],
      'All layers up, 1 of 6 skills running (skill-0 stale, skill-1 stale, skill-2 stale, 2 more): degraded',
    ],
    [['ok', 'down', 'ok'], ['ok'], 'Gateway down, skills running: degraded'],
    [['degraded', 'down', 'ok'], ['ok'], 'Gateway down, skills running: degraded'],
    [['degraded', 'ok', 'ok'], ['ok'], 'Session layer degraded, skills running: degraded'],
    [['ok', 'down', 'ok'], ['ok', 'deferred'], 'Gateway down, 1 of 2 skills running (skill-1 deferred): degraded'],
    [['ok', 'down', 'ok'], ['deferred'], 'Gateway down, no skill running (skill-0 deferred): degraded'],
    [['down', 'down', 'ok'], ['ok'], 'Session layer and gateway down, skills running: degraded'],
    [['down', 'ok', 'ok'], ['waiting'], 'Session layer down, no skill due yet: degraded'],
    [['ok', 'not-ready', 'degraded'], ['ok'], 'Gateway not ready, skill runtime degraded, skills running: degraded'],
    [['ok', 'ok', 'down'], ['ok'], 'Skill runtime down, skills ran lately: degraded'],
    [['ok', 'ok', 'down'], ['failing'], 'Skill runtime down, 1 of 1 skills ran lately (skill-0 failing): degraded'],
    [['ok', 'ok', 'down'], ['stale'], 'Skill runtime down, no skill ran lately (skill-0 stale): down'],
    [['ok', 'ok', 'down'], ['waiting'], 'Skill runtime down, no skill due yet: down'],
    [['ok', 'ok', 'down'], [], 'Skill runtime down, no skill has a schedule: down'],
    [['down', 'down', 'down'], ['ok'], 'No layer answers, skills ran lately: down'],
  ])('%j with %j', (states, skills, sentence) => {
    expect(healthVerdict(known(states, skills)).sentence).toBe(sentence);
  });

  it('says what is odd where layers and skills look well', () => {
    const problems = ['the gateway has not heard from the skill runtime'];
    expect(healthVerdict(known(up, ['ok'], { problems })).sentence).toBe(
      'All layers up, skills running, but the gateway has not heard from the skill runtime: degraded',
    );
  });

  it('is not satisfied where nobody told of the skills', () => {
    expect(healthVerdict(known(up, [], { skillsFrom: 'nobody' })).sentence).toBe(
      'All layers up, nothing is known of the skills: degraded',
    );
  });
});

describe('every combination', () => {
  const all = fc.record({
    states: fc.tuple(...layerNames.map(() => fc.constantFrom(...layerState.options))),
    skills: fc.array(fc.constantFrom(...skillState.options), { maxLength: 5 }),
    problems: fc.array(fc.constant('something is wrong'), { maxLength: 1 }),
    skillsFrom: fc.constantFrom('runtime' as const, 'status-files' as const, 'nobody' as const),
  });
  const verdictOf = ({ states, skills, problems, skillsFrom }: typeof all extends fc.Arbitrary<infer T> ? T : never) =>
    healthVerdict(known(states as unknown as States, skills, { problems, skillsFrom }));
  const silent = new Set<SkillState>(['stale', 'unknown', 'problem', 'failing', 'deferred']);

  it('is operational exactly if all that was asked says so', () => {
    fc.assert(
      fc.property(all, (given) => {
        const well =
          given.states.every((state) => state === 'ok') &&
          !given.skills.some((state) => silent.has(state)) &&
          given.problems.length === 0 &&
          given.skillsFrom !== 'nobody';
        expect(verdictOf(given).status === 'operational').toBe(well);
      }),
    );
  });

  it('is down only without a sign that skills run, or without any layer', () => {
    fc.assert(
      fc.property(all, (given) => {
        const running = given.skills.some((state) => state === 'ok' || state === 'failing');
        if (verdictOf(given).status !== 'down' || !running) return;
        expect(given.states).toEqual(['down', 'down', 'down']);
      }),
    );
  });

  it('never says that skills run when the runtime is gone', () => {
    fc.assert(
      fc.property(all, (given) => {
        const { sentence, status } = verdictOf(given);
        expect(sentence.endsWith(`: ${status}`)).toBe(true);
        if (given.states[2] === 'down') expect(sentence).not.toContain('running');
      }),
    );
  });
});
