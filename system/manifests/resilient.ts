/** The system as it is meant to be run: skills depend on their schedule and on nothing else. */
import type { Manifest } from '../../chaos/manifest.ts';
import { threeLayers } from './three-layers.ts';

export default threeLayers({
  name: 'resilient',
  title: 'Three layers; skills run whether or not sessions and gateway do',
}) satisfies Manifest;
