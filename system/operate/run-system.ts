/** The three layers from their start to their end: supervised, followed in their logs, stopped together. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { layerNames } from './addresses.ts';
import { ask } from './ask.ts';
import { LayerLog } from './layer-log.ts';
import { RepeatFilter, summaryOf } from './log-summary.ts';
import { layerEnvironment, type StartConfig } from './start-config.ts';
import { banner, killedText } from './start-text.ts';
import { StopRequests } from './stop-requests.ts';
import { SupervisedLayer } from './supervised-layer.ts';
import type { Terminal } from './terminal.ts';

const followMs = 250;
const readyPollMs = 100;
const readyWithinMs = 20_000;
const readyAnswerMs = 1000;
/** A supervisor kills what does not end after 9 s; this is for one that hangs itself. */
const stopWithinMs = 9800;
const exitCodes = { stopped: 0, killed: 1, atOnce: 130 } as const;

/** Resolves to the exit code when all has ended. */
export async function runSystem(config: StartConfig, terminal: Terminal): Promise<number> {
  const requests = new StopRequests();
  requests.listen();
  const asked = new Promise<string>((resolve) => requests.once('stop', resolve));
  using resources = new DisposableStack();
  const logs = layerNames.map((name) => resources.use(followedLog(config, name, terminal)));
  const layers = layerNames.map((name, at) => {
    const onSupervisorEnd = (how: string, delayMs: number) =>
      terminal.say(name, 'error', `its supervisor ended (${how}); starting another in ${delayMs} ms`);
    const env = layerEnvironment(name, config, process.env);
    return new SupervisedLayer({ name, home: config.home, env, logFd: logs[at]?.fd ?? 1, onSupervisorEnd });
  });
  const follow = () => {
    for (const log of logs) log.follow();
  };
  const following = setInterval(follow, followMs);
  resources.defer(() => clearInterval(following));

  for (const layer of layers) layer.start();
  void sayWhenReady(config, terminal, follow, asked);
  const why = await asked;
  terminal.say('start', 'info', `stopping (${why}); once more to stop at once`);
  const exitCode = await stop(layers, requests, terminal);
  follow();
  terminal.write(exitCode === exitCodes.stopped ? 'Stopped.' : killedText(exitCode === exitCodes.atOnce));
  return exitCode;
}

/** All at once: each has what it needs to end on disk, and clients are told by the session layer. */
async function stop(layers: readonly SupervisedLayer[], requests: StopRequests, terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.stopped;
  const killAll = (code: number) => {
    exitCode = code;
    for (const layer of layers) layer.killNow();
  };
  requests.once('stop-now', () => killAll(exitCodes.atOnce));
  const deadline = setTimeout(() => {
    terminal.say('start', 'error', `not everything ended within ${stopWithinMs} ms: killing it`);
    killAll(exitCodes.killed);
  }, stopWithinMs);
  const codes = await Promise.all(layers.map((layer) => layer.stop()));
  clearTimeout(deadline);
  return exitCode === exitCodes.stopped && codes.some((code) => code !== 0) ? exitCodes.killed : exitCode;
}

function followedLog({ home }: StartConfig, name: string, terminal: Terminal): LayerLog {
  const repeats = new RepeatFilter();
  return new LayerLog(join(home, 'logs'), name, (line) => {
    const summary = summaryOf(line);
    if (summary === undefined) return;
    const { severity, text } = summary;
    const shown = severity === 'info' ? text : repeats.pass(text, performance.now());
    if (shown !== undefined) terminal.say(name, severity, shown);
  });
}

async function sayWhenReady(
  config: StartConfig,
  terminal: Terminal,
  follow: () => void,
  stopping: Promise<unknown>,
): Promise<void> {
  let stopped = false;
  void stopping.then(() => {
    stopped = true;
  });
  const deadline = performance.now() + readyWithinMs;
  for (;;) {
    const states = await Promise.all(layerNames.map((name) => isReady(config.urls[name])));
    if (stopped) return;
    const late = performance.now() > deadline;
    if (states.every(Boolean) || late) {
      follow();
      terminal.write(banner(config, states, terminal.style));
      return;
    }
    await sleep(readyPollMs);
  }
}

async function isReady(url: string): Promise<boolean> {
  const answer = await ask(`${url}/ready`, { timeoutMs: readyAnswerMs });
  return answer.ok && answer.status === 200;
}
