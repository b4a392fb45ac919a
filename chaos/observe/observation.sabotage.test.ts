import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ObservedSystem, wait } from './testing/observed-system.ts';

describe.concurrent('observation of a system that misbehaves', () => {
  it('finds acknowledged messages that are gone', { timeout: 60_000 }, async () => {
    await using observed = await ObservedSystem.start({}, ({ session }) => {
      session.misbehaviour.forgetsMessages = true;
    });
    const metrics = await observed.shortRun();
    expect(metrics.get('chaos_durable_lost_total{what="message"}')).toBeGreaterThan(0);
  });

  it('finds entries that come twice', { timeout: 60_000 }, async () => {
    await using observed = await ObservedSystem.start({}, ({ session }) => {
      session.misbehaviour.repeatsEntries = true;
    });
    const metrics = await observed.shortRun();
    expect(metrics.get('chaos_durable_doubled_total{what="event"}')).toBeGreaterThan(0);
  });

  it('finds events that never come', { timeout: 60_000 }, async () => {
    await using observed = await ObservedSystem.start({}, ({ session }) => {
      session.misbehaviour.withholdsEvents = true;
    });
    const metrics = await observed.shortRun();
    expect(metrics.get('chaos_durable_lost_total{what="event"}')).toBeGreaterThan(0);
  });

  it('finds slots that were done twice', { timeout: 60_000 }, async () => {
    await using observed = await ObservedSystem.start({}, ({ runtime }) => {
      runtime.doubles = true;
    });
    const metrics = await observed.shortRun();
    expect(metrics.get('chaos_schedule_slots_doubled_total{skill="local",phase="before"}')).toBeGreaterThan(0);
    expect(metrics.get('chaos_durable_doubled_total{what="run"}')).toBeGreaterThan(0);
  });

  it('does not believe a ledger without effects', { timeout: 60_000 }, async () => {
    await using observed = await ObservedSystem.start({}, ({ runtime }) => {
      runtime.lies = true;
    });
    const metrics = await observed.shortRun();
    const outcome = (name: string) =>
      metrics.get(`chaos_skill_outcomes_total{skill="local",phase="before",outcome="${name}"}`);
    expect(metrics.get('chaos_disagreements_total{between="ledger-without-effect"}')).toBeGreaterThan(0);
    expect(outcome('missed')).toBeGreaterThan(0);
    expect(outcome('success')).toBe(0);
  });

  it("compares the runtime's own counter with the ledger", { timeout: 60_000 }, async () => {
    await using observed = await ObservedSystem.start({}, ({ runtime }) => {
      runtime.counterOffset = 7;
    });
    const metrics = await observed.shortRun();
    expect(metrics.get('chaos_disagreements_total{between="counter"}')).toBe(1);
  });

  it.each(['removed', 'emptied'])('notices effects that were %s', { timeout: 60_000 }, async (how) => {
    await using observed = await ObservedSystem.start();
    const { observation, system } = observed;
    await observed.steady();
    observation.enter('before');
    await wait(1500);
    system.runtime.skips = true;
    const file = join(system.home, 'effects', 'local.ndjson');
    if (how === 'removed') rmSync(file);
    else writeFileSync(file, '');
    await observation.finish();
    const metrics = await observed.scrape();
    expect(metrics.get('chaos_disagreements_total{between="effects-changed"}')).toBeGreaterThan(0);
    expect(metrics.get('chaos_disagreements_total{between="ledger-without-effect"}')).toBeGreaterThan(0);
  });

  it('says what it could not read, and counts nothing as checked', { timeout: 90_000 }, async () => {
    await using observed = await ObservedSystem.start();
    const { observation, system } = observed;
    await observed.steady();
    observation.enter('before');
    await wait(1000);
    // Health is still answered, so nothing is known to be gone; but what is read at the end is not.
    system.isMute = true;
    const { problems, gone } = await observation.finish();
    const metrics = await observed.scrape();
    expect(gone).toEqual([]);
    expect(problems.join('\n')).toContain('history');
    expect(problems.join('\n')).toContain('outcomes of the skills');
    expect(metrics.get('chaos_durable_checked_total{what="message"}')).toBe(0);
    expect(metrics.get('chaos_skill_outcomes_total{skill="local",phase="before",outcome="success"}')).toBe(0);
  });

  it('counts what was promised by layers that are gone as lost', { timeout: 90_000 }, async () => {
    await using observed = await ObservedSystem.start();
    const { observation, system } = observed;
    await observed.steady();
    observation.enter('before');
    await wait(4500);
    observation.enter('during');
    await system.cut('observer-session').refuse();
    await system.cut('observer-runtime').refuse();
    system.runtime.skips = true;
    await wait(2500);
    const { problems, gone } = await observation.finish();
    const metrics = await observed.scrape();
    expect(problems).toEqual([]);
    expect(gone).toEqual(['session', 'runtime']);
    const messages = metrics.get('chaos_durable_checked_total{what="message"}');
    expect(messages).toBeGreaterThan(0);
    expect(metrics.get('chaos_durable_lost_total{what="message"}')).toBe(messages);
    const outcome = (phase: string, name: string) =>
      metrics.get(`chaos_skill_outcomes_total{skill="local",phase="${phase}",outcome="${name}"}`);
    expect(outcome('before', 'success')).toBeGreaterThan(0);
    expect([outcome('before', 'failed'), outcome('before', 'missed')]).toEqual([0, 0]);
    expect(outcome('during', 'missed')).toBeGreaterThan(0);
  });

  it('blames itself if no node at all is to be reached', { timeout: 90_000 }, async () => {
    await using observed = await ObservedSystem.start();
    const { observation, system } = observed;
    await observed.steady();
    observation.enter('before');
    for (const node of ['session', 'gateway', 'runtime']) await system.cut(`observer-${node}`).refuse();
    await wait(1500);
    const { problems } = await observation.finish();
    expect(problems.join()).toContain('no node answered');
  });

  it('goes on when its story cannot be written down, and says that it could not', { timeout: 90_000 }, async () => {
    const full = () => {
      throw new Error('no space left on device');
    };
    await using observed = await ObservedSystem.start({}, () => {}, full);
    await observed.shortRun(1500);
    const { problems } = await observed.observation.finish();
    expect(problems).toEqual([expect.stringContaining('no space left on device')]);
  });

  it('observes nothing of a layer whose prober is broken', { timeout: 60_000 }, async () => {
    await using observed = await ObservedSystem.start();
    const { observation, system } = observed;
    await observed.steady();
    observation.enter('before');
    await wait(1000);
    // The address is gone: every probe of this view throws.
    const cut = system.cut('client-gateway');
    delete system.cuts['client-gateway'];
    await wait(2500);
    expect(observation.snapshot().layers.gateway?.user).toBe('unknown');
    expect(observation.goodForMs()).toBe(0);
    system.cuts['client-gateway'] = cut;
    await observation.finish();
    const metrics = await observed.scrape();
    const window = metrics.get('chaos_window_seconds_total{phase="before"}') ?? 0;
    const labels = '{layer="gateway",vantage="user",phase="before"}';
    expect(metrics.get(`chaos_layer_observed_seconds_total${labels}`)).toBeLessThan(window - 2);
  });
});
