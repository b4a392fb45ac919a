/** The part of the terminal that is redrawn while a demo goes on. Pure. */
import { clip } from '../terminal/clip.ts';
import type { Colors } from '../terminal/colors.ts';
import { frameLines } from '../terminal/live-frame.ts';
import type { Screen } from '../terminal/live-rows.ts';
import type { Frame } from '../terminal/run-state.ts';
import type { RoundResult } from './round-result.ts';
import { keptText, recoveriesText } from './round-text.ts';
import type { Tally } from './tally.ts';

export interface Picture {
  readonly frame: Frame;
  readonly tally: Tally;
  /** Until the next fault, ms; undefined if none is to come, or one stands. */
  readonly nextInMs: number | undefined;
  /** The latest rounds, newest last. */
  readonly latest: readonly RoundResult[];
  /** Undefined: Prometheus does not say. */
  readonly firing: readonly string[] | undefined;
}

const nameWidth = 8;

/** No wider and no longer than the screen: else it could not be erased. */
export function pictureLines(picture: Picture, { columns, rows }: Screen, c: Colors): readonly string[] {
  const { frame, latest, tally, firing } = picture;
  const { held, broken, inconclusive } = tally.rounds;
  const row = (name: string, text: string) => `  ${name.padEnd(nameWidth)} ${text}`;
  const notHeld = [broken > 0 && c.red(`${broken} broken`), inconclusive > 0 && `${inconclusive} inconclusive`];
  const lines = [
    ...frameLines({ ...frame, activity: activityOf(picture) }, c),
    row('rounds', [`${held} held`, ...notHeld.filter((text) => text !== false)].join(', ')),
    row('kept', keptText(tally)),
    row('alerts', alertsText(firing, c)),
    ...latest.map(({ fault = 'no fault', recoveries, outcome }) =>
      row('', c.dim(`${fault}: ${recoveriesText(recoveries) || 'nothing to recover from'}, ${outcome}`)),
    ),
  ];
  return lines.slice(0, Math.max(1, rows - 1)).map((line) => clip(line, columns));
}

function activityOf({ frame: { stage, activity, faults }, nextInMs }: Picture): string {
  if (stage !== 'timeline') return activity;
  if (nextInMs !== undefined) return `next fault in ${Math.ceil(Math.max(0, nextInMs) / 1_000)} s`;
  return faults.length > 0 ? 'a fault stands' : 'no fault stands';
}

function alertsText(firing: readonly string[] | undefined, c: Colors): string {
  if (firing === undefined) return c.dim('Prometheus does not say');
  return firing.length === 0 ? 'none firing' : c.red(firing.join(', '));
}
