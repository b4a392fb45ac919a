import { describe, expect, it } from 'vitest';
import type { SkillEntry } from '../../layer/wire.ts';
import type { SkillRecord } from '../skills/skill-records.ts';
import { skill } from '../testing/test-gateway.ts';
import { LastWord } from './last-word.ts';
import { type StatusEvidence, systemStatus } from './system-status.ts';

const at = 1_000_000_000;
const now = 500_000;
const never: SkillRecord = { knownSince: at - 100_000, lastOutcome: null, lastFinishedAt: null, lastSuccessAt: null };

function heard(secondsAgo: number, forSeconds = 100): LastWord {
  const word = new LastWord(5000);
  for (let second = secondsAgo + forSeconds; second >= secondsAgo; second -= 1) word.say(now - second * 1000);
  return word;
}

function look(skills: readonly [Partial<SkillEntry>, Partial<SkillRecord>][], more: Partial<StatusEvidence> = {}) {
  const entries = skills.map(([entry], index) => ({ ...skill, name: `s${index}`, freshWithinMs: 4000, ...entry }));
  const records = new Map(skills.map(([, record], index) => [`s${index}`, { ...never, ...record }]));
  const evidence: StatusEvidence = {
    session: heard(0),
    runtime: heard(0),
    troubles: [],
    skills: entries,
    record: (name) => records.get(name),
    settleMs: 10_000,
    ...more,
  };
  return systemStatus(evidence, at, now);
}

const success = (secondsAgo: number) => ({ lastSuccessAt: at - secondsAgo * 1000, lastOutcome: 'succeeded' as const });

describe('status', () => {
  it('is operational when every layer is heard and every skill fresh', () => {
    const status = look([[{}, success(3)]]);
    expect(status).toMatchObject({
      status: 'operational',
      summary: 'All layers answer, 1 skill runs: operational',
      layers: { session: { state: 'ok' }, gateway: { state: 'ok' }, runtime: { state: 'ok', ageSeconds: 0 } },
      skills: [{ name: 's0', fresh: true, lastOutcome: 'succeeded' }],
    });
  });

  it('calls a silent session layer unknown, and the whole degraded', () => {
    const status = look([[{}, success(3)]], { session: heard(7) });
    expect(status).toMatchObject({ status: 'degraded', layers: { session: { state: 'unknown', ageSeconds: 7 } } });
    expect(status.summary).toBe('Session layer silent for 7 s: degraded');
  });

  it('is down when neither of the other layers is heard', () => {
    const status = look([], { session: new LastWord(3000), runtime: heard(60) });
    expect(status.status).toBe('down');
    expect(status.summary).toBe('Session layer not heard of yet, runtime layer silent for 60 s: down');
  });

  it.each<[string, Partial<SkillEntry>, Partial<SkillRecord>, number, number, unknown]>([
    ['a success within its bound', {}, success(4), 0, 100, true],
    ['none for longer', {}, success(5), 0, 100, false],
    ['none ever', {}, {}, 0, 100, false],
    ['none yet, for the skill is new', {}, { knownSince: at - 3000 }, 0, 100, 'unknown'],
    ['none for longer, while the runtime is silent', {}, success(5), 6, 100, 'unknown'],
    ['a success within its bound, while the runtime is silent', { freshWithinMs: 60_000 }, success(20), 6, 100, true],
    ['none for longer, while the runtime has only just come back', {}, success(50), 0, 5, 'unknown'],
    ['nothing expected', { freshWithinMs: null }, {}, 0, 100, null],
  ])('judges freshness: %s', (_what, entry, record, silentSeconds, forSeconds, fresh) => {
    const status = look([[entry, record]], { runtime: heard(silentSeconds, forSeconds) });
    expect(status.skills[0]?.fresh).toBe(fresh);
    expect(status.status).toBe(fresh === false || silentSeconds > 0 ? 'degraded' : 'operational');
  });

  it('tells of skills with a problem, and of its own troubles', () => {
    const status = look(
      [
        [{ problem: 'no command', freshWithinMs: null }, {}],
        [{}, success(1)],
      ],
      { troubles: ['the disk is full'] },
    );
    expect(status.summary).toBe('The disk is full, 1 of 2 skills with a problem: degraded');
    expect(status.skills[0]).toMatchObject({ problem: 'no command', fresh: null });
  });
});
