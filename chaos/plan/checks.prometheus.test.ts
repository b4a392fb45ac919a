/** The queries of SLIs and checks against a real Prometheus: what is true against what comes out, and what comes out when something is missing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layersUp } from '../../metrics/promql-harness.ts';
import { type SliName, type SliParams, sliOf } from '../../metrics/slis.ts';
import { durables, operatorStates, phases } from '../../metrics/vocabulary.ts';
import { dockerProvider } from '../platform/docker/provider.ts';
import { askAll } from '../verdict/ask.ts';
import type { Evidence } from '../verdict/evidence.ts';
import { PrometheusClient } from '../verdict/prometheus.ts';
import { planOf, scenario } from '../verdict/verdict.fixture.ts';
import { judge, type Verdict } from '../verdict/verdict.ts';
import { type RealPrometheus, ScriptedTarget, startPrometheus } from './checks.fixture.ts';
import type { Plan } from './plan-shape.ts';

const layers = ['session', 'gateway', 'runtime'] as const;
const fault = '1-outage';
const alert = 'OpenclawGatewayConnectionIssues';

/** As short as a run can be: 2 s before, 3 s of outage, 5 s after. */
const plan: Plan = planOf({
  scenario: {
    ...scenario,
    timeline: [
      {
        atMs: 2000,
        forMs: 3000,
        fault: { kind: 'outage', nodes: ['gateway'] },
        expect: { session: 'ok', gateway: 'failed', runtime: 'ok' },
        alerts: [{ alert, withinMs: 2000, resolvesWithinMs: 2000 }],
      },
    ],
    alerts: { silent: ['OpenclawLayerDown'] },
    settleMs: 5000,
  },
});

let recorder: ScriptedTarget;
let targets: Record<(typeof layers)[number], ScriptedTarget>;
let prometheus: RealPrometheus;
let client: PrometheusClient;
let sequence = 0;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a recorder exposes of a run in which everything holds. */
function writeHeldRun(injectedAt: number, healedAt: number, recoveredAt: number): void {
  const { layers: views, skills } = plan.topology;
  for (const phase of phases) {
    recorder.write('chaos_window_seconds_total', { phase }, 5);
    for (const skill of skills) {
      recorder.write('chaos_schedule_slots_due_total', { skill, phase }, 4);
      recorder.write('chaos_schedule_slots_executed_total', { skill, phase }, 4);
      recorder.write('chaos_schedule_slots_in_time_total', { skill, phase }, 4);
      recorder.write('chaos_schedule_slots_doubled_total', { skill, phase }, 0);
      recorder.write('chaos_skill_outcomes_total', { skill, phase, outcome: 'success' }, 4);
      recorder.write('chaos_skill_outcomes_total', { skill, phase, outcome: 'failed' }, 0);
      recorder.write('chaos_skill_lateness_max_seconds', { skill, phase }, phase === 'during' ? 0.75 : 0.25);
    }
    for (const [layer, seenFrom] of Object.entries(views)) {
      for (const vantage of seenFrom) {
        recorder.write('chaos_layer_observed_seconds_total', { layer, vantage, phase }, 4.9);
        recorder.write('chaos_layer_available_seconds_total', { layer, vantage, phase }, layer === 'gateway' ? 3 : 4.9);
      }
    }
  }
  for (const skill of skills) recorder.write('chaos_schedule_slots_exposed_total', { skill, fault }, 3);
  recorder.write('chaos_faults_injected_total', { fault }, 1);
  recorder.write('chaos_faults_proved_total', { fault }, 1);
  recorder.write('chaos_fault_blows_total', { fault }, 4);
  recorder.write('chaos_fault_interruptions_total', { fault, layer: 'session' }, 3);
  recorder.write('chaos_fault_injection_timestamp_seconds', { fault }, injectedAt / 1000);
  recorder.write('chaos_fault_heal_timestamp_seconds', { fault }, healedAt / 1000);
  for (const [layer, seenFrom] of [...Object.entries(views), ['end-to-end', ['user']] as const]) {
    for (const vantage of seenFrom) {
      const view = { fault, layer, vantage };
      recorder.write('chaos_fault_outages_total', view, layer === 'gateway' ? 1 : 0);
      recorder.write('chaos_fault_good_probes_total', view, 0);
      recorder.write('chaos_fault_unrecovered', view, 0);
      if (layer !== 'gateway' && layer !== 'end-to-end') continue;
      recorder.write('chaos_fault_onset_timestamp_seconds', view, (injectedAt + 100) / 1000);
      recorder.write('chaos_fault_recovery_start_timestamp_seconds', view, healedAt / 1000);
      recorder.write('chaos_fault_recovered_timestamp_seconds', view, recoveredAt / 1000);
      recorder.write('chaos_fault_recovery_resolution_seconds', view, 0.025);
    }
  }
  for (const judged of [alert, 'OpenclawLayerDown']) {
    recorder.write('chaos_alert_observed_seconds_total', { alert: judged }, 14.9);
    recorder.write('chaos_alert_unexpected_seconds_total', { alert: judged }, 0);
  }
  recorder.write('chaos_fault_alert_fired', { fault, alert }, 1);
  recorder.write('chaos_fault_alert_unresolved', { fault, alert }, 0);
  recorder.write('chaos_fault_alert_fired_timestamp_seconds', { fault, alert }, injectedAt / 1000 + 1.5);
  recorder.write('chaos_fault_alert_resolved_timestamp_seconds', { fault, alert }, injectedAt / 1000 + 4.5);
  for (const what of durables) {
    recorder.write('chaos_durable_checked_total', { what }, 10);
    recorder.write('chaos_durable_lost_total', { what }, 0);
    recorder.write('chaos_durable_doubled_total', { what }, 0);
  }
  recorder.write('chaos_disagreements_total', { between: 'counter' }, 0);
  for (const said of operatorStates) {
    for (const truth of operatorStates)
      for (const phase of phases)
        recorder.write('chaos_operator_checks_total', { said, truth, phase }, said === truth ? 3 : 0);
  }
  for (const layer of ['session', 'runtime'] as const) {
    targets[layer].write('openclaw_gateway_connection_issues_total', { layer }, 1);
    targets[layer].write('openclaw_gateway_connection_attempts_total', { layer }, 12);
  }
}

/** Tells the recorder that something changed, and waits until Prometheus knows. */
async function scraped(): Promise<number> {
  sequence++;
  recorder.write('chaos_recorder_sequence', {}, sequence);
  await expect
    .poll(async () => (await values('recorderSequence', {}, 5))[0]?.value, { timeout: 15_000, interval: 200 })
    .toBe(String(sequence));
  return Date.now();
}

/** The answer to an SLI that looks back so many seconds, as label sets and texts. */
async function values<N extends SliName>(name: N, params: SliParams<N>, rangeSeconds: number) {
  const answer = await client.query(sliOf(name).query(params, { rangeSeconds }), Date.now());
  if (answer.status === 'error') throw new Error(answer.error);
  const result = answer.result as readonly { metric: Record<string, string>; value: [number, string] }[];
  return result.map(({ metric, value }) => ({ ...metric, value: value[1] }));
}

const docker = await dockerProvider.check();

if (docker.available) {
  describe('the checks of a plan, asked of a real Prometheus', { timeout: 60_000 }, () => {
    let evidence: Evidence;

    beforeAll(async () => {
      recorder = await ScriptedTarget.start();
      targets = {
        session: await ScriptedTarget.start(),
        gateway: await ScriptedTarget.start(),
        runtime: await ScriptedTarget.start(),
      };
      prometheus = await startPrometheus(recorder, targets);
      client = new PrometheusClient(prometheus.url);
    }, 120_000);

    afterAll(async () => {
      for (const target of [recorder, ...Object.values(targets ?? {})]) target?.close();
      await prometheus?.[Symbol.asyncDispose]();
    });

    async function judgedAt(to: number): Promise<Verdict> {
      const observedWindow = { from: evidence.observedWindow?.from ?? 0, to };
      const answers = await askAll(client, plan.checks, observedWindow, Date.now());
      evidence = {
        ...evidence,
        observedWindow,
        sequence: { recorder: sequence, prometheus: sequence },
        answers: [...answers],
      };
      return judge(plan, evidence);
    }

    it('hold for a run that holds', async () => {
      await expect.poll(() => client.ready(), { timeout: 30_000 }).toBe(true);
      const from = (await scraped()) + 2000;
      await sleep(4000);
      targets.gateway.answer(false);
      const injectedAt = from + 2000;
      await sleep(3000);
      targets.gateway.answer(true);
      const healedAt = Date.now();
      const recoveredAt = healedAt + 200;
      await sleep(6000);
      writeHeldRun(injectedAt, healedAt, recoveredAt);
      // The layers are scraped in a turn of their own; what the recorder's number says of them is nothing.
      const issues = () => values('gatewayConnectionIssues', { layer: 'runtime' }, 60);
      await expect.poll(issues, { timeout: 15_000, interval: 200 }).toHaveLength(1);
      evidence = {
        harnessFaults: [],
        starved: [],
        steadyState: { reached: true, detail: '' },
        entries: [
          { name: fault, injectedAt, healedAt, recoveredAt, proof: { proved: true, evidence: '' }, undone: true },
        ],
        observedWindow: { from, to: from },
        answers: [],
      };
      const verdict = await judgedAt(await scraped());
      expect(verdict.reasons).toEqual([]);
      expect(verdict.outcome).toBe('held');
    });

    it('give the figures that are true', async () => {
      const view = { fault, layer: 'gateway', vantage: 'user' } as const;
      const { injectedAt = 0, healedAt = 0, recoveredAt = 0 } = evidence.entries[0] ?? {};
      const figure = async <N extends SliName>(name: N, params: SliParams<N>) =>
        Number((await values(name, params, 60))[0]?.value);
      expect(await figure('recoverySeconds', view)).toBeCloseTo((recoveredAt - healedAt) / 1000, 3);
      expect(await figure('onsetSeconds', view)).toBeCloseTo(0.1, 3);
      expect(await figure('recoveryResolutionSeconds', view)).toBe(0.025);
      expect(await figure('outageSeconds', view)).toBeCloseTo((recoveredAt - injectedAt - 100) / 1000, 3);
      expect(
        await figure('layerAvailabilityRatio', { layer: 'gateway', vantage: 'user', phase: 'during' }),
      ).toBeCloseTo(3 / 4.9, 9);
      expect(await figure('skillLatenessGrowthSeconds', { skill: 'local' })).toBe(0.5);
      expect(await figure('interruptedBlowsRatio', { fault, layer: 'session' })).toBe(0.75);
      expect(await figure('operatorCheckAgreementRatio', {})).toBe(1);
    });

    it("keep the system's own label out of the way of the scrape target's", async () => {
      expect(await values('gatewayConnectionAttempts', { layer: 'runtime' }, 60)).toEqual([
        { layer: 'runtime', value: '12' },
      ]);
    });

    it('break on one slot that was missed, although another was doubled', async () => {
      recorder.write('chaos_schedule_slots_due_total', { skill: 'local', phase: 'during' }, 1);
      recorder.write('chaos_schedule_slots_doubled_total', { skill: 'local', phase: 'during' }, 1);
      const verdict = await judgedAt(await scraped());
      expect(verdict.outcome).toBe('broken');
      expect(verdict.reasons.map(({ text }) => text)).toEqual([
        'skill uptime ratio (during) = 1: local 0.8',
        'skill slots missed = 0: local 1',
        'skill slots doubled = 0: local 1',
      ]);
    });

    it('are inconclusive once the recorder was out of reach for a second, whatever the objectives say', async () => {
      recorder.answer(false);
      // Long enough for one scrape to fail, and no second one.
      await sleep(1100);
      recorder.answer(true);
      const verdict = await judgedAt(await scraped());
      expect(verdict.outcome).toBe('inconclusive');
      expect(verdict.reasons.filter(({ rule }) => rule === 1).map(({ checkId }) => checkId)).toEqual([
        'health/recorder-up',
      ]);
    });

    it('remember the totals of a target that is gone, and see that it is gone', async () => {
      targets.runtime.answer(false);
      const up = async () => {
        const answer = await client.query(layersUp('runtime'), Date.now());
        return answer.status === 'success' ? (answer.result as { value: [number, string] }[])[0]?.value[1] : undefined;
      };
      await expect.poll(up, { timeout: 15_000, interval: 250 }).toBe('0');
      expect(await values('gatewayConnectionIssues', { layer: 'runtime' }, 60)).toEqual([
        { layer: 'runtime', value: '1' },
      ]);
      targets.runtime.answer(true);
    });

    it('give nothing, not zero, where nothing was recorded', async () => {
      recorder.registry.removeSingleMetric('chaos_durable_lost_total');
      recorder.registry.removeSingleMetric('chaos_fault_recovered_timestamp_seconds');
      recorder.registry.removeSingleMetric('chaos_schedule_slots_executed_total');
      recorder.registry.removeSingleMetric('chaos_disagreements_total');
      await scraped();
      const gone = () => values('durableLost', { what: 'message' }, 3);
      await expect.poll(gone, { timeout: 15_000, interval: 250 }).toEqual([]);
      expect(await values('recoverySeconds', { fault, layer: 'gateway', vantage: 'user' }, 3)).toEqual([]);
      expect(await values('skillSlotsMissed', {}, 3)).toEqual([]);
      expect(await values('disagreements', {}, 3)).toEqual([]);
    });

    it('give no number for a share of nothing', async () => {
      recorder.registry.clear();
      for (const phase of phases) {
        recorder.write('chaos_schedule_slots_due_total', { skill: 'local', phase }, 0);
        recorder.write('chaos_schedule_slots_in_time_total', { skill: 'local', phase }, 0);
      }
      await scraped();
      const share = () => values('skillUptimeRatio', { phase: 'during', skill: 'local' }, 2);
      await expect.poll(share, { timeout: 15_000, interval: 250 }).toEqual([{ skill: 'local', value: 'NaN' }]);
    });
  });
} else {
  it('the checks of a plan, asked of a real Prometheus', ({ skip }) => {
    const why = `no Docker engine answers (tried ${docker.tried}), so NO query was asked of a real Prometheus: ${docker.mend}`;
    if (process.env.CI === 'true') throw new Error(why);
    console.error(why);
    skip(why);
  });
}
