/**
 * The skill runtime, put together. In order: what an earlier runtime started is taken up; slots missed meanwhile are claimed;
 * each slot is claimed at its due time and run; the gateway is told, and asked for commands, beside all that.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { instrument } from '../../metrics/instrument.ts';
import { openDatabase } from '../layer/database.ts';
import { GatewayLink, type LinkCounts } from '../layer/gateway-link.ts';
import type { LayerContext, RunningLayer } from '../layer/lifecycle.ts';
import { searchPath } from './attempt/run-environment.ts';
import { Dispatcher } from './dispatch/dispatcher.ts';
import { coupled, independent } from './dispatch/gateway-policy.ts';
import { trimRunFolders, unfinishedRuns } from './dispatch/run-folders.ts';
import { RunKeeper } from './dispatch/run-keeper.ts';
import { pullCommands } from './gateway/commands.ts';
import { deliverReports } from './gateway/outbox.ts';
import { Registration } from './gateway/registration.ts';
import { Ledger } from './ledger/ledger.ts';
import { migrations } from './ledger/ledger-schema.ts';
import { OutboxStore } from './ledger/outbox-store.ts';
import { Totals } from './ledger/totals.ts';
import { createManagement } from './management.ts';
import { Scheduler } from './schedule/scheduler.ts';
import type { Settings } from './settings.ts';
import type { Skill } from './skills/skill-file.ts';
import { fingerprint, installSamples, loadSkills, type SkillSet } from './skills/skill-folder.ts';
import { StatusFiles } from './status/status-files.ts';

const samples = join(import.meta.dirname, '..', 'skills');
const rescanMs = 2000;
const housekeepingMs = 60_000;
const closeWithinMs = 2000;

export async function startRuntime(context: LayerContext, settings: Settings): Promise<RunningLayer> {
  const { registry, signal, log } = context;
  const paths = makeFolders(settings.home);
  const state = openState(paths.database, registry);
  const { ledger, outbox, totals } = state;
  const link = dialGateway(context, settings, totals);
  const policy = settings.dispatch === 'coupled' ? coupled(link) : independent(link);
  const statusFiles = new StatusFiles(paths.status, log);
  const keeper = new RunKeeper({ ...paths, ledger, policy, statusFiles, registry, log, signal });
  const dispatcher = new Dispatcher({ ledger, keeper, policy, statusFiles, registry, signal });
  const pump = () => dispatcher.pump();
  const mustWait = (skill: Skill) => policy.mustWait(skill);
  const scheduler = new Scheduler({ ledger, log, mustWait, onClaimed: pump });
  const registration = new Registration(link, signal);

  if (settings.installSamples) await installSamples(samples, paths.skillsFolder);
  const load = () => loadSkills(paths.skillsFolder, { path: searchPath(), schedules: settings.schedules });
  let skillSet = await load();
  const { token, host, port } = settings;
  const running = () => dispatcher.running;
  const app = createManagement({ context, token, link, ledger, outbox, skills: () => skillSet, running });
  // First, so that a second runtime on this home ends here.
  await app.listen({ host, port });

  const use = (next: SkillSet) => {
    showProblems(context, statusFiles, skillSet, next);
    skillSet = next;
    for (const name of next.skills.keys()) {
      totals.introduce(name);
      statusFiles.clearProblem(name, Date.now());
    }
    registration.use(next);
    dispatcher.use(next.skills);
    scheduler.use(next.skills.values());
  };
  dispatcher.takeUp(unfinishedRuns(ledger, paths.runsFolder), skillSet.skills);
  use(skillSet);
  link.onChange((reachable) => {
    if (reachable) dispatcher.resume();
  });
  app.setReady(true);

  const rescan = async () => {
    const changed = (await fingerprint(paths.skillsFolder)) !== skillSet.fingerprint;
    // What is wrong may be mended elsewhere: a program that was missing is installed.
    if (!changed && skillSet.problems.size === 0) return;
    const next = await load();
    if (changed || JSON.stringify([...next.problems]) !== JSON.stringify([...skillSet.problems])) use(next);
  };
  const tidy = async () => {
    ledger.prune(Date.now());
    await trimRunFolders(paths.runsFolder, dispatcher.running);
  };
  const loops = [
    pullCommands({ link, ledger, skills: () => skillSet.skills, log, signal, onCommand: pump }),
    deliverReports(outbox, totals, link, signal),
    every(rescanMs, rescan, signal),
    every(housekeepingMs, tidy, signal),
  ].map((loop) => untilAborted(loop, signal));

  return {
    close: async () => {
      app.setReady(false);
      scheduler.stop();
      await Promise.race([Promise.all([...loops, statusFiles.settled()]), sleep(closeWithinMs)]);
      await app.close();
      state.db.close();
    },
  };
}

function makeFolders(home: string) {
  const skillsFolder = join(home, 'skills');
  const status = join(skillsFolder, 'status');
  const runsFolder = join(home, 'state', 'runs');
  for (const folder of [status, runsFolder, join(home, 'effects')]) mkdirSync(folder, { recursive: true });
  return { home, skillsFolder, status, runsFolder, database: join(home, 'state', 'runtime.sqlite') };
}

function openState(file: string, registry: Registry) {
  const db = openDatabase(file, migrations);
  const totals = new Totals(db, registry);
  const outbox = new OutboxStore(db, totals);
  return { db, totals, outbox, ledger: new Ledger(db, outbox, totals) };
}

function dialGateway(
  { name, registry, log }: LayerContext,
  { gatewayUrl, token }: Settings,
  totals: Totals,
): GatewayLink {
  const kept = { initialCounts: totals.link(), onCounts: (counts: LinkCounts) => totals.keepLink(counts) };
  return new GatewayLink({ baseUrl: gatewayUrl, token, layer: name, registry, log, ...kept });
}

/** Rejects when the task fails, or with the signal's reason. */
async function every(ms: number, task: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(ms, undefined, { signal });
    await task();
  }
}

/** A loop ends when the runtime closes; any other end is a fault of ours, left to the process's last handler. */
async function untilAborted(loop: Promise<unknown>, signal: AbortSignal): Promise<void> {
  try {
    await loop;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function showProblems(
  { registry, log }: LayerContext,
  statusFiles: StatusFiles,
  before: SkillSet,
  now: SkillSet,
): void {
  const gauge = instrument(registry, 'openclaw_skill_problem');
  for (const skill of [...before.problems.keys(), ...now.skills.keys()]) gauge.set({ skill }, 0);
  for (const [skill, problem] of now.problems) {
    gauge.set({ skill }, 1);
    if (before === now || before.problems.get(skill) !== problem) log.warn({ skill, problem }, 'skill cannot be used');
    statusFiles.writeProblem(skill, problem, Date.now());
  }
}
