/**
 * Plays one real run that touches as much as a minute allows, and lays the last scrapes of all layers and of the recorder beside the
 * catalogue: they show nothing that it does not say, and all that it says has been written.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { MetricName } from '../../metrics/catalog.ts';
import { exposers } from '../../metrics/metric-spec.ts';
import { availableProvider, root } from '../commands/prepare.ts';
import { httpText } from '../drivers/http-json.ts';
import { loadManifest } from '../input/load.ts';
import { makePlan } from '../plan/plan.ts';
import type { Platform } from '../platform/platform.ts';
import type { Scenario } from '../scenario.ts';
import { undocumented, unwritten } from './exposition.fixture.ts';
import { runScenario } from './run.ts';

const scenario = {
  title: 'All metrics',
  hypothesis: 'Whatever is measured is in the catalogue, and whatever is in the catalogue is measured.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 5_000 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 5_000, catchUpMs: 15_000 },
  },
  steadyState: { forMs: 1_000, withinMs: 60_000 },
  user: { messagesPerSecond: 2, runSkill: 'daily-memory', runEveryMs: 1_000, crowd: { sessions: 3 } },
  timeline: [
    {
      atMs: 1_000,
      forMs: 8_000,
      fault: { kind: 'outage', nodes: ['gateway'] },
      expect: { session: 'ok', gateway: 'failed', runtime: 'ok' },
      alerts: [{ alert: 'OpenclawGatewayUnreachable', withinMs: 12_000, resolvesWithinMs: 20_000 }],
    },
    {
      atMs: 16_000,
      forMs: 3_000,
      fault: { kind: 'link-reset', links: ['client-session'], everyMs: 1_000 },
      expect: { session: 'interrupted', gateway: 'ok', runtime: 'ok' },
    },
  ],
  settleMs: 5_000,
  objectives: [],
  operatorCheck: true,
} as const satisfies Scenario;

/** What one run of a healthy system cannot write, and why. */
const unreached: Partial<Record<MetricName, string>> = {
  openclaw_state_quarantined_total: 'no state file is torn',
  openclaw_session_heartbeat_timeouts_total: 'no connection goes silent',
  openclaw_outbox_detail_dropped_total: 'it takes 10,000 reports that wait',
  openclaw_skill_slots_missed_total: 'nothing is missed',
  chaos_disagreements_total: 'the system tells the truth',
  chaos_durable_lost_total: 'nothing is lost',
  chaos_durable_doubled_total: 'nothing is doubled',
  chaos_schedule_slots_doubled_total: 'nothing is doubled',
};
/** What it may write or not. */
const byChance: Partial<Record<MetricName, string>> = {
  chaos_harness_lag_seconds_total: 'the harness keeps up, unless the machine is busy',
  chaos_alert_unexpected_seconds_total: 'no alert fires unasked, unless the machine is busy',
  chaos_fault_in_flight_total: 'a blow may fall while nothing is under way',
  chaos_fault_good_probes_total: 'a reset may leave no time for one',
};

it('shows what the catalogue says, and says what is shown', { timeout: 180_000 }, async () => {
  const { loaded: manifest } = await loadManifest('resilient', root);
  if (manifest === undefined) throw new Error('no manifest resilient');
  const { provider } = await availableProvider('local');
  const plan = makePlan({ scenario, scenarioName: 'all-metrics', file: '', manifest, platform: 'local', seed: 1 });
  const runId = `metrics-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const runDir = join(root, '.chaos/runs', runId);
  let meddle: (() => Promise<void>) | undefined;
  let meddled: Promise<void> | undefined;
  const result = await runScenario({
    ...{ runId, runDir, plan, root, signal: new AbortController().signal },
    provider: {
      ...provider,
      start: async (request) => {
        const platform = await provider.start(request);
        await addSkills(platform.home('runtime'));
        meddle = () => doWhatTheHarnessDoesNot(platform, request.token);
        return platform;
      },
    },
    listener: {
      // The second one: the outage is over, and the counters of the gateway stay.
      fault: ({ fault, what }) => {
        if (what === 'proved' && fault.startsWith('2-')) meddled = meddle?.();
      },
    },
  });
  await meddled;
  expect(result.verdict).toBeDefined();
  const scrapes = await Promise.all(
    exposers.map(async (exposer) => ({
      exposer,
      text: await readFile(join(runDir, 'scrapes', `${exposer}.prom`), 'utf8'),
    })),
  );
  expect(await readdir(join(runDir, 'scrapes'))).toHaveLength(exposers.length);
  expect(scrapes.flatMap(({ exposer, text }) => undocumented(text, exposer))).toEqual([]);
  const lacking = unwritten(scrapes.map(({ text }) => text));
  const never = lacking.filter((name) => byChance[name] === undefined);
  // Both ways: a reason that is none any more must go.
  expect(never.sort()).toEqual(Object.keys(unreached).sort());
  await rm(runDir, { recursive: true });
});

it('finds what is not in the catalogue, and what was never written', () => {
  const scrape = (line: string, type = 'counter') =>
    undocumented(`# TYPE ${line.split(/[{ ]/)[0]} ${type}\n${line}\n`, 'session');
  expect(scrape('openclaw_session_messages_total{result="new"} 1')).toEqual([]);
  expect(scrape('openclaw_session_messages_total{result="odd"} 1')).toHaveLength(1);
  expect(scrape('openclaw_session_messages_total{result="new",session="a"} 1')).toHaveLength(1);
  expect(scrape('openclaw_session_messages_total 1')).toHaveLength(1);
  expect(scrape('openclaw_session_messages_total{result="new"} 1', 'gauge')).toHaveLength(1);
  expect(scrape('openclaw_gateway_messages_total{result="new"} 1')).toHaveLength(1);
  expect(scrape('openclaw_degraded{layer="session"} 0', 'gauge')).toEqual([]);
  expect(scrape('openclaw_degraded{layer="elsewhere"} 0', 'gauge')).toHaveLength(1);
  expect(scrape('openclaw_surprises_total 1').length).toBeGreaterThan(0);
  expect(scrape('openclaw_build_info{layer="session",version="other"} 1', 'gauge')).toHaveLength(1);
  expect(unwritten(['openclaw_session_events_total 0\n'])).toContain('openclaw_session_events_total');
  expect(unwritten(['openclaw_session_events_total 1\n'])).not.toContain('openclaw_session_events_total');
});

/** Not in the schedules: they run when they are asked for. */
async function addSkills(home: string): Promise<void> {
  const add = async (name: string, text: string) => {
    await mkdir(join(home, 'skills', name), { recursive: true });
    await writeFile(join(home, 'skills', name, 'SKILL.md'), text);
  };
  const skill = (name: string, command: string) =>
    `---\nname: ${name}\ndescription: A test.\nmetadata:\n  openclaw:\n    command: ${command}\n    retries: { max: 1, backoff: 1ms }\n---\n`;
  await add('failing', skill('failing', '"false"'));
  await add('lasting', skill('lasting', 'sleep 60'));
  await add('nonsense', 'no front matter\n');
}

/** A wrong token, a bad frame, a run that fails, one that is cancelled. */
async function doWhatTheHarnessDoesNot(platform: Platform, token: string): Promise<void> {
  const address = platform.observerAddress('gateway');
  const ask = (path: string, given: string, key: string) =>
    httpText({
      ...{ address, path, token: given, method: 'POST', body: {}, timeoutMs: 5_000 },
      headers: { 'idempotency-key': key },
    });
  for (const node of ['session', 'gateway', 'runtime']) {
    await httpText({ address: platform.observerAddress(node), path: '/v1/skills', token: 'wrong', timeoutMs: 5_000 });
  }
  await ask('/v1/skills/failing/runs', token, 'a-run-that-fails');
  const asked = await ask('/v1/skills/lasting/runs', token, 'a-run-that-is-cancelled');
  const { run } = JSON.parse(asked.text) as { run: { id: string } };
  await ask(`/v1/runs/${run.id}/cancel`, token, 'a-cancel');
  const socket = new WebSocket(`ws://${platform.observerAddress('session')}/ws`);
  await new Promise<void>((resolve, reject) => {
    socket.on('open', () => socket.send('no frame'));
    socket.on('close', () => resolve());
    socket.on('error', reject);
  });
}
