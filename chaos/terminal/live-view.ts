/** What happens in a run, on a terminal: events scroll by, and below them a line per layer is redrawn in place. */
import { createLogUpdate } from 'log-update';
import type { Snapshot } from '../observe/snapshot.ts';
import type { Plan } from '../plan/plan-shape.ts';
import type { FaultEvent } from '../run/conduct-entry.ts';
import type { RunListener, RunStage } from '../run/run-listener.ts';
import type { Colors } from './colors.ts';
import { faultLine } from './event-text.ts';
import { frameLines, seconds } from './live-frame.ts';

const redrawMs = 200;
const defaultColumns = 80;

export interface LiveView extends RunListener {
  /** Something that is not of this run, above the part that is redrawn. */
  say(text: string): void;
  ended(): void;
}

export function liveView(plan: Plan, stream: NodeJS.WriteStream, c: Colors): LiveView {
  const draw = createLogUpdate(stream);
  const startMs = performance.now();
  const standing = new Map<string, number>();
  let stage: RunStage = 'starting';
  let activity = '';
  let snapshot: Snapshot | undefined;
  const redraw = () => {
    const nowMs = performance.now();
    const faults = [...standing].map(([fault, sinceMs]) => ({ fault, forMs: nowMs - sinceMs }));
    const frame = { plan, stage, activity, snapshot, faults, elapsedMs: nowMs - startMs };
    draw(frameLines(frame, stream.columns || defaultColumns, c).join('\n'));
  };
  const timer = setInterval(redraw, redrawMs);
  const say = (text: string) => {
    draw.clear();
    stream.write(`${c.dim(seconds(performance.now() - startMs))}  ${text}\n`);
    redraw();
  };
  return {
    say,
    progress: (message) => {
      activity = message;
    },
    stage: (next) => {
      stage = next;
      activity = '';
    },
    fault: (event) => {
      track(standing, event);
      say(colored(event, c));
    },
    snapshot: (next) => {
      snapshot = next;
    },
    ended: () => {
      clearInterval(timer);
      draw.clear();
      // Shows the cursor again.
      draw.done();
    },
  };
}

function colored(event: FaultEvent, c: Colors): string {
  const line = faultLine(event);
  if (event.what === 'injected' || event.what === 'not-undone') return c.red(line);
  if (event.what === 'unproved') return c.yellow(line);
  return event.what === 'healed' ? c.green(line) : line;
}

function track(standing: Map<string, number>, { fault, what }: FaultEvent): void {
  if (what === 'injected') standing.set(fault, performance.now());
  if (what === 'healed' || what === 'over') standing.delete(fault);
}
