/** The part of the terminal that is redrawn while a run goes on: what it is doing, the faults that stand, a line per layer. Pure. */
import { stripVTControlCharacters } from 'node:util';
import { vantages } from '../../metrics/vocabulary.ts';
import type { LiveState, Snapshot } from '../observe/snapshot.ts';
import type { Plan } from '../plan/plan-shape.ts';
import type { RunStage } from '../run/run-listener.ts';
import type { Colors } from './colors.ts';
import { stageLine } from './event-text.ts';

export interface Frame {
  readonly plan: Pick<Plan, 'scenarioName' | 'target'>;
  readonly stage: RunStage;
  /** What is being done in this stage, if that is known; `''` otherwise. */
  readonly activity: string;
  readonly snapshot: Snapshot | undefined;
  readonly faults: readonly { readonly fault: string; readonly forMs: number }[];
  readonly elapsedMs: number;
}

/** Lines of which none is wider than the terminal: one that wraps would be counted wrongly when it is erased. */
export function frameLines(frame: Frame, columns: number, c: Colors): readonly string[] {
  const { plan, stage, activity, snapshot, faults, elapsedMs } = frame;
  const standing = faults.map(({ fault, forMs }) => `${fault} for ${seconds(forMs).trim()}`);
  return [
    '',
    `${seconds(elapsedMs)}  ${c.bold(plan.scenarioName)} on ${plan.target}: ${activity || stageLine(stage)}`,
    ...(standing.length === 0 ? [] : [`  ${c.red(standing.join(', '))}`]),
    ...(snapshot === undefined || stage === 'removing' ? [] : snapshotLines(snapshot, c)),
  ].map((line) => clipped(line, columns));
}

/** `  12.3 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}

function snapshotLines({ layers, skills, user, operatorSaid }: Snapshot, c: Colors): string[] {
  const width = Math.max(...Object.keys(layers).map((layer) => layer.length), 'skills'.length);
  const row = (name: string, text: string) => `  ${name.padEnd(width)}  ${text}`;
  return [
    ...Object.entries(layers).map(([layer, seen]) => {
      const views = vantages.map((vantage) =>
        seen[vantage] === undefined ? ' '.repeat(vantage.length + 2) : `${mark(seen[vantage], c)} ${vantage}`,
      );
      return row(layer, views.join('   '));
    }),
    row('skills', Object.entries(skills).map(skillText(c)).join('  ')),
    ...(user === undefined ? [] : [row('user', userText(user, c))]),
    ...(operatorSaid === undefined ? [] : [row('shell', operatorSaid)]),
  ];
}

function skillText(c: Colors): (skill: [string, Snapshot['skills'][string]]) => string {
  return ([skill, { last, due, inTime }]) => {
    const text = `${skill} ${inTime}/${due}`;
    return last === 'missed' || last === 'late' ? c.red(text) : text;
  };
}

function userText(user: NonNullable<Snapshot['user']>, c: Colors): string {
  const { connected, acknowledged, sent, received, roundTrips } = user;
  const state = connected ? 'connected' : c.red('disconnected');
  return `${state}, ${acknowledged}/${sent} acked, ${received} received, ${roundTrips} round trips`;
}

function mark(state: LiveState, c: Colors): string {
  if (state === 'ok') return c.green('●');
  return state === 'bad' ? c.red('✗') : c.dim('○');
}

/** Colour is lost where a line has to be cut: better than to cut a colour's end off. */
function clipped(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= columns ? line : `${plain.slice(0, columns - 1)}…`;
}
