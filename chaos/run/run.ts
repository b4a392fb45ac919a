/**
 * One run of one scenario, from start to verdict. The conductor: it owns the order of things, and nothing else.
 *
 * 1. Open the run's folder, its journal and its undo log; start the recorder, the receiver of traces and the platform.
 * 2. Start observing; wait for the steady state.
 * 3. For each entry of the timeline: write its undo down, inject, prove, hold, undo.
 * 4. Observe until everything has recovered and settled, or the deadline has passed.
 * 5. Close the books: last readings, last sequence number of the recorder.
 * 6. Ask Prometheus all that the plan's checks ask, once it has answered with that sequence number.
 * 7. Judge what stands in the journal; undo what still stands and remove what was started, whatever happened.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { instrument } from '../../metrics/instrument.ts';
import { type RuleFile, ruleFiles } from '../../metrics/rules/rule-files.ts';
import type { faultOf } from '../faults/registry.ts';
import { evidenceOf } from '../journal/evidence-of.ts';
import { Journal } from '../journal/journal.ts';
import type { JournalEntry } from '../journal/journal-records.ts';
import { nowMs } from '../observe/clock.ts';
import { type Observation, startObservation } from '../observe/observation.ts';
import type { Plan } from '../plan/plan-shape.ts';
import type { Platform, PlatformProvider } from '../platform/platform.ts';
import { Recorder } from '../recorder.ts';
import { topologyOf } from '../topology.ts';
import { collectTraces } from '../traces/collect-traces.ts';
import { type Independence, independenceOf } from '../traces/independence.ts';
import { UndoLog } from '../undo.ts';
import { askAll } from '../verdict/ask.ts';
import { PrometheusClient } from '../verdict/prometheus.ts';
import { judge, type Verdict } from '../verdict/verdict.ts';
import { type ConductedEntry, conductEntry } from './conduct-entry.ts';
import { CpuPressureWatch } from './cpu-pressure.ts';
import { ProxyWatch } from './proxy-watch.ts';
import { publishVerdict } from './publish-verdict.ts';
import { untilRulesLoaded } from './rules-loaded.ts';
import { quiet, type RunListener } from './run-listener.ts';
import { untilAllUp, untilScraped } from './scraped.ts';
import { saveScrapes } from './scrapes.ts';
import { untilRecovered, untilSettled } from './settle.ts';
import { untilSteady } from './steady-state.ts';
import { harnessVersions } from './versions.ts';

export interface RunRequest {
  readonly runId: string;
  /** Absolute path of the run's own folder; made here. */
  readonly runDir: string;
  readonly plan: Plan;
  /** Absolute path of the folder that the manifest's `sources` are relative to. */
  readonly root: string;
  readonly provider: PlatformProvider;
  readonly listener: RunListener;
  /** Ctrl-C and SIGTERM: ends waiting and repeating; faults are undone all the same. */
  readonly signal: AbortSignal;
  /** Stand-ins for tests that sabotage the measurement. */
  readonly parts?: {
    readonly faultOf?: typeof faultOf;
    readonly startRecorder?: () => Promise<Recorder>;
    readonly startObservation?: typeof startObservation;
    readonly ruleFiles?: () => readonly RuleFile[];
  };
}

export interface RunResult {
  readonly runId: string;
  readonly runDir: string;
  readonly plan: Plan;
  /** Absent if the run was interrupted or failed before there was anything to judge. */
  readonly verdict?: Verdict;
  /** As the system's traces tell it; beside every verdict, and no part of it. */
  readonly independence?: Independence;
  readonly interrupted: boolean;
  /** Faults that may still stand. */
  readonly notUndone: readonly string[];
  /** Why the run could not be carried through; the verdict is then inconclusive at best. */
  readonly error?: Error;
}

/** The end of each node's log that is kept with the run. */
const keptLogBytes = 4 * 1024 * 1024;

export async function runScenario(request: RunRequest): Promise<RunResult> {
  const { runId, runDir, plan, signal } = request;
  const listener = quiet(request.listener);
  const notUndone: string[] = [];
  let verdict: Verdict | undefined;
  let independence: Independence | undefined;
  let failure: Error | undefined;
  try {
    await mkdir(runDir, { recursive: true });
    await using journal = await Journal.create(join(runDir, 'journal.ndjson'));
    await journal.appendDurably({ type: 'run-started', runId, plan, versions: await harnessVersions() });
    try {
      verdict = await conduct(request, listener, journal, notUndone);
    } catch (error) {
      if (!signal.aborted)
        await journal.appendDurably({ type: 'harness-fault', part: 'conductor', detail: messageOf(error) });
      throw error;
    } finally {
      if (verdict !== undefined) await journal.appendDurably({ type: 'verdict', verdict });
    }
    independence = independenceOf(journal.records);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
  }
  return {
    runId,
    runDir,
    plan,
    // A verdict that could not be written down, or whose run could not be ended, is none.
    ...(verdict && failure === undefined && { verdict }),
    ...(independence && { independence }),
    interrupted: signal.aborted,
    notUndone,
    ...(failure && !signal.aborted && { error: failure }),
  };
}

async function conduct(
  request: RunRequest,
  listener: Required<RunListener>,
  journal: Journal,
  notUndone: string[],
): Promise<Verdict> {
  const { plan, runDir, runId, provider, root, signal, parts = {} } = request;
  listener.stage('starting');
  await using recorder = await (parts.startRecorder ?? Recorder.start)();
  // Ends after the platform: layers send their last spans when they are stopped.
  await using traces = await collectTraces((entry) => journal.append(entry));
  const { scenarioName: scenario, target, platform: platformName } = plan;
  instrument(recorder.registry, 'chaos_run_info').set({ scenario, target, platform: platformName }, 1);
  await using undoLog = await UndoLog.open(runDir);
  const token = randomBytes(24).toString('base64url');
  signal.throwIfAborted();
  await using platform = await provider.start({
    runId,
    runDir,
    manifest: plan.manifest,
    root,
    schedules: schedulesOf(plan),
    token,
    recorderPort: recorder.port,
    ruleFiles: (parts.ruleFiles ?? ruleFiles)(),
    ...(traces.port !== undefined && { collectorPort: traces.port }),
    onProgress: listener.progress,
    signal,
  });
  try {
    await using observation = await (parts.startObservation ?? startObservation)({
      manifest: plan.manifest,
      platform,
      scenario: plan.scenario,
      entries: plan.entries,
      token,
      recorder,
      journal: (record) => journal.append(recordOf(record)),
      onChange: listener.snapshot,
      onAlert: listener.alert,
    });
    const observed = await observe(request, listener, journal, { platform, observation, undoLog });
    listener.stage('judging');
    const sequence = await untilScraped(platform.prometheusUrl, recorder, signal);
    await journal.appendDurably({ type: 'observed', window: observed, sequence });
    const client = new PrometheusClient(platform.prometheusUrl);
    for (const answer of await askAll(client, plan.checks, observed, nowMs()))
      journal.append({ type: 'answer', ...answer });
    const verdict = judge(plan, evidenceOf(journal.records));
    await publishVerdict(verdict.outcome, recorder, signal);
    return verdict;
  } finally {
    const outcomes = await undoLog.undoAll((step) => platform.undo(step));
    for (const { fault, step, error } of outcomes) {
      if (error === undefined) continue;
      notUndone.push(`${fault}: ${step.do}: ${error.message}`);
    }
    listener.stage('removing');
    await saveScrapes(platform, plan.manifest, recorder, runDir).catch((error) =>
      listener.progress(`last scrapes not saved: ${messageOf(error)}`),
    );
    await saveLogs(platform, plan, runDir).catch((error) => listener.progress(`logs not saved: ${messageOf(error)}`));
  }
}

interface Stage {
  readonly platform: Platform;
  readonly observation: Observation;
  readonly undoLog: UndoLog;
}

/** Steps 2 to 5. Resolves with the window that was observed, Unix ms. */
async function observe(
  { plan, signal, parts = {} }: RunRequest,
  listener: Required<RunListener>,
  journal: Journal,
  { platform, observation, undoLog }: Stage,
): Promise<{ from: number; to: number }> {
  listener.stage('steady-state');
  const targets = Object.keys(plan.manifest.nodes).length + 1;
  const scraped = await untilAllUp(platform.prometheusUrl, targets, signal);
  const lack = await untilRulesLoaded(platform.prometheusUrl, ruleFiles(), signal);
  if (lack !== undefined) journal.append({ type: 'harness-fault', part: 'prometheus', detail: `its rules: ${lack}` });
  const steadyState =
    scraped && lack === undefined
      ? await untilSteady(plan.scenario.steadyState, observation, signal)
      : { reached: false, detail: lack ?? `Prometheus does not scrape all of its ${targets} targets` };
  await journal.appendDurably({ type: 'steady-state', ...steadyState });
  observation.enter('before');
  const from = nowMs();
  await using proxies = new ProxyWatch(platform.toxiproxyUrl, proxyNames(plan));
  await using pressure = new CpuPressureWatch();
  const conducted: ConductedEntry[] = [];
  if (steadyState.reached) {
    listener.stage('timeline');
    for (const [index, entry] of plan.entries.entries()) {
      const previous = plan.entries[index - 1];
      if (previous !== undefined) await untilRecovered(previous, observation, signal);
      await delay(Math.max(0, from + entry.startMs - nowMs()), undefined, { signal });
      if (conducted.length === 0) observation.enter('during');
      conducted.push(
        await conductEntry(entry, {
          platform,
          observation,
          undoLog,
          signal,
          topology: topologyOf(plan.manifest),
          ...(parts.faultOf && { faultOf: parts.faultOf }),
          report: (event) => {
            listener.fault(event);
            journal.append({ type: 'fault', ...event });
          },
        }),
      );
      signal.throwIfAborted();
    }
    listener.stage('settling');
    await untilSettled(plan, observation, signal);
  }
  const summary = await observation.finish();
  const to = summary.endMs;
  for (const entry of conducted) {
    const recoveredAt = summary.faults.find(({ fault }) => fault === entry.name)?.recoveredMs;
    journal.append({ type: 'entry', ...entry, ...(recoveredAt !== undefined && { recoveredAt }) });
  }
  for (const detail of summary.problems) journal.append({ type: 'harness-fault', part: 'observation', detail });
  for (const starvation of pressure.starvations) journal.append({ type: 'starved', ...starvation });
  for (const detail of proxies.problems) journal.append({ type: 'harness-fault', part: 'toxiproxy', detail });
  return { from, to };
}

/** What Toxiproxy must have all the way; see the platform's contract. */
function proxyNames({ manifest }: Plan): readonly string[] {
  return [...Object.keys(manifest.links), ...Object.keys(manifest.nodes).map((node) => `observer-${node}`)];
}

function schedulesOf(plan: Plan): Record<string, string> {
  return Object.fromEntries(
    Object.entries(plan.scenario.skills).map(([skill, { everySeconds }]) => [skill, `every: ${everySeconds}s`]),
  );
}

/** What the observation tells, in the journal's words. */
function recordOf(record: object): JournalEntry {
  const { kind, ...rest } = record as { kind: string };
  if (kind === 'probe' || kind === 'slot' || kind === 'phase') return { type: kind, ...rest } as JournalEntry;
  return { type: 'note', text: kind, ...rest };
}

async function saveLogs(platform: Platform, plan: Plan, runDir: string): Promise<void> {
  const dir = join(runDir, 'logs');
  await mkdir(dir, { recursive: true });
  for (const node of Object.keys(plan.manifest.nodes)) {
    await writeFile(join(dir, `${node}.log`), await platform.logs(node, keptLogBytes));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
