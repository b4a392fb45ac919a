/** `resilient` with one bug: a skill that keeps failing is started as often as one that does not. */
import type { Manifest } from '../../../chaos/manifest.ts';
import { threeLayers } from '../three-layers.ts';

export default threeLayers({
  name: 'buggy-crash-loop',
  title: 'As resilient, but a skill that keeps failing is started as often as one that does not',
  bug: 'crash-loop',
}) satisfies Manifest;
