import { describe, expect, it } from 'vitest';
import { judgeSkill, type SeenSkill } from './judge-skill.ts';

const now = 1_800_000_000_000;
const minute = 60_000;
const hourly: SeenSkill = {
  enabled: true,
  schedule: '0 * * * *',
  freshWithinMs: 65 * minute,
  fresh: null,
  lastOutcome: 'succeeded',
  lastFinishedAt: now - 10 * minute,
  lastSuccessAt: now - 10 * minute,
  failures: 0,
  nextDueAt: now + 50 * minute,
  installedAt: now - 100 * 24 * 60 * minute,
  startedAt: now - 99 * 24 * 60 * minute,
  deferred: 0,
  problem: null,
  lastGoodRuns: false,
};
const never = { lastOutcome: null, lastFinishedAt: null, lastSuccessAt: null };
const old = { lastFinishedAt: now - 66 * minute, lastSuccessAt: now - 66 * minute };

describe('a skill', () => {
  it.each<[string, Partial<SeenSkill>, string]>([
    ['that succeeded lately', {}, 'ok'],
    ['that succeeded just within its bound', { lastSuccessAt: now - 65 * minute }, 'ok'],
    ['whose last success is too old', old, 'stale'],
    ['whose age would do for an hourly one, but is too old for itself', { freshWithinMs: 5 * minute }, 'stale'],
    ['that the runtime calls stale', { fresh: false }, 'stale'],
    ['that the runtime calls fresh while its last success is too old', { ...old, fresh: true }, 'stale'],
    ['that failed last', { lastOutcome: 'failed' }, 'failing'],
    ['that timed out last and has no success', { lastOutcome: 'timed-out', lastSuccessAt: null }, 'failing'],
    ['whose last run was lost with the ledger', { lastOutcome: 'unknown' }, 'failing'],
    ['that runs just now after failures', { ...never, failures: 3 }, 'failing'],
    ['that failed too long ago', { ...old, lastOutcome: 'failed' }, 'stale'],
    ['whose last run was cancelled, after a success', { lastOutcome: 'cancelled' }, 'ok'],
    ['that never ran and is new', { ...never, installedAt: now - minute }, 'waiting'],
    ['that never ran and has been there for long', never, 'stale'],
    ['that never ran, and nobody knows since when it is there', { ...never, installedAt: null }, 'stale'],
    ['whose machine was off', { ...old, startedAt: now - minute }, 'waiting'],
    ['whose machine was off after a failure', { ...old, lastOutcome: 'failed', startedAt: now - minute }, 'waiting'],
    ['that failed since the start', { lastOutcome: 'failed', startedAt: now - 20 * minute }, 'failing'],
    ['that has had its time since the start', { ...old, startedAt: now - 66 * minute }, 'stale'],
    ['that is too old, of a start that lies in the future', { ...old, startedAt: now + 2 * minute }, 'stale'],
    ['that is too old, and nobody knows since when it could run', { ...old, startedAt: null }, 'stale'],
    ['with deferred slots', { deferred: 2 }, 'deferred'],
    ['that is not enabled, however old', { enabled: false, ...never }, 'disabled'],
    ['without a schedule', { schedule: null, ...never }, 'on-request'],
    ['that cannot run', { problem: 'SKILL.md: line 3' }, 'problem'],
    ['that cannot run and is not enabled', { problem: 'SKILL.md: line 3', enabled: false }, 'problem'],
    ['whose last good version runs', { problem: 'SKILL.md: line 3', lastGoodRuns: true }, 'ok'],
    ['whose last good version is silent', { ...old, problem: 'SKILL.md: line 3', lastGoodRuns: true }, 'stale'],
    ['whose last success is in the future', { lastSuccessAt: now + 2 * minute }, 'unknown'],
    ['without a bound though it is due again', { freshWithinMs: null }, 'unknown'],
    ['whose schedule is over', { freshWithinMs: null, nextDueAt: null }, 'on-request'],
    ['whose schedule ended in a failure', { freshWithinMs: null, nextDueAt: null, lastOutcome: 'failed' }, 'failing'],
  ])('%s', (_title, seen, state) => {
    expect(judgeSkill({ ...hourly, ...seen }, now).state).toBe(state);
  });

  it('has a reason wherever it is not well', () => {
    expect(judgeSkill({ ...hourly, ...old }, now).reason).toBe('last succeeded 1 h 6 min ago; should within 1 h 5 min');
    expect(judgeSkill({ ...hourly, problem: 'no such program', lastGoodRuns: true }, now).reason).toBe(
      'no such program',
    );
  });
});
