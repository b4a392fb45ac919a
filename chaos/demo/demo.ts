/**
 * A demo from start to end. In order: recorder, undo log and system start; rounds are played until the time is up or somebody stops it;
 * faults are undone and everything is removed, whatever happened.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { instrument } from '../../metrics/instrument.ts';
import { ruleFiles } from '../../metrics/rules/rule-files.ts';
import { ChaosError } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import { nowMs } from '../observe/clock.ts';
import type { Platform, PlatformProvider } from '../platform/platform.ts';
import { Recorder } from '../recorder.ts';
import { setOutcome } from '../run/publish-verdict.ts';
import { UndoLog } from '../undo.ts';
import { addressLines } from './addresses.ts';
import type { DemoView } from './demo-view.ts';
import { menuOf } from './fault-menu.ts';
import { faultPlan } from './fault-plan.ts';
import { watchAlerts } from './firing-alerts.ts';
import { GrafanaBeside } from './grafana-beside.ts';
import { demoSkills } from './load.ts';
import type { Pace } from './pace.ts';
import { playRounds } from './rounds.ts';
import type { Stage } from './stage.ts';
import type { DemoEnd } from './tally.ts';

export interface DemoRequest {
  readonly runId: string;
  readonly runDir: string;
  readonly root: string;
  readonly manifest: Manifest;
  readonly provider: PlatformProvider;
  /** On this machine's loopback. */
  readonly prometheusPort: number;
  /** Where the layers send their spans: base URL of an OTLP/HTTP receiver; undefined: nowhere. */
  readonly collector: string | undefined;
  /** Undefined: no faults. */
  readonly pace: Pace | undefined;
  readonly seed: number;
  /** Undefined: until somebody stops it. */
  readonly forMs: number | undefined;
  readonly view: DemoView;
  readonly signal: AbortSignal;
}

const scrapedWithinMs = 15_000;
const pollMs = 50;

/** Throws what the platform throws for want of something, or when it was stopped before all was up; nothing is left then. */
export async function runDemo(request: DemoRequest): Promise<DemoEnd> {
  const { runDir, manifest, provider, pace, seed, forMs, view, signal } = request;
  await mkdir(runDir, { recursive: true });
  const notUndone: string[] = [];
  await using recorder = await Recorder.start();
  const info = { scenario: 'demo', target: manifest.name, platform: provider.name };
  instrument(recorder.registry, 'chaos_run_info').set(info, 1);
  setOutcome(recorder.registry);
  await using undoLog = await UndoLog.open(runDir);
  const token = randomBytes(24).toString('base64url');
  await using platform = await startPlatform(request, token, recorder.port);
  await mustBeOwnPrometheus(platform, recorder, signal);
  await using _shown = showWhere(request, platform, token);
  const stage: Stage = { manifest, platform, recorder, undoLog, token, signal, listener: view };
  try {
    const draws = pace === undefined ? calm() : faultPlan(menuOf(manifest), seed, pace);
    await playRounds(stage, draws, nowMs() + (forMs ?? Number.POSITIVE_INFINITY));
  } finally {
    for (const { fault, step, error } of await undoLog.undoAll((one) => platform.undo(one)))
      if (error !== undefined) notUndone.push(`${fault}: ${step.do}: ${error.message}`);
    view.down();
    view.line('removing everything that was started');
  }
  return { tally: view.tally, notUndone, stopped: signal.aborted };
}

function startPlatform(request: DemoRequest, token: string, recorderPort: number): Promise<Platform> {
  const { provider, runId, runDir, manifest, root, prometheusPort, collector, signal, view } = request;
  const schedules = Object.fromEntries(
    Object.entries(demoSkills(manifest)).map(([skill, { everySeconds }]) => [skill, `every: ${everySeconds}s`]),
  );
  const onProgress = (text: string) => view.line(text);
  const common = { runId, runDir, manifest, root, schedules, token, recorderPort, prometheusPort, onProgress, signal };
  return provider.start({ ...common, ruleFiles: ruleFiles(), ...(collector !== undefined && { collector }) });
}

/** Its port was free a moment ago; if somebody who is no demo took it since, what answers there knows nothing of this one. */
async function mustBeOwnPrometheus(platform: Platform, recorder: Recorder, signal: AbortSignal): Promise<void> {
  const deadlineMs = nowMs() + scrapedWithinMs;
  while (recorder.lastScrapeAt === undefined) {
    if (nowMs() > deadlineMs) {
      throw new ChaosError(
        'CHAOS_PROMETHEUS',
        `the Prometheus at ${platform.prometheusUrl} does not scrape this demo`,
        {
          mend: 'if something else has just taken its port, start the demo again',
        },
      );
    }
    await delay(pollMs, undefined, { signal });
  }
}

/** Addresses, alerts, Grafana: until it is disposed, which is before the platform is. */
function showWhere({ view, root, runId, runDir, manifest, collector }: DemoRequest, platform: Platform, token: string) {
  const stop = new AbortController();
  for (const line of addressLines({ manifest, platform, token, collector, root, runId, runDir })) view.line(line);
  const watching = watchAlerts(platform.prometheusUrl, (firing) => view.alerts(firing), stop.signal);
  const grafana = new GrafanaBeside({ platform, runId, runDir, root, say: (text) => view.line(text) });
  view.up();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all([watching, grafana[Symbol.asyncDispose]()]);
    },
  };
}

function* calm(): Generator<undefined, never> {
  for (;;) yield undefined;
}
