/** Ryuk removes containers when the harness dies without a word. It is used where its image can be had, unless the user said otherwise. */
import type { Engine } from './engine.ts';
import { pullIfAbsent } from './images.ts';

/** What testcontainers 12.2.0 starts. */
const ryukImage = 'testcontainers/ryuk:0.14.0';
const pullWithinMs = 20_000;

/** Decides once for this process, before Testcontainers starts its first container. */
export async function decideRyuk(engine: Engine, onProgress: (message: string) => void): Promise<void> {
  if (process.env.TESTCONTAINERS_RYUK_DISABLED !== undefined) return;
  const image = process.env.RYUK_CONTAINER_IMAGE ?? ryukImage;
  try {
    await pullIfAbsent(engine, image, () => onProgress(`pulling ${image}`), pullWithinMs);
  } catch {
    process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
    onProgress(`${image} cannot be had: going on without it; if this process is killed, run: npm run chaos -- recover`);
  }
}
