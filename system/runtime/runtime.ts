/**
 * The skill runtime, put together. In order: what an earlier runtime started is taken up; slots missed meanwhile are claimed;
 * each slot is claimed at its due time and run; the gateway is told, and asked for commands, beside all that.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { instrument } from '../../metrics/instrument.ts';
import { GatewayLink, type LinkCounts } from '../layer/gateway-link.ts';
import type { LayerContext, RunningLayer } from '../layer/lifecycle.ts';
import type { Logger } from '../layer/logger.ts';
import { openTokens, type Tokens } from '../layer/tokens.ts';
import { searchPath } from './attempt/run-environment.ts';
import { Dispatcher } from './dispatch/dispatcher.ts';
import { FailureBackoff } from './dispatch/failure-backoff.ts';
import { coupled, independent } from './dispatch/gateway-policy.ts';
import { endOrphans } from './dispatch/orphans.ts';
import { RunFolders, spareFolder } from './dispatch/run-folders.ts';
import { RunKeeper } from './dispatch/run-keeper.ts';
import { pullCommands } from './gateway/commands.ts';
import { deliverReports } from './gateway/outbox.ts';
import { Registration } from './gateway/registration.ts';
import { lockHome } from './home-lock.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { settle } from './ledger/settle.ts';
import type { Totals } from './ledger/totals.ts';
import { createManagement } from './management.ts';
import { Scheduler } from './schedule/scheduler.ts';
import { withdraw } from './schedule/withdraw.ts';
import type { Settings } from './settings.ts';
import { skillOverview } from './skill-overview.ts';
import { installSamples, type SkillSet } from './skills/skill-folder.ts';
import { SkillLoader } from './skills/skill-loader.ts';
import { watchSkills } from './skills/skill-watcher.ts';
import { StatusFiles } from './status/status-files.ts';

const samples = join(import.meta.dirname, '..', 'skills');
const housekeepingMs = 60_000;
const closeWithinMs = 2000;

export async function startRuntime(context: LayerContext, settings: Settings): Promise<RunningLayer> {
  const { registry, signal, log } = context;
  const paths = makeFolders(settings.home);
  const lock = await lockHome(settings.home);
  const folders = new RunFolders(paths.runs, spareFolder(settings.home));
  const state = openLedger({ file: paths.database, roots: folders.roots, status: paths.status }, context);
  const { ledger, outbox, totals } = state;
  const tokens = openTokens(settings, context.name, registry);
  const link = dialGateway(context, settings, tokens, totals);
  const policy = settings.dispatch === 'coupled' ? coupled(link) : independent(link);
  const statusFiles = new StatusFiles(paths.status, log);
  const backoff = new FailureBackoff({ ledger, totals, registry });
  const keeper = new RunKeeper({ ...paths, folders, ledger, policy, backoff, statusFiles, registry, log, signal });
  const { maxRunning } = settings;
  const dispatcher = new Dispatcher({ ledger, keeper, policy, statusFiles, registry, maxRunning, signal });
  const scheduler = new Scheduler({
    ledger,
    log,
    mustWait: (skill) => policy.mustWait(skill),
    isPaused: (skill) => backoff.isPaused(skill),
    onClaimed: (due) => dispatcher.claimed(due),
  });
  const registration = new Registration(link, signal);

  if (settings.installSamples) await installSamplesIn(paths.skillsFolder, log);
  const loader = new SkillLoader({
    folder: paths.skillsFolder,
    lastGoodFolder: join(settings.home, 'state', 'skills'),
    path: searchPath(),
    schedules: settings.schedules,
  });
  let skillSet = await loader.load();
  const degraded = () => [
    ...link.degraded(),
    ...state.degraded(),
    ...folders.degraded(),
    ...statusFiles.degraded(),
    ...(skillSet.folderProblem === null ? [] : [skillSet.folderProblem]),
  ];
  const overview = () => skillOverview(skillSet, { ledger, totals, scheduler, backoff, running: dispatcher.running });
  const app = createManagement({
    context,
    tokens,
    link,
    ledger,
    outbox,
    dispatcher,
    skills: () => skillSet,
    overview,
    degraded,
  });
  // Before anything is started: the port may be somebody else's.
  await app.listen({ host: settings.host, port: settings.port });

  const showPresent = () => totals.present(new Set([...skillSet.skills.keys(), ...skillSet.problems.keys()]));
  const use = (next: SkillSet) => {
    showProblems(context, statusFiles, skillSet, next);
    skillSet = next;
    showPresent();
    showFreshness(context, next);
    for (const [name, skill] of next.skills) {
      backoff.until(skill);
      if (!next.problems.has(name)) statusFiles.clearProblem(name, Date.now());
    }
    settle(ledger, next.skills.values(), log, Date.now());
    registration.use(next);
    withdraw(ledger, log, next, Date.now());
    dispatcher.use(next.skills);
    scheduler.use([...next.skills.values()]);
  };
  dispatcher.takeUp(folders.unfinished(ledger), skillSet.skills);
  use(skillSet);
  link.onChange((reachable) => {
    if (reachable) dispatcher.resume();
  });
  app.setReady(true);

  const endLeftOver = () => endOrphans(settings.home, dispatcher.running, log);
  const tidy = async () => {
    endLeftOver();
    showPresent();
    await ledger.prune(Date.now());
    await folders.trim(ledger);
  };
  endLeftOver();
  const commands = {
    knows: (name: string) => skillSet.skills.has(name),
    onRequest: (name: string) => dispatcher.pump([name]),
    onCancel: (run: string) => dispatcher.cancel(run),
  };
  const loops = [
    pullCommands({ link, ledger, log, signal, ...commands }),
    deliverReports(outbox, totals, link, signal),
    watchSkills({ loader, current: skillSet, onChange: use, signal }),
    every(housekeepingMs, tidy, signal),
  ].map((loop) => untilAborted(loop, signal));

  return {
    close: async () => {
      app.setReady(false);
      scheduler.stop();
      dispatcher.stop();
      await Promise.race([Promise.all([...loops, statusFiles.settled()]), sleep(closeWithinMs)]);
      await app.close();
      folders.close();
      state.close();
      lock[Symbol.dispose]();
    },
  };
}

function makeFolders(home: string) {
  const skillsFolder = join(home, 'skills');
  const status = join(skillsFolder, 'status');
  const runs = join(home, 'state', 'runs');
  for (const folder of [status, runs, join(home, 'effects')]) mkdirSync(folder, { recursive: true });
  return { home, skillsFolder, status, runs, database: join(home, 'state', 'runtime.sqlite') };
}

/** They are a courtesy: a disk that does not take them keeps no other skill from running. */
async function installSamplesIn(folder: string, log: Logger): Promise<void> {
  try {
    await installSamples(samples, folder);
  } catch (error) {
    log.warn({ err: error }, 'the sample skills could not be installed');
  }
}

function dialGateway(
  { name, registry, log }: LayerContext,
  { gatewayUrl }: Settings,
  tokens: Tokens,
  totals: Totals,
): GatewayLink {
  const kept = { initialCounts: totals.link(), onCounts: (counts: LinkCounts) => totals.keepLink(counts) };
  return new GatewayLink({ baseUrl: gatewayUrl, token: () => tokens.own, layer: name, registry, log, ...kept });
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

function showFreshness({ registry }: LayerContext, { skills }: SkillSet): void {
  const gauge = instrument(registry, 'openclaw_skill_fresh_within_seconds');
  for (const [skill, { enabled, freshWithinMs }] of skills) {
    if (enabled && freshWithinMs !== null) gauge.set({ skill }, freshWithinMs / 1000);
    else gauge.remove({ skill });
  }
}

function showProblems(
  { registry, log }: LayerContext,
  statusFiles: StatusFiles,
  before: SkillSet,
  now: SkillSet,
): void {
  const gauge = instrument(registry, 'openclaw_skill_problem');
  for (const skill of before.problems.keys()) gauge.set({ skill }, 0);
  for (const [skill, problem] of now.problems) {
    gauge.set({ skill }, 1);
    if (before === now || before.problems.get(skill) !== problem) log.warn({ skill, problem }, 'skill cannot be used');
    statusFiles.writeProblem(skill, problem, Date.now());
  }
}
