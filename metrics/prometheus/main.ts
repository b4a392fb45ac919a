/** `npm run prometheus`: the embedded Prometheus as a program, with the flags, the log and the exit codes of the real one. */
import { once } from 'node:events';
import { EngineError } from './engine/engine-error.ts';
import { startEngine } from './engine/start-engine.ts';
import { PrometheusError } from './errors.ts';
import { type Flags, FlagsEnd, parseFlags } from './flags.ts';
import { type Log, logfmt } from './log.ts';
import { defaults, type Prometheus, startPrometheus } from './prometheus.ts';

/** 0: ended by a signal. 2: flags or configuration, as there. 1: whatever else failed. */
const exitCodes = { ok: 0, failed: 1, input: 2 };

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const flags = flagsOf(args);
  if (typeof flags === 'number') return flags;
  const log = logfmt(flags.logLevel, (line) => process.stderr.write(line));
  // Listened for from the very beginning: a signal during the start is not lost.
  const signal = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  try {
    if (flags.version) return await showVersion();
    await using prometheus = await start(flags, log);
    process.on('SIGHUP', () => void reload(prometheus, log));
    await Promise.race([signal, prometheus.died.then((reason) => Promise.reject(reason))]);
    log('warn', 'Received an OS signal, exiting gracefully...');
  } catch (error) {
    return failed(error, log);
  }
  log('info', 'See you next time!');
  return exitCodes.ok;
}

function flagsOf(args: readonly string[]): Flags | number {
  try {
    return parseFlags(args);
  } catch (error) {
    if (!(error instanceof FlagsEnd)) throw error;
    (error.exitCode === 0 ? process.stdout : process.stderr).write(error.message);
    return error.exitCode;
  }
}

async function showVersion(): Promise<number> {
  await using engine = await startEngine({
    limits: { ...defaults.limits, queryTimeoutMs: defaults.queryTimeoutMs, subqueryStepMs: 1 },
  });
  console.log(`prometheus, version ${engine.version} (embedded, node ${process.versions.node})`);
  return exitCodes.ok;
}

function start(flags: Flags, log: Log): Promise<Prometheus> {
  const { lookbackDeltaMs, maxQuerySamples, ...options } = flags;
  return startPrometheus({ ...options, limits: { lookbackDeltaMs, maxQuerySamples }, log });
}

async function reload(prometheus: Prometheus, log: Log): Promise<void> {
  try {
    await prometheus.reload();
  } catch (error) {
    failed(error, log);
  }
}

/** Tells what went wrong and what would mend it, and gives the exit code. */
function failed(error: unknown, log: Log): number {
  const err = error instanceof Error ? error.message : String(error);
  const mend = error instanceof PrometheusError || error instanceof EngineError ? error.mend : undefined;
  if (error instanceof PrometheusError && error.code === 'PROMETHEUS_CONFIGURATION') {
    for (const problem of err.split('\n')) log('error', 'Error loading config', { err: problem });
    if (mend !== undefined) log('info', mend);
    return exitCodes.input;
  }
  const message = error instanceof PrometheusError ? 'Unable to start web listener' : 'Prometheus failed';
  log('error', message, { err, mend });
  return exitCodes.failed;
}
