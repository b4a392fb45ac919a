import { describe, expect, it, vi } from 'vitest';
import { nowMs } from './clock.ts';
import { fault, ObservedSystem, wait } from './testing/observed-system.ts';

describe.concurrent('observation', () => {
  it('sees a cut link from injection to recovery, and nothing lost', { timeout: 60_000 }, async () => {
    await using observed = await ObservedSystem.start();
    const { observation, system, journal } = observed;
    await observed.steady(1500);
    observation.enter('before');
    await wait(2000);
    observation.enter('during');
    const injectedMs = nowMs();
    observation.injected(fault.name, injectedMs);
    await system.cut('client-session').refuse();
    observation.proved(fault.name, true);
    await vi.waitFor(() => expect(observation.snapshot().layers.session?.user).toBe('bad'));
    expect(observation.snapshot().layers.session?.observer).toBe('ok');
    expect(observation.goodForMs()).toBe(0);
    await wait(3200);
    expect(observation.recovered(fault.name)).toBe(false);
    const healedMs = nowMs();
    observation.healed(fault.name, healedMs);
    await system.cut('client-session').allow();
    await vi.waitFor(() => expect(observation.recovered(fault.name)).toBe(true), { timeout: 20_000, interval: 100 });
    observation.enter('after');
    await wait(1000);
    const summary = await observation.finish();
    const metrics = await observed.scrape();
    const view = `{fault="${fault.name}",layer="session",vantage="user"}`;
    const endToEnd = `{fault="${fault.name}",layer="end-to-end",vantage="user"}`;

    expect(summary.problems).toEqual([]);
    expect(summary.disagreements).toEqual([]);
    expect(metrics.get('chaos_recorder_sequence')).toBe(summary.sequence);
    const onset = metrics.get(`chaos_fault_onset_timestamp_seconds${view}`) ?? 0;
    expect(onset).toBeGreaterThanOrEqual(injectedMs / 1000);
    expect(onset - injectedMs / 1000).toBeLessThan(1);
    expect(metrics.get(`chaos_fault_good_probes_total${view}`)).toBe(0);
    expect(metrics.get(`chaos_fault_outages_total${view}`)).toBe(1);
    expect(metrics.get(`chaos_fault_outages_total{fault="${fault.name}",layer="gateway",vantage="user"}`)).toBe(0);
    expect(metrics.get(`chaos_fault_recovery_start_timestamp_seconds${view}`)).toBeCloseTo(healedMs / 1000, 3);
    for (const who of [view, endToEnd]) {
      const recovered = metrics.get(`chaos_fault_recovered_timestamp_seconds${who}`) ?? 0;
      expect(recovered).toBeGreaterThan(healedMs / 1000);
      expect(recovered - healedMs / 1000).toBeLessThan(5);
      expect(metrics.get(`chaos_fault_unrecovered${who}`)).toBe(0);
    }
    // Times of a layer that the fault left alone are not written.
    expect([...metrics.keys()].filter((key) => key.includes('timestamp') && key.includes('"gateway"'))).toEqual([]);
    expect(metrics.get(`chaos_fault_disconnects_total{fault="${fault.name}",layer="session"}`)).toBe(1);
    expect(
      metrics.get(`chaos_schedule_slots_exposed_total{skill="local",fault="${fault.name}"}`),
    ).toBeGreaterThanOrEqual(3);
    const seconds = (what: string, phase: string) =>
      metrics.get(`chaos_layer_${what}_seconds_total{layer="session",vantage="user",phase="${phase}"}`) ?? Number.NaN;
    expect(seconds('available', 'before')).toBeCloseTo(seconds('observed', 'before'), 6);
    expect(seconds('observed', 'during')).toBeGreaterThan(3);
    expect(seconds('available', 'during')).toBeLessThan(seconds('observed', 'during') - 3);
    for (const phase of ['before', 'during', 'after']) {
      const window = metrics.get(`chaos_window_seconds_total{phase="${phase}"}`) ?? Number.NaN;
      expect(seconds('observed', phase) / window).toBeGreaterThan(0.9);
      const slots = (what: string) => metrics.get(`chaos_schedule_slots_${what}_total{skill="local",phase="${phase}"}`);
      expect(slots('due')).toBeGreaterThan(0);
      expect(slots('executed')).toBe(slots('due'));
      expect(slots('in_time')).toBe(slots('due'));
      expect(slots('doubled')).toBe(0);
      expect(metrics.get(`chaos_skill_outcomes_total{skill="local",phase="${phase}",outcome="success"}`)).toBe(
        slots('due'),
      );
    }
    for (const what of ['message', 'run', 'event', 'session']) {
      expect(metrics.get(`chaos_durable_checked_total{what="${what}"}`)).toBeGreaterThan(0);
      expect(metrics.get(`chaos_durable_lost_total{what="${what}"}`)).toBe(0);
      expect(metrics.get(`chaos_durable_doubled_total{what="${what}"}`)).toBe(0);
    }
    const kinds = new Set(journal.map(({ kind }) => kind));
    for (const kind of ['probe', 'phase', 'slot', 'user', 'round-trip', 'summary']) expect(kinds).toContain(kind);
    const traces = journal
      .filter(({ kind }) => kind === 'round-trip')
      .map((record) => (record as { trace?: string }).trace);
    for (const trace of traces) expect(trace).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(traces).size).toBe(traces.length);
    // Each message begins a trace of its own.
    expect(new Set(system.session.traceparents).size).toBeGreaterThan(2);
    for (const traceparent of system.session.traceparents) expect(traceparent).toMatch(/-01$/);
  });

  it('makes every counter series exist at 0, and no timestamp, before anything happened', async () => {
    await using observed = await ObservedSystem.start();
    const metrics = await observed.scrape();
    const names = [...metrics.keys()];
    const without = ['chaos_recorder_sequence'];
    for (const [series, value] of metrics) if (!without.includes(series)) expect([series, value]).toEqual([series, 0]);
    expect(names.filter((series) => series.includes('timestamp') || series.includes('lateness'))).toEqual([]);
    for (const phase of ['before', 'during', 'after']) {
      expect(names).toContain(`chaos_schedule_slots_due_total{skill="local",phase="${phase}"}`);
      expect(names).toContain(`chaos_skill_outcomes_total{skill="local",phase="${phase}",outcome="missed"}`);
      expect(names).toContain(
        `chaos_layer_observed_seconds_total{layer="runtime",vantage="observer",phase="${phase}"}`,
      );
      expect(names).not.toContain(
        `chaos_layer_observed_seconds_total{layer="runtime",vantage="user",phase="${phase}"}`,
      );
    }
    expect(names).toContain(`chaos_fault_outages_total{fault="${fault.name}",layer="session",vantage="user"}`);
    expect(names).toContain('chaos_operator_checks_total{said="degraded",truth="operational",phase="after"}');
    expect(names.filter((series) => series.startsWith('chaos_disagreements_total')).length).toBeGreaterThan(2);
  });

  it('is not steady while a skill does not run, or before it ran', { timeout: 30_000 }, async () => {
    await using observed = await ObservedSystem.start({}, ({ runtime }) => {
      runtime.skips = true;
    });
    const { observation, system } = observed;
    await wait(4000);
    expect(observation.goodForMs()).toBe(0);
    system.runtime.skips = false;
    await observed.steady(500);
  });

  it("checks the operator's shell check against what was true", { timeout: 40_000 }, async () => {
    await using observed = await ObservedSystem.start({ operatorCheck: true });
    const { observation, system } = observed;
    await observed.steady();
    observation.enter('before');
    await vi.waitFor(() => expect(observation.snapshot().operatorSaid).toBe('operational'), { timeout: 5000 });
    // A check that began before the phase does not count.
    await wait(2500);
    await system.cut('observer-gateway').refuse();
    system.shellSays = async () => 'FAIL\n\n3\n';
    await vi.waitFor(() => expect(observation.snapshot().operatorSaid).toBe('degraded'), { timeout: 5000 });
    await wait(2500);
    system.shellSays = async () => '{"status":"ok"}\n3\n';
    await wait(2500);
    await system.cut('observer-gateway').allow();
    await wait(500);
    const summary = await observation.finish();
    const metrics = await observed.scrape();
    expect(
      metrics.get('chaos_operator_checks_total{said="operational",truth="operational",phase="before"}'),
    ).toBeGreaterThan(0);
    expect(metrics.get('chaos_operator_checks_total{said="degraded",truth="degraded",phase="before"}')).toBeGreaterThan(
      0,
    );
    // It said so while the gateway was still down.
    expect(
      metrics.get('chaos_operator_checks_total{said="operational",truth="degraded",phase="before"}'),
    ).toBeGreaterThan(0);
    expect(metrics.get('chaos_operator_checks_total{said="degraded",truth="operational",phase="before"}')).toBe(0);
    expect(summary.operator?.wrong.length).toBeGreaterThan(0);
  });

  it('does not hold against the time before a fault what the fault did to probes in flight', {
    timeout: 60_000,
  }, async () => {
    await using observed = await ObservedSystem.start();
    const { observation, system } = observed;
    await observed.steady();
    observation.enter('before');
    await wait(1000);
    system.cut('client-session').swallow();
    await wait(500);
    observation.enter('during');
    observation.injected(fault.name, nowMs());
    await wait(2500);
    observation.healed(fault.name, nowMs());
    await system.cut('client-session').allow();
    const { views } = await observation.finish();
    const session = views.find(({ layer, vantage }) => layer === 'session' && vantage === 'user');
    expect(session?.void).toBeGreaterThanOrEqual(3);
    const { observed: seconds, available } = session?.seconds.before ?? {};
    expect(available).toBeCloseTo(seconds ?? Number.NaN, 6);
    expect(session?.seconds.during.available).toBeLessThan((session?.seconds.during.observed ?? 0) - 1.5);
  });

  it('tells which run is in progress', { timeout: 30_000 }, async () => {
    await using observed = await ObservedSystem.start();
    const { observation, system } = observed;
    expect(await observation.skillRunning()).toBeUndefined();
    const now = Date.now();
    const row = { sequence: 9999, id: 'local@1', skill: 'local', trigger: 'schedule', dueAt: 1, attempt: 1 };
    system.rows.push({ ...row, state: 'running', outcome: null, startedAt: now, finishedAt: null });
    expect(await observation.skillRunning()).toBe('local@1');
    expect(await observation.skillFinished('local@1')).toBeUndefined();
    // Whatever the ledger says: by its effect, this one is over.
    const over = await vi.waitFor(
      async () => {
        const finished = system.rows.find(({ state }) => state === 'finished');
        expect(await observation.skillFinished(finished?.id ?? '')).toBeGreaterThan(0);
        return finished;
      },
      { timeout: 20_000, interval: 100 },
    );
    for (const one of system.rows) one.state = one === over ? 'running' : 'finished';
    expect(await observation.skillRunning()).toBeUndefined();
  });
});
