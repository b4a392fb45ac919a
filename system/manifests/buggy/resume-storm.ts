/** `resilient` with one bug: a message that is sent again is stored again. */
import type { Manifest } from '../../../chaos/manifest.ts';
import { threeLayers } from '../three-layers.ts';

export default threeLayers({
  name: 'buggy-resume-storm',
  title: 'As resilient, but a message that is sent again is stored again',
  bug: 'resume-storm',
}) satisfies Manifest;
