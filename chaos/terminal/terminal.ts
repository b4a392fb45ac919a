/** Where a person or a log reads along: chooses between the live view and plain lines, and whether to use colour. */
import type { Plan } from '../plan/plan-shape.ts';
import type { RunListener } from '../run/run-listener.ts';
import { clip } from './clip.ts';
import { type Colors, colorsFor } from './colors.ts';
import { seconds } from './live-frame.ts';
import { LiveView } from './live-view.ts';
import { plainView } from './plain-view.ts';

export interface Terminal {
  readonly colors: Colors;
  /** Width of a terminal; without one, lines may be as long as they like. */
  readonly columns: number;
  line(text: string): void;
  lines(texts: readonly string[]): void;
  problem(text: string): void;
  /** Shows the runs of a gate while they go on; whatever is written meanwhile stands above them. One gate at a time. */
  watch(plans: readonly Plan[]): GateView;
}

export interface GateView extends Disposable {
  listen(plan: Plan): RunListener & { ended(): void };
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
  let live: LiveView | undefined;
  const line = (text: string) => {
    if (live === undefined) stream.write(`${text}\n`);
    else live.write(text);
  };
  return {
    colors,
    get columns() {
      return stream.isTTY === true ? stream.columns || 80 : Number.POSITIVE_INFINITY;
    },
    line,
    lines: (texts) => {
      if (texts.length > 0) line(texts.join('\n'));
    },
    problem: (text) => {
      if (live === undefined) errors.write(`${text}\n`);
      else live.write(text);
    },
    watch: (plans) => {
      const startMs = performance.now();
      const width = Math.max(...plans.map(({ scenarioName }) => scenarioName.length));
      const event = ({ scenarioName }: Plan, text: string) =>
        `${colors.dim(seconds(performance.now() - startMs))}  ${scenarioName.padEnd(width)}  ${text}`;
      if (!isLive) {
        return {
          listen: (plan) => ({ ...plainView((text) => line(event(plan, text))), ended: () => {} }),
          [Symbol.dispose]: () => {},
        };
      }
      const view = new LiveView(plans.length, stream, colors);
      live = view;
      return {
        // A fault's proof may be long; what is cut off stands in the journal.
        listen: (plan) => view.listen(plan, (text) => line(clip(event(plan, text), stream.columns || 80))),
        [Symbol.dispose]: () => {
          live = undefined;
          view[Symbol.dispose]();
        },
      };
    },
  };
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && !['', '0', 'false'].includes(variable);
}
