/** `resilient` with one bug: nobody looks whether peers are still there. */
import type { Manifest } from '../../../chaos/manifest.ts';
import { threeLayers } from '../three-layers.ts';

export default threeLayers({
  name: 'buggy-half-open',
  title: 'As resilient, but nobody looks whether peers are still there',
  bug: 'half-open',
}) satisfies Manifest;
