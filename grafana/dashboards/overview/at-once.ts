/** What is seen in the first second. */
import { noneSteps, plain, type Steps, shareSteps } from '../../appearance/colours.ts';
import { faultStands, upOrDown } from '../../appearance/states.ts';
import { line } from '../../layout.ts';
import { about, ask } from '../../panels/figures.ts';
import { stat } from '../../panels/stat.ts';
import { uids } from '../uids.ts';
import { live, minStep, shown } from './context.ts';

const silentSteps: Steps = [
  ['good', 0],
  ['warning', 5],
  ['bad', 10],
];

export const atOnce = [
  line(
    5,
    [
      stat({
        ...about('skillsRunningRatio'),
        title: 'Skills are running',
        description:
          'Share of the slots of the last minute (of more, while hours are shown) that got a run. It stays at 100 % whatever becomes of sessions and gateway, and is 0 % while the runtime itself does not answer.',
        queries: [{ expr: ask('skillsRunningRatio', live), legend: 'slots with a run', minStep }],
        steps: shareSteps,
        none: 'no slot seen',
        more: uids.skills,
      }),
      stat({
        ...about('skillSuccessRatio'),
        title: 'Runs succeed',
        description: 'Share of the runs finished in the last minute (in more, while hours are shown) that succeeded.',
        queries: [{ expr: ask('skillSuccessRatio', live), legend: 'succeeded', minStep }],
        steps: shareSteps,
        none: 'none finished',
        more: uids.skills,
      }),
      stat({
        ...about('layerUp'),
        title: 'Layers',
        queries: [{ expr: ask('layerUp', live), legend: '{{layer}}' }],
        steps: plain,
        states: upOrDown,
        none: 'not scraped',
        more: uids.sessionsAndGateway,
      }),
      stat({
        ...about('layerSilentSeconds'),
        title: 'Last heard of',
        description: 'How long ago each layer last answered a scrape: for one that is down, since when.',
        queries: [{ expr: ask('layerSilentSeconds', shown), legend: '{{layer}}' }],
        steps: silentSteps,
        decimals: 0,
        none: 'not in the time shown',
      }),
      stat({
        ...about('alertsFiringCount'),
        description:
          'How many alerts fire. Prometheus must have loaded metrics/rules: without rules nothing ever fires.',
        queries: [{ expr: ask('alertsFiringCount', live), legend: 'firing' }],
        steps: noneSteps,
        none: 'none seen',
      }),
      stat({
        ...about('faultWindow'),
        title: 'Fault',
        description:
          'The fault that a harness has put in right now, if this Prometheus scrapes it. While there is none, what you see was not put in.',
        queries: [{ expr: ask('faultWindow', live), legend: '{{fault}}' }],
        steps: [['fault', 1]],
        states: faultStands,
        named: true,
        none: 'none known',
        more: uids.chaosRuns,
      }),
    ],
    [4, 3, 6, 5, 3, 3],
  ),
];
