/** `resilient` with one bug: after a loss, slots that are still to come are given up. */
import type { Manifest } from '../../../chaos/manifest.ts';
import { threeLayers } from '../three-layers.ts';

export default threeLayers({
  name: 'buggy-torn-state',
  title: 'As resilient, but after a loss, slots that are still to come are given up',
  bug: 'torn-state',
}) satisfies Manifest;
