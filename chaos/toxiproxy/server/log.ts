/** The log of the original: one JSON object a line, with its levels, keys and messages; `caller` is left out. */
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** What the original calls a level → what pino calls it. */
const levels: Readonly<Record<string, string>> = {
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
  panic: 'fatal',
  disabled: 'silent',
};

/** `level` as in LOG_LEVEL; not given: everything, as in the original. One that is unknown is told in the log, and everything is logged. */
export function createLog(level: string | undefined, destination: DestinationStream = toStdout()): Logger {
  const known = level === undefined ? 'trace' : levels[level.toLowerCase()];
  const log = pino(
    {
      level: known ?? 'trace',
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString().replace(/\.\d+Z$/, 'Z')}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  if (known === undefined) {
    log.error({ known: Object.keys(levels).join(', ') }, `unknown LOG_LEVEL value: "${level}"`);
  }
  return log;
}

export function silentLog(): Logger {
  return pino({ level: 'silent' });
}

function toStdout(): DestinationStream {
  // Written at once: lines in order, and none lost by an exit.
  return pino.destination({ dest: 1, sync: true });
}
