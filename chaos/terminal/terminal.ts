/** Where a person or a log reads along: chooses between the live view and plain lines, and whether to use colour. */
import pc from 'picocolors';
import type { Plan } from '../plan/plan-shape.ts';
import type { RunListener, RunResult } from '../run/run.ts';
import type { Colors } from './colors.ts';
import { liveView } from './live-view.ts';
import { plainView } from './plain-view.ts';

export interface Terminal {
  readonly colors: Colors;
  line(text: string): void;
  lines(texts: readonly string[]): void;
  problem(text: string): void;
  listen(plan: Plan): RunListener & { ended?(result: RunResult): void };
}

/** picocolors looks at NO_COLOR, FORCE_COLOR, TERM and whether stdout is a terminal. */
export function openTerminal(stream: NodeJS.WriteStream = process.stdout): Terminal {
  const isLive = stream.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI;
  const line = (text: string) => {
    stream.write(`${text}\n`);
  };
  return {
    colors: pc,
    line,
    lines: (texts) => {
      for (const text of texts) line(text);
    },
    problem: (text) => {
      process.stderr.write(`${text}\n`);
    },
    listen: (plan) => (isLive ? liveView(plan, stream, pc) : plainView(plan, line)),
  };
}
