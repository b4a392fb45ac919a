/** What happens in a gate, on a terminal: events and verdicts scroll by, and below them the runs that go on are redrawn in place. */
import { createLogUpdate } from 'log-update';
import type { Plan } from '../plan/plan-shape.ts';
import type { FaultEvent } from '../run/conduct-entry.ts';
import type { RunListener } from '../run/run-listener.ts';
import type { Colors } from './colors.ts';
import { alertLine, faultLine } from './event-text.ts';
import { gateLines } from './live-rows.ts';
import { RunState } from './run-state.ts';

const redrawMs = 200;

export class LiveView implements Disposable {
  readonly #stream: NodeJS.WriteStream;
  readonly #colors: Colors;
  readonly #planned: number;
  readonly #draw: ReturnType<typeof createLogUpdate>;
  readonly #timer: NodeJS.Timeout;
  readonly #running = new Set<RunState>();
  #done = 0;

  constructor(planned: number, stream: NodeJS.WriteStream, colors: Colors) {
    this.#planned = planned;
    this.#stream = stream;
    this.#colors = colors;
    this.#draw = createLogUpdate(stream);
    this.#timer = setInterval(() => this.#redraw(), redrawMs);
  }

  /** Above what is redrawn. */
  write(text: string): void {
    this.#draw.clear();
    this.#stream.write(`${text}\n`);
    this.#redraw();
  }

  /** `say` tells an event, in one line. */
  listen(plan: Plan, say: (text: string) => void): RunListener & { ended(): void } {
    const state = new RunState(plan);
    this.#running.add(state);
    return {
      progress: (message) => state.progress(message),
      stage: (stage) => state.stage(stage),
      fault: (event) => {
        state.fault(event);
        say(colored(event, this.#colors));
      },
      alert: (change) => say(alertLine(change)),
      snapshot: (snapshot) => state.snapshot(snapshot),
      ended: () => {
        this.#running.delete(state);
        this.#done++;
      },
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#draw.clear();
    // Shows the cursor again.
    this.#draw.done();
  }

  #redraw(): void {
    const running = [...this.#running].map((state) => state.frame());
    const screen = { columns: this.#stream.columns || 80, rows: this.#stream.rows || 24 };
    this.#draw(gateLines({ running, done: this.#done, planned: this.#planned }, screen, this.#colors).join('\n'));
  }
}

function colored(event: FaultEvent, c: Colors): string {
  const line = faultLine(event);
  if (event.what === 'injected' || event.what === 'not-undone') return c.red(line);
  if (event.what === 'unproved') return c.yellow(line);
  return event.what === 'healed' ? c.green(line) : line;
}
