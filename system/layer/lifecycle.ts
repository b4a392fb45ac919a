/** The main() of every layer: start, run until a signal, drain, exit with a code that says why. */
import { flushCompileCache } from 'node:module';
import { Registry } from 'prom-client';
import { errorCode, LayerError } from './errors.ts';
import { createLogger, type Logger } from './logger.ts';
import { onSupervisorGone } from './supervision.ts';
import { startTracing } from './tracing/tracing.ts';
import { version } from './version.ts';

export interface LayerContext {
  readonly name: string;
  readonly version: string;
  readonly log: Logger;
  readonly registry: Registry;
  /** Aborted as soon as a shutdown begins. */
  readonly signal: AbortSignal;
}

export interface RunningLayer {
  close(): Promise<void>;
}

/** sysexits.h: 78 is a configuration to be mended, 70 a fault of ours. A supervisor need not restart on 78. */
export const exitCodes = { ok: 0, software: 70, config: 78 } as const;

const closeWithinMs = 8000;
const flushAfterMs = 1500;

/** Runs until SIGTERM or SIGINT; ends the process itself in every case. */
export async function runLayer(name: string, start: (context: LayerContext) => Promise<RunningLayer>): Promise<void> {
  const log = createLogger(name, process.env.OPENCLAW_LOG_LEVEL);
  const die = (reason: string) => (error: unknown) => {
    log.fatal({ err: error }, reason);
    process.exit(exitCodes.software);
  };
  process.on('uncaughtException', die('uncaught exception'));
  process.on('unhandledRejection', die('unhandled rejection'));

  const shutdown = new AbortController();
  const asked = new Promise<string>((resolve) => {
    const close = (why: string): void => {
      if (shutdown.signal.aborted) return;
      shutdown.abort();
      resolve(why);
      // From here on, not from the close: a start that hangs must not outlast it either.
      setTimeout(() => die(`did not close within ${closeWithinMs} ms`)(undefined), closeWithinMs).unref();
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, close);
    onSupervisorGone(() => close('supervisor gone'));
  });

  const context = { name, version, log, registry: new Registry(), signal: shutdown.signal };
  // Promise.try: `start` may throw before it returns a promise, as for a configuration that is wrong.
  const running = await Promise.try(start, context).catch((error: unknown) => {
    const message = mend(error);
    if (message === undefined) return die('could not start')(error);
    process.stderr.write(`openclaw ${name}: ${message}\n`);
    return process.exit(exitCodes.config);
  });
  log.info({ version }, 'started');
  const tracing = startTracing({ layer: name, version, log, registry: context.registry });
  // Else Node would do it at exit, and SIGKILL leaves no time for that.
  setTimeout(flushCompileCache, flushAfterMs).unref();
  log.info({ signal: await asked }, 'closing');
  await running.close().catch(die('could not close'));
  await tracing.close();
  log.info('closed');
  process.exit(exitCodes.ok);
}

/** One line that says what to change, if a change of configuration mends the error. */
function mend(error: unknown): string | undefined {
  if (error instanceof LayerError) return error.message;
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  const { address, port, path } = error as NodeJS.ErrnoException & {
    readonly address?: string;
    readonly port?: number;
  };
  if (path !== undefined)
    return `cannot use ${path} (${error.message}): set OPENCLAW_HOME to a folder that this user can write`;
  if (error.syscall !== 'listen') return undefined;
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `port ${port} on ${address} is in use: stop the process that listens there, or set OPENCLAW_PORT to a free port`;
    case 'EACCES':
      return `port ${port} on ${address} may not be opened by this user: set OPENCLAW_PORT to a port from 1024 up`;
    default:
      return `cannot listen on ${address} (${error.message}): set OPENCLAW_HOST to an address of this machine`;
  }
}
