/** What happens in a run, on a terminal: events scroll by, and below them a line per layer is redrawn in place. */
import { createLogUpdate } from 'log-update';
import type { LiveState, Snapshot } from '../observe/snapshot.ts';
import type { Plan } from '../plan/plan-shape.ts';
import type { FaultEvent } from '../run/conduct-entry.ts';
import type { RunListener, RunStage } from '../run/run.ts';
import type { Colors } from './colors.ts';
import { faultLine, stageLine } from './event-text.ts';

const redrawMs = 200;

export function liveView(plan: Plan, stream: NodeJS.WriteStream, c: Colors): RunListener & { ended(): void } {
  const draw = createLogUpdate(stream);
  const startMs = performance.now();
  const standing = new Map<string, number>();
  let stage: RunStage = 'starting';
  let activity = '';
  let snapshot: Snapshot | undefined;
  const frame = () =>
    frameLines({ plan, stage, activity, snapshot, standing, elapsedMs: performance.now() - startMs }, c);
  const redraw = () =>
    draw(
      frame()
        .map((line) => line)
        .join('\n'),
    );
  const timer = setInterval(redraw, redrawMs);
  const say = (text: string) => {
    draw.clear();
    stream.write(`${c.dim(`${seconds(performance.now() - startMs)} s`)}  ${text}\n`);
    redraw();
  };
  return {
    progress: (message) => {
      activity = message;
    },
    stage: (next) => {
      stage = next;
      activity = '';
    },
    fault: (event) => {
      track(standing, event);
      const line = faultLine(event);
      say(event.what === 'injected' ? c.red(line) : event.what === 'healed' ? c.green(line) : line);
    },
    snapshot: (next) => {
      snapshot = next;
    },
    ended: () => {
      clearInterval(timer);
      draw.clear();
    },
  };
}

function track(standing: Map<string, number>, { fault, what }: FaultEvent): void {
  if (what === 'injected') standing.set(fault, performance.now());
  if (what === 'healed') standing.delete(fault);
}

interface Frame {
  readonly plan: Plan;
  readonly stage: RunStage;
  readonly activity: string;
  readonly snapshot: Snapshot | undefined;
  readonly standing: ReadonlyMap<string, number>;
  readonly elapsedMs: number;
}

/** The redrawn part; nothing of it is wider than a small terminal. */
function frameLines({ plan, stage, activity, snapshot, standing, elapsedMs }: Frame, c: Colors): string[] {
  const faults = [...standing].map(([fault, sinceMs]) => c.red(`${fault} ${seconds(performance.now() - sinceMs)} s`));
  return [
    '',
    `${c.bold(plan.scenarioName)} on ${plan.target}  ${seconds(elapsedMs)} s  ${activity || stageLine(stage)}`,
    ...(faults.length === 0 ? [] : [`  ${faults.join('  ')}`]),
    ...(snapshot === undefined ? [] : snapshotLines(snapshot, c)),
  ];
}

function snapshotLines({ layers, skills, user, operatorSaid }: Snapshot, c: Colors): string[] {
  const width = Math.max(...Object.keys(layers).map((layer) => layer.length), 'skills'.length);
  return [
    ...Object.entries(layers).map(([layer, seen]) => {
      const views = (['user', 'observer'] as const).map((vantage) =>
        seen[vantage] === undefined ? ' '.repeat(vantage.length + 2) : `${mark(seen[vantage], c)} ${vantage}`,
      );
      return `  ${layer.padEnd(width)}  ${views.join('   ')}`;
    }),
    `  ${'skills'.padEnd(width)}  ${Object.entries(skills)
      .map(([skill, { last, due, inTime }]) => {
        const text = `${skill} ${inTime}/${due}`;
        return last === 'missed' || last === 'late' ? c.red(text) : text;
      })
      .join('   ')}`,
    ...(user === undefined
      ? []
      : [
          `  ${'user'.padEnd(width)}  ${user.connected ? 'connected' : c.red('disconnected')}, ${user.acknowledged} of ${user.sent} messages acked, ${user.received} entries, ${user.roundTrips} round trips`,
        ]),
    ...(operatorSaid === undefined ? [] : [`  ${'shell'.padEnd(width)}  ${operatorSaid}`]),
  ];
}

function mark(state: LiveState, c: Colors): string {
  if (state === 'ok') return c.green('●');
  return state === 'bad' ? c.red('✗') : c.dim('○');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1).padStart(5);
}
