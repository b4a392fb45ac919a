/** Where a person or a log reads along: chooses between the live view and plain lines, and whether to use colour. */
import type { Plan } from '../plan/plan-shape.ts';
import type { RunResult } from '../run/run.ts';
import type { RunListener } from '../run/run-listener.ts';
import { type Colors, colorsFor } from './colors.ts';
import { liveView } from './live-view.ts';
import { plainView } from './plain-view.ts';

export interface Terminal {
  readonly colors: Colors;
  /** Width of a terminal; without one, lines may be as long as they like. */
  readonly columns: number;
  line(text: string): void;
  lines(texts: readonly string[]): void;
  problem(text: string): void;
  /** A problem in the middle of a run, without spoiling the live view. */
  interject(text: string): void;
  listen(plan: Plan): RunListener & { ended?(result: RunResult): void };
}

export function openTerminal(
  stream: NodeJS.WriteStream = process.stdout,
  errors: NodeJS.WriteStream = process.stderr,
  env: Readonly<NodeJS.ProcessEnv> = process.env,
): Terminal {
  // A reader that has left, or a full disk, must not end a run half way: its faults would stand, its containers stay.
  for (const each of [stream, errors]) each.on('error', () => {});
  const isLive = stream.isTTY === true && env.TERM !== 'dumb' && !isSet(env.CI);
  const colors = colorsFor(stream, env);
  const line = (text: string) => {
    stream.write(`${text}\n`);
  };
  const problem = (text: string) => {
    errors.write(`${text}\n`);
  };
  let aboveLive: ((text: string) => void) | undefined;
  return {
    colors,
    columns: stream.isTTY === true ? stream.columns || 80 : Number.POSITIVE_INFINITY,
    line,
    lines: (texts) => {
      for (const text of texts) line(text);
    },
    problem,
    interject: (text) => (aboveLive ?? problem)(text),
    listen: (plan) => {
      if (!isLive) return plainView(plan, line);
      const view = liveView(plan, stream, colors);
      aboveLive = view.say;
      return {
        ...view,
        ended: () => {
          aboveLive = undefined;
          view.ended();
        },
      };
    },
  };
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && !['', '0', 'false'].includes(variable);
}
