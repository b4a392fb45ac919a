/** `resilient` with one bug: a ledger that takes no writes stops its skills. */
import type { Manifest } from '../../../chaos/manifest.ts';
import { threeLayers } from '../three-layers.ts';

export default threeLayers({
  name: 'buggy-disk-full',
  title: 'As resilient, but a ledger that takes no writes stops its skills',
  bug: 'disk-full',
}) satisfies Manifest;
