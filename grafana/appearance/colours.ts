/** Colours that mean something, from Okabe and Ito's palette: told apart by people with any kind of colour vision. Text or position always says it too. */
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';

export const colours = {
  good: '#0072B2',
  warning: '#E69F00',
  bad: '#D55E00',
  neutral: '#999999',
  fault: '#CC79A7',
} as const;

export type Colour = keyof typeof colours;

/** A layer has the same colour on every dashboard. */
export const layerColours: Readonly<Record<string, string>> = {
  session: '#56B4E9',
  gateway: '#E69F00',
  runtime: '#009E73',
  'end-to-end': '#CC79A7',
};

/** From which value on which colour: `[['good', 0], ['bad', 1]]` is good from 0 on, and bad from 1 on. */
export type Steps = readonly (readonly [Colour, number])[];

/** What is below all steps is neutral, and so is, in Grafana, what has no value: no data is neither good nor bad. */
export function thresholds(steps: Steps): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { color: colours.neutral, value: null },
      ...steps.map(([colour, value]) => ({ color: colours[colour], value })),
    ]);
}

/** A share that should be 1. */
export const shareSteps: Steps = [
  ['bad', 0],
  ['warning', 0.9],
  ['good', 0.999],
];
/** Something of which there should be none. */
export const noneSteps: Steps = [
  ['good', 0],
  ['bad', 1],
];
/** The same, where one is no reason to get up. */
export const fewSteps: Steps = [
  ['good', 0],
  ['warning', 1],
];
/** A figure that is neither good nor bad. */
export const plain: Steps = [];
