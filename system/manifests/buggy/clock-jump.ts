/** `resilient` with one bug: of the slots that a jump of the clock brings, only the last one runs. */
import type { Manifest } from '../../../chaos/manifest.ts';
import { threeLayers } from '../three-layers.ts';

export default threeLayers({
  name: 'buggy-clock-jump',
  title: 'As resilient, but of the slots that a jump of the clock brings, only the last one runs',
  bug: 'clock-jump',
}) satisfies Manifest;
