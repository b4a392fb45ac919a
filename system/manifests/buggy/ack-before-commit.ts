/** `resilient` with one bug: messages are acknowledged before they are on disk. */
import type { Manifest } from '../../../chaos/manifest.ts';
import { threeLayers } from '../three-layers.ts';

export default threeLayers({
  name: 'buggy-ack-before-commit',
  title: 'As resilient, but messages are acknowledged before they are on disk',
  bug: 'ack-before-commit',
}) satisfies Manifest;
