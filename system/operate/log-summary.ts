/** What of a layer's log a person at the terminal wants to see: the important events, each as one line, none again and again. Pure. */
import { z } from 'zod';

const info = 30;
const warn = 40;
const error = 50;
const repeatAfterMs = 60_000;
const maxRemembered = 200;
const maxLength = 300;

export interface Summary {
  readonly severity: 'info' | 'warning' | 'error';
  readonly text: string;
}

const record = z.object({
  level: z.number(),
  msg: z.string(),
  layer: z.string().optional(),
  signal: z.string().optional(),
  skill: z.string().optional(),
  run: z.string().optional(),
  reason: z.string().nullish(),
  problem: z.string().optional(),
  outcome: z.string().optional(),
  err: z.object({ message: z.string() }).optional(),
});

/** Of those below a warning. */
const important = /^(started|closed|gateway (un)?reachable|skills? .*)$/;
/** Of what is no record of a log: the first words of a dump, not the code and the stack around them. */
const telling = /^openclaw |^(?!\s).*(error|fatal|killed|fault|cannot|denied)/i;
const noise = /ExperimentalWarning|--trace-warnings|^node:|^file:|[;{(]$/;

/** Undefined: of no importance. */
export function summaryOf(line: string): Summary | undefined {
  const parsed = record.safeParse(jsonOf(line)).data;
  if (parsed === undefined) return summaryOfText(line);
  const { level, msg, skill, run, problem, reason, outcome, err } = parsed;
  if (level < info || (level < warn && !important.test(msg))) return undefined;
  const details = [run ?? skill, outcome, problem ?? reason ?? err?.message].filter(Boolean);
  const text = details.length === 0 ? msg : `${msg}: ${details.join(', ')}`;
  const severity = level >= error ? 'error' : level >= warn ? 'warning' : 'info';
  return { severity, text: text.slice(0, maxLength) };
}

function summaryOfText(line: string): Summary | undefined {
  return telling.test(line) && !noise.test(line) ? { severity: 'error', text: line.slice(0, maxLength) } : undefined;
}

/** Lets a text through once a minute, and then says how often it came meanwhile. */
export class RepeatFilter {
  readonly #seen = new Map<string, { shownAt: number; held: number }>();

  /** The text to show, or undefined. `now`: monotonic milliseconds. */
  pass(text: string, now: number): string | undefined {
    // Numbers change with each repetition of the same thing: pids, delays, slots.
    const key = text.replaceAll(/\d+/g, '0');
    const seen = this.#seen.get(key);
    if (seen !== undefined && now - seen.shownAt < repeatAfterMs) {
      seen.held += 1;
      return undefined;
    }
    this.#seen.delete(key);
    this.#seen.set(key, { shownAt: now, held: 0 });
    if (this.#seen.size > maxRemembered) this.#forgetOldest();
    return seen === undefined || seen.held === 0 ? text : `${text} (and ${seen.held} times more in the last minute)`;
  }

  #forgetOldest(): void {
    const [oldest] = this.#seen.keys();
    if (oldest !== undefined) this.#seen.delete(oldest);
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
