/**
 * `npm start`: runs the three layers on this machine under their supervisors, until Ctrl-C or SIGTERM.
 * Exit codes: 0 stopped as asked; 1 stopped, but something had to be killed; 2 this home's system runs already; 3 not started: the
 * environment, or a port that is taken, must be mended; 130 stopped at once by a second Ctrl-C.
 */
import { Registry } from 'prom-client';
import { LayerError } from '../layer/errors.ts';
import { openTokens } from '../layer/tokens.ts';
import { endSupervisedBy } from '../supervisor/marked-processes.ts';
import { layerNames, readStartRecord } from './addresses.ts';
import { duration } from './ages.ts';
import { invalid } from './command.ts';
import { type HomeLock, lockHome } from './home-lock.ts';
import { takenPorts } from './port-check.ts';
import { runSystem } from './run-system.ts';
import { pidFileOf, type StartConfig, samePorts, startConfig } from './start-config.ts';
import { Terminal } from './terminal.ts';

const runsAlready = 2;
const terminal = new Terminal(process.stdout);

async function main(): Promise<number> {
  const config = startConfig();
  using lock = await lockHome(config.home);
  if (lock === undefined) return refuse(runsAlready, alreadyRuns(config));
  const same = samePorts(config.ports);
  if (same !== undefined) return refuse(invalid, same);
  await endEarlierStart(config);
  const problems = await takenPorts(config);
  if (problems.length > 0) return refuse(invalid, ...problems);
  openTokens(config, 'start', new Registry());
  return await start(config, lock);
}

async function start(config: StartConfig, lock: HomeLock): Promise<number> {
  try {
    await lock.record({ pid: process.pid, startedAt: Date.now(), urls: config.urls });
  } catch (error) {
    // A full disk keeps nothing from running; only the other commands look for the layers at their usual ports then.
    terminal.say('start', 'warning', `run/start.json could not be written: ${String(error)}`);
  }
  return runSystem(config, terminal);
}

/** A start that was killed leaves layers that are closing by now, or whose loop is stuck. */
async function endEarlierStart({ home }: StartConfig): Promise<void> {
  await Promise.all(
    layerNames.map((name) =>
      endSupervisedBy(pidFileOf(home, name), (pids) =>
        terminal.say('start', 'warning', `an earlier ${name} still runs (pid ${pids.join(', ')}): ending it first`),
      ),
    ),
  );
}

function alreadyRuns({ home }: StartConfig): string {
  const record = readStartRecord(home);
  if (record === undefined) return `the system of ${home} is just being started by somebody else`;
  const { pid, startedAt, urls } = record;
  return (
    `the system of ${home} runs already: pid ${pid}, for ${duration(Date.now() - startedAt)}, gateway ${urls.gateway}. ` +
    `See how it is with "npm run health", stop it with "kill ${pid}", or set OPENCLAW_HOME and the ports for another one`
  );
}

function refuse(exitCode: number, ...reasons: readonly string[]): number {
  for (const reason of reasons) process.stderr.write(`openclaw: ${reason}\n`);
  return exitCode;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof LayerError) && !(error instanceof Error && 'syscall' in error)) throw error;
  const mend = 'path' in error ? ': set OPENCLAW_HOME to a folder that this user can write' : '';
  process.exitCode = refuse(invalid, error.message + mend);
}
