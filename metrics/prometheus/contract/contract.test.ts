/** The real Prometheus and ours, started alike and scraping the same play, must answer the whole corpus alike. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { alarmCourse } from './alarm.ts';
import { kindOf } from './answer.ts';
import { ask, type Side } from './ask.ts';
import type { Case } from './case.ts';
import { difference } from './compare.ts';
import { corpus } from './corpus/corpus.ts';
import { differences } from './corpus/differences.ts';
import { scraped } from './corpus/scraped.ts';
import { ourPrometheus, realPrometheus } from './prometheus-process.ts';
import { referencePrometheus } from './reference.ts';
import { openStage, playedOn, type Stage, sideOf } from './stage.ts';

const reference = referencePrometheus();

it('is run against the real server in CI', () => {
  expect(reference !== undefined || process.env.CI === undefined, 'CHAOS_REFERENCE_PROMETHEUS').toBe(true);
});

it('asks each question once, and no fewer than 150 queries', () => {
  const cases = [...Object.values(corpus).flat(), ...scraped];
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  expect(cases.filter(({ path }) => path.startsWith('/api/v1/query')).length).toBeGreaterThanOrEqual(150);
});

if (reference !== undefined) {
  describe('the real Prometheus and ours', () => {
    const stack = new AsyncDisposableStack();
    let stages: { readonly real: Stage; readonly ours: Stage };
    let real: Side;
    let ours: Side;

    beforeAll(async () => {
      const first = stack.use(await openStage(realPrometheus(reference)));
      stages = { real: first, ours: stack.use(await openStage(ourPrometheus, { baseMs: first.baseMs })) };
      await Promise.all([playedOn(stages.real), playedOn(stages.ours)]);
      const nowMs = Date.now();
      real = sideOf(stages.real, nowMs);
      ours = sideOf(stages.ours, nowMs);
    }, 120_000);
    afterAll(() => stack.disposeAsync());

    const alike = async (one: Case): Promise<void> => {
      const [expected, actual] = await Promise.all([ask(one, real), ask(one, ours)]);
      expect(kindOf(expected), `the real one answered ${expected.status} ${expected.text}`).toBe(one.expect);
      const found = difference(one, expected, actual);
      if (found !== undefined) expect.fail(found);
    };

    describe.each(Object.entries(corpus))('%s', (_, cases) => {
      it.each(cases)('$name', alike);
    });

    // On a busy machine a scrape of either may just have timed out: what lasts, counts.
    describe('scraped', () => {
      it.each(scraped)('$name', (one) =>
        vi.waitFor(
          () => {
            const nowMs = Date.now();
            real = sideOf(stages.real, nowMs);
            ours = sideOf(stages.ours, nowMs);
            return alike(one);
          },
          { timeout: 10_000, interval: 500 },
        ),
      );
    });

    describe.each(differences)('differ: $because', ({ cases, ours: { status, says }, deadly }) => {
      it.each(cases)('$name', async (one) => {
        const actual = await ask(one, ours);
        expect(actual.status).toBe(status);
        expect(actual.text).toContain(says);
        if (deadly) return;
        const expected = await ask(one, real);
        expect(kindOf(expected)).toBe(one.expect);
        expect(difference(one, expected, actual), 'no difference any more').toBeDefined();
      });
    });

    it('are of one version', async () => {
      const versions = await Promise.all([stages.real, stages.ours].map((stage) => versionOf(stage)));
      expect(versions[0]).toMatch(/^3\.\d+\.\d+$/);
      expect(versions[1]).toBe(versions[0]);
    });

    it.each(['plain', 'history', 'compressed', 'fallback', 'silent', 'moved?here', 'plain?a=b&%C3%BC=%26'])(
      'ask %s with the same headers',
      (path) => {
        const [expected, actual] = [stages.real, stages.ours].map((stage) => scrapeHeaders(stage, path));
        expect(expected).toHaveProperty('accept');
        expect(actual).toEqual(expected);
      },
    );

    it('take an alert through the same states', async () => {
      const [expected, actual] = await Promise.all([alarmCourse(stages.real), alarmCourse(stages.ours)]);
      for (const { states, pendingMs } of [expected, actual]) {
        expect(states).toEqual({ AlarmLingers: ['firing'], AlarmRaised: ['pending', 'firing'] });
        expect(pendingMs).toBeGreaterThanOrEqual(2_000);
      }
      expect(actual.points).toEqual(expected.points);
    }, 90_000);
  });
}

async function versionOf({ server }: Stage): Promise<string> {
  const response = await fetch(`${server.url}/api/v1/status/buildinfo`);
  const { data } = (await response.json()) as { data: { version: string } };
  return data.version;
}

/** What a target may answer by; not how the connection is kept. */
function scrapeHeaders({ target }: Stage, path: string): unknown {
  const { host, connection, ...rest } = target.askedWith(path) ?? {};
  return JSON.parse(JSON.stringify(rest).replaceAll(target.address, 'TARGET'));
}
