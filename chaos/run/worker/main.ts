/** A worker: the harness of one run, in a process and so with an event loop of its own. Started by `play.ts`, never by hand. */
import type { PlatformName } from '../../platform/platform.ts';
import { platforms } from '../../platform/registry.ts';
import { serveRun } from './serve.ts';

await serveRun(({ plan }) => platforms[plan.platform as PlatformName]);
