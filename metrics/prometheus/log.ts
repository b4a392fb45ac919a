/** Log lines as Prometheus writes them: logfmt, one line an event, on standard error. */

const levels = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof levels)[number];
export const logLevels: readonly LogLevel[] = levels;

export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Events of a level below `least` are left out. */
export function logfmt(least: LogLevel, write: (line: string) => void): Log {
  return (level, message, fields = {}) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return;
    const all = { time: new Date().toISOString(), level: level.toUpperCase(), msg: message, ...fields };
    const parts = Object.entries(all).flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}=${quoted(value)}`],
    );
    write(`${parts.join(' ')}\n`);
  };
}

export const silent: Log = () => {};

/** Quoted where a reader could not tell its end otherwise. */
function quoted(value: unknown): string {
  const text = value instanceof Error ? value.message : String(value);
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text);
}
