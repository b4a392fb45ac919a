/** The anti-pattern, same code: before a skill starts somebody must be connected, and after it the gateway must take the report. */
import type { Manifest } from '../../chaos/manifest.ts';
import { threeLayers } from './three-layers.ts';

export default threeLayers({
  name: 'coupled',
  title: 'Three layers; every skill run hangs on the gateway and on a live session',
  dispatch: 'coupled',
}) satisfies Manifest;
