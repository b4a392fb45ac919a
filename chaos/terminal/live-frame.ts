/** The part of the terminal that is redrawn while a run goes on: what it is doing, the faults that stand, a line per layer. Pure. */
import { vantages } from '../../metrics/vocabulary.ts';
import type { LiveState, Snapshot } from '../observe/snapshot.ts';
import type { Colors } from './colors.ts';
import { stageLine } from './event-text.ts';
import type { Frame } from './run-state.ts';

export function frameLines(frame: Frame, c: Colors): readonly string[] {
  const { plan, stage, activity, snapshot, faults, elapsedMs } = frame;
  return [
    '',
    `${seconds(elapsedMs)}  ${c.bold(plan.scenarioName)} on ${plan.target}: ${activity || stageLine(stage)}`,
    ...(faults.length === 0 ? [] : [`  ${c.red(faultsText(faults))}`]),
    ...(snapshot === undefined || stage === 'removing' ? [] : snapshotLines(snapshot, c)),
  ];
}

/** `  12.3 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}

/** `1-outage for 2.3 s` */
export function faultsText(faults: Frame['faults']): string {
  return faults.map(({ fault, forMs }) => `${fault} for ${seconds(forMs).trim()}`).join(', ');
}

export function mark(state: LiveState, c: Colors): string {
  if (state === 'ok') return c.green('●');
  return state === 'bad' ? c.red('✗') : c.dim('○');
}

function snapshotLines({ layers, skills, user, operatorSaid, alerts }: Snapshot, c: Colors): string[] {
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
    ...(alerts.length === 0 ? [] : [row('alerts', c.red(alerts.join(', ')))]),
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
