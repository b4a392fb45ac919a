/** Structured logs: one JSON object a line on stdout, written at once, so a SIGKILL loses none. */
import { type Logger, pino } from 'pino';

export type { Logger };

/** An unknown level is taken as `info`: it is the configuration's task to refuse it, with a message. */
export function createLogger(layer: string, level = 'info'): Logger {
  const known = level === 'silent' || level in pino.levels.values;
  const options = {
    level: known ? level : 'info',
    base: { layer, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  // Pino's own choice is to write later: lines would be lost by SIGKILL and out of order at an exit.
  return pino(options, pino.destination({ dest: 1, sync: true }));
}
