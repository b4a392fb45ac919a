/** The check against layers that answer well, badly, or not at all. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeLayers } from './fake-layers.fixture.ts';
import { checkHealth } from './health-check.ts';
import { healthReport } from './health-report.ts';
import { healthText } from './health-text.ts';
import { plain } from './style.ts';

const minute = 60_000;

describe('the health check', () => {
  let layers: FakeLayers;
  let home: string;
  beforeEach(async () => {
    layers = await FakeLayers.start();
    home = mkdtempSync(join(tmpdir(), 'openclaw-health-'));
  });
  afterEach(async () => {
    await layers[Symbol.asyncDispose]();
    rmSync(home, { recursive: true });
  });

  const check = async () => healthReport.parse(await checkHealth(layers.operated(home)));
  const tell = (...skills: readonly object[]) => layers.say('runtime', '/v1/skills', { skills });
  const beat = (ageMs: number, more: object = {}) => ({
    name: 'beat',
    schedule: 'every: 1m',
    freshWithinMs: 2 * minute,
    lastRun: { id: 'r', outcome: 'succeeded', finishedAt: Date.now() - ageMs },
    lastSuccessAt: Date.now() - ageMs,
    ...more,
  });
  /** A skill of the home, whose last word is that old. */
  const skillFile = (schedule: string, statusLine?: string) => {
    mkdirSync(join(home, 'skills', 'beat'), { recursive: true });
    mkdirSync(join(home, 'skills', 'status'), { recursive: true });
    const metadata = { openclaw: { schedule, command: 'true', timeout: '1s' } };
    const front = JSON.stringify({ name: 'beat', description: 'Test.', metadata });
    writeFileSync(join(home, 'skills', 'beat', 'SKILL.md'), `---\n${front}\n---\n`);
    if (statusLine !== undefined) writeFileSync(join(home, 'skills', 'status', 'beat.txt'), statusLine);
  };
  const status = (word: string, ageMs: number) =>
    `status=${word},timestamp=${new Date(Date.now() - ageMs).toISOString()},run=beat@1\n`;

  it('is operational when everything answers and is fresh, and says who asks', async () => {
    tell(beat(minute));
    expect(await check()).toMatchObject({ status: 'operational', skillsFrom: 'runtime', problems: [] });
    const asked = layers.heard.find(({ path }) => path === '/v1/skills');
    expect(asked?.headers.authorization).toBe('Bearer test-token');
  });

  it('judges by the schedule of the skill itself', async () => {
    tell(beat(3 * minute), { ...beat(3 * minute), name: 'hourly', freshWithinMs: 65 * minute });
    const { skills, sentence } = await check();
    expect(skills.map(({ state }) => state)).toEqual(['stale', 'ok']);
    expect(sentence).toBe('All layers up, 1 of 2 skills running (beat stale): degraded');
  });

  it('is not down for what was not due while the machine was off', async () => {
    tell(beat(600 * minute));
    const where = { ...layers.operated(home), startedAt: Date.now() - 1000 };
    expect((await checkHealth(where)).sentence).toBe('All layers up, no skill due yet: operational');
  });

  it('goes on with the skills when the gateway is down', async () => {
    tell(beat(1000));
    await layers.stop('gateway');
    const { sentence, layers: told } = await check();
    expect(sentence).toBe('Gateway down, skills running: degraded');
    expect(told[1]?.reasons).toEqual(['does not run: nothing listens there']);
  });

  it('does not take silence for an answer', async () => {
    tell(beat(1000));
    layers.answers.set('session /health', 'silent');
    const { sentence, layers: told } = await check();
    expect(sentence).toBe('Session layer down, skills running: degraded');
    expect(told[0]?.reasons).toEqual(['gave no answer within 1500 ms']);
  });

  it.each<[string, () => void, string]>([
    [
      'another layer',
      () => layers.say('session', '/health', { status: 'ok', layer: 'runtime' }),
      'the runtime answers there',
    ],
    [
      'something else',
      () => layers.say('session', '/health', 'hello'),
      'something else answers there, not the session layer',
    ],
    ['an error', () => layers.say('session', '/health', {}, 500), '/health answered 500'],
  ])('does not take %s for a layer', async (_title, arrange, reason) => {
    arrange();
    expect((await check()).layers[0]).toMatchObject({ state: 'down', reasons: [reason] });
  });

  it.each<[string, () => void, object]>([
    [
      'that is starting',
      () => layers.say('session', '/ready', { ready: false }, 503),
      { state: 'not-ready', reasons: ['is starting or closing'] },
    ],
    [
      'that says so itself',
      () => layers.say('session', '/health', { status: 'degraded', layer: 'session', degraded: ['disk full'] }),
      { state: 'degraded', reasons: ['disk full'] },
    ],
  ])('tells of a layer %s', async (_title, arrange, expected) => {
    arrange();
    expect((await check()).layers[0]).toMatchObject(expected);
  });

  it.each<[string, () => void, string]>([
    [
      'that a layer cannot reach the gateway',
      () =>
        layers.say('runtime', '/health', { status: 'ok', layer: 'runtime', links: { gateway: { reachable: false } } }),
      'the runtime cannot reach the gateway',
    ],
    [
      'that the gateway has not heard from a layer',
      () => layers.say('gateway', '/v1/status', { layers: { runtime: { state: 'unknown', ageSeconds: 41.2 } } }),
      'the gateway has not heard from the runtime for 41 s',
    ],
    [
      'that the gateway does not tell',
      () => layers.say('gateway', '/v1/status', { detail: 'who are you?' }, 401),
      "the gateway's /v1/status answered 401: who are you?",
    ],
    [
      'that the runtime does not tell',
      () => layers.say('runtime', '/v1/skills', {}, 401),
      'the runtime does not tell of its skills: it refused the token: set OPENCLAW_TOKEN, or OPENCLAW_HOME to the home that it uses',
    ],
  ])('is not satisfied with layers that are up: it says %s', async (_title, arrange, problem) => {
    skillFile('every: 1m', status('succeeded', 1000));
    tell(beat(1000));
    arrange();
    expect(await check()).toMatchObject({
      status: 'degraded',
      sentence: `All layers up, skills running, but ${problem}: degraded`,
    });
  });

  it.each<[string, string, string | undefined, string, string]>([
    ['succeeded lately', 'every: 1m', status('succeeded', minute), 'ok', 'degraded'],
    ['failed lately', 'every: 1m', status('failed', minute), 'failing', 'degraded'],
    ['succeeded too long ago for its schedule', 'every: 1m', status('succeeded', 30 * minute), 'stale', 'down'],
    ['succeeded lately enough for an hourly one', 'every: 1h', status('succeeded', 30 * minute), 'ok', 'degraded'],
    ['has a status that cannot be read', 'every: 1m', 'status=succeeded,timestamp=soon\n', 'waiting', 'down'],
    ['has no status', 'every: 1m', undefined, 'waiting', 'down'],
    ['has a bad SKILL.md', 'sometimes', status('succeeded', 1000), 'problem', 'down'],
  ])('without the runtime, by its status file: a skill that %s', async (_title, schedule, line, state, overall) => {
    skillFile(schedule, line);
    await layers.stop('runtime');
    const report = await check();
    expect(report).toMatchObject({ status: overall, skillsFrom: 'status-files' });
    expect(report.skills.map((skill) => skill.state)).toEqual([state]);
  });

  it('knows nothing where nobody tells', async () => {
    await layers.stop('runtime');
    expect(await check()).toMatchObject({ status: 'down', skillsFrom: 'nobody' });
  });

  it('is a table and a sentence for people', async () => {
    tell(beat(1000, { nextDueAt: Date.now() + 59_900 }));
    await layers.stop('session');
    const lines = healthText(await check(), plain).split('\n');
    expect(lines[0]).toMatch(/^ {2}layer {4}state {2}up {3}address$/);
    expect(lines[1]).toMatch(/^ {2}session {2}down {3}– {4}http:\S+ {2}does not run: nothing listens there$/);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}beat {3}ok {5}succeeded 1 s ago {2}1 s ago {7}in 59 s$/));
    expect(lines.at(-1)).toBe('Session layer down, skills running: degraded');
  });
});
