/** `resilient` with one bug: slots are claimed durably only after their processes were started. */
import type { Manifest } from '../../../chaos/manifest.ts';
import { threeLayers } from '../three-layers.ts';

export default threeLayers({
  name: 'buggy-claim-after-start',
  title: 'As resilient, but slots are claimed durably only after their processes were started',
  bug: 'claim-after-start',
}) satisfies Manifest;
