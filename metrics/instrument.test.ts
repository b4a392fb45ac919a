import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { instrument } from './instrument.ts';
import { introduceLayer, introduceSkill, retireSkill } from './introduce.ts';

const seriesOf = async (registry: Registry, name: string) =>
  (await registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
const many = 10_000;
const names = Array.from({ length: many }, (_, index) => `${Math.random().toString(36).slice(2)}-${index}`);

describe('an instrument', () => {
  it('is made once', () => {
    const registry = new Registry();
    expect(instrument(registry, 'openclaw_session_connections')).toBe(
      instrument(registry, 'openclaw_session_connections'),
    );
    expect(instrument(new Registry(), 'openclaw_session_connections')).not.toBe(
      instrument(registry, 'openclaw_session_connections'),
    );
  });

  it('is made anew in a registry that was cleared', async () => {
    const registry = new Registry();
    instrument(registry, 'openclaw_session_connections').set(3);
    registry.clear();
    instrument(registry, 'openclaw_session_connections').set(4);
    expect(await registry.metrics()).toContain('\nopenclaw_session_connections 4\n');
  });

  it('counts, sets and observes, with labels and without', async () => {
    const registry = new Registry();
    instrument(registry, 'openclaw_session_events_total').inc();
    instrument(registry, 'openclaw_session_events_total').inc(2);
    instrument(registry, 'openclaw_session_messages_total').inc({ result: 'new' });
    instrument(registry, 'openclaw_session_messages_total').inc({ result: 'new' }, 4);
    instrument(registry, 'openclaw_session_connections').set(7);
    instrument(registry, 'openclaw_skill_running').set({ skill: 'a' }, 1);
    instrument(registry, 'openclaw_skill_run_duration_seconds').observe(0.2);
    const text = await registry.metrics();
    expect(text).toContain('\nopenclaw_session_events_total 3\n');
    expect(text).toContain('\nopenclaw_session_messages_total{result="new"} 5\n');
    expect(text).toContain('\nopenclaw_session_connections 7\n');
    expect(text).toContain('\nopenclaw_skill_running{skill="a"} 1\n');
    expect(text).toContain('\nopenclaw_skill_run_duration_seconds_bucket{le="0.25"} 1\n');
  });

  it('takes no label value but those of the catalogue: a type error, and `other` if it gets past that', async () => {
    const registry = new Registry();
    const messages = instrument(registry, 'openclaw_session_messages_total');
    // @ts-expect-error not in the list
    messages.inc({ result: 'lost' });
    // @ts-expect-error no such label
    messages.inc({ result: 'new', session: 'a' });
    // @ts-expect-error a label is missing
    messages.inc();
    // @ts-expect-error not in the catalogue
    expect(() => instrument(registry, 'openclaw_surprises_total')).toThrow();
    expect(await seriesOf(registry, 'openclaw_session_messages_total')).toEqual([
      'openclaw_session_messages_total{result="new"} 1',
      'openclaw_session_messages_total{result="duplicate"} 0',
      'openclaw_session_messages_total{result="other"} 2',
    ]);
  });
});

describe('zeros', () => {
  it('of counters stand there before anything is counted, in each layer its own', async () => {
    const registry = new Registry();
    introduceLayer(registry, 'session');
    const text = await registry.metrics();
    expect(text).toContain('openclaw_session_deliveries_total{result="given-up"} 0');
    expect(text).toContain('openclaw_auth_failures_total{layer="session"} 0');
    expect(text).toContain('openclaw_spans_total{layer="session",result="dropped"} 0');
    expect(text).not.toMatch(/layer="(gateway|runtime)"|openclaw_gateway_messages_total|openclaw_skill_|chaos_/);
  });

  it('are never given to timestamps, nor to anything with a label that only time can tell', async () => {
    for (const layer of ['session', 'gateway', 'runtime', 'harness'] as const) {
      const registry = new Registry();
      introduceLayer(registry, layer);
      introduceSkill(registry, 'beat');
      const lines = (await registry.metrics()).split('\n').filter((line) => !line.startsWith('#'));
      expect(lines.filter((line) => /_timestamp_seconds|_info|http_route|file=|fault=/.test(line))).toEqual([]);
    }
  });

  it('are not given to gauges, labels or none: nobody has measured them', async () => {
    const registry = new Registry();
    introduceLayer(registry, 'runtime');
    expect(await seriesOf(registry, 'openclaw_outbox_pending')).toEqual([]);
    instrument(registry, 'openclaw_outbox_pending').set(0);
    expect(await seriesOf(registry, 'openclaw_outbox_pending')).toEqual(['openclaw_outbox_pending 0']);
  });

  it('of a skill are the common ones', async () => {
    const registry = new Registry();
    introduceSkill(registry, 'beat');
    expect(await seriesOf(registry, 'openclaw_skill_runs_total')).toEqual(
      ['succeeded', 'failed', 'timed-out'].map(
        (outcome) => `openclaw_skill_runs_total{skill="beat",outcome="${outcome}"} 0`,
      ),
    );
    expect(await seriesOf(registry, 'openclaw_skill_slots_total')).toEqual(
      ['claimed', 'caught-up', 'missed'].map((fate) => `openclaw_skill_slots_total{skill="beat",fate="${fate}"} 0`),
    );
    expect(await seriesOf(registry, 'openclaw_skill_slots_missed_total')).toEqual([]);
  });
});

describe('10,000 names from outside', () => {
  it('make at most as many series as their label is bounded to, and one of others, which loses no count', async () => {
    const registry = new Registry();
    const runs = instrument(registry, 'openclaw_skill_runs_total');
    const retries = instrument(registry, 'openclaw_skill_retries_total');
    for (const skill of names) {
      runs.inc({ skill, outcome: 'failed' });
      retries.inc({ skill });
    }
    const failed = await seriesOf(registry, 'openclaw_skill_runs_total');
    expect(failed).toHaveLength(2001);
    expect(failed).toContain(`openclaw_skill_runs_total{skill="other",outcome="failed"} ${many - 2000}`);
    expect(await seriesOf(registry, 'openclaw_skill_retries_total')).toHaveLength(2001);
  });

  it('are shown by no gauge beyond the bound: states cannot be added up', async () => {
    const registry = new Registry();
    for (const skill of names) instrument(registry, 'openclaw_skill_backoff').set({ skill }, 1);
    const paused = await seriesOf(registry, 'openclaw_skill_backoff');
    expect(paused).toHaveLength(2000);
    expect(paused.join()).not.toContain('other');
  });

  it('leave a skill alone that is called `other`', async () => {
    const registry = new Registry();
    const paused = instrument(registry, 'openclaw_skill_backoff');
    paused.set({ skill: 'other' }, 1);
    for (const skill of names) paused.set({ skill }, 0);
    expect(await seriesOf(registry, 'openclaw_skill_backoff')).toContain('openclaw_skill_backoff{skill="other"} 1');
  });

  it('leave their places when they are gone', async () => {
    const registry = new Registry();
    for (const skill of names) {
      introduceSkill(registry, skill);
      instrument(registry, 'openclaw_skill_runs_total').inc({ skill, outcome: 'unknown' });
      instrument(registry, 'openclaw_skill_fresh_within_seconds').set({ skill }, 60);
      retireSkill(registry, skill);
    }
    introduceSkill(registry, 'last');
    const text = await registry.metrics();
    expect(text).toContain('openclaw_skill_runs_total{skill="last",outcome="failed"} 0');
    expect(text.match(/^[a-z_]+\{.*skill="(?!last)/gm)).toBeNull();
  });

  it('as routes are bounded too', async () => {
    const registry = new Registry();
    const durations = instrument(registry, 'http_server_request_duration_seconds');
    for (const name of names) {
      durations.observe({ http_request_method: 'GET', http_route: `/${name}`, http_response_status_code: '200' }, 0.1);
    }
    expect(await seriesOf(registry, 'http_server_request_duration_seconds_count')).toHaveLength(101);
  });
});

it('a scrape of 1,000 skills that have all run, failed, been late and been missed is under 1 MiB', async () => {
  const registry = new Registry();
  introduceLayer(registry, 'runtime');
  for (let index = 0; index < 1000; index += 1) {
    const skill = `tiktok-poster-${String(index).padStart(4, '0')}`;
    introduceSkill(registry, skill);
    for (const outcome of ['succeeded', 'failed', 'timed-out'] as const)
      instrument(registry, 'openclaw_skill_runs_total').inc({ skill, outcome }, 12_345);
    for (const fate of ['claimed', 'missed', 'caught-up'] as const)
      instrument(registry, 'openclaw_skill_slots_total').inc({ skill, fate }, 12_345);
    instrument(registry, 'openclaw_skill_slots_missed_total').inc({ skill, reason: 'catch-up-window' }, 123);
    instrument(registry, 'openclaw_skill_running').set({ skill }, 1);
    instrument(registry, 'openclaw_skill_backoff').set({ skill }, 1);
    instrument(registry, 'openclaw_skill_last_success_timestamp_seconds').set({ skill }, 1_790_000_000.123);
    instrument(registry, 'openclaw_skill_fresh_within_seconds').set({ skill }, 86_460);
    instrument(registry, 'openclaw_skill_last_start_lateness_seconds').set({ skill }, 0.012);
    instrument(registry, 'openclaw_skill_run_seconds_total').inc({ skill }, 1234.567_000_000_1);
  }
  const text = await registry.metrics();
  expect(text.match(/skill="tiktok-poster-0999"/g)?.length).toBeGreaterThan(12);
  expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
});
