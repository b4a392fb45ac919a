/** What all runs share on Docker: the images, pulled and built once, so that runs that start side by side find them. */
import type { PrepareRequest } from '../platform.ts';
import { connectEngine } from './engine.ts';
import { ensureImages } from './images.ts';
import { decideRyuk } from './ryuk.ts';
import { systemImage } from './system-image.ts';

/** Throws `CHAOS_ENGINE`, `CHAOS_IMAGE`, `CHAOS_DEPENDENCIES` or `CHAOS_BUILD`. */
export async function prepareDocker(request: PrepareRequest): Promise<void> {
  const engine = await connectEngine();
  await ensureImages(engine, request.onProgress);
  await systemImage(engine, request);
  await decideRyuk(engine, request.onProgress);
}
