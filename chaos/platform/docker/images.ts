/** Which images are used, and making sure that they are there before anything is started. */
import { ImageName } from 'testcontainers';
import { InvalidInput } from '../../errors.ts';
import { withDeadline } from '../deadline.ts';
import type { Engine } from './engine.ts';

const published = {
  CHAOS_IMAGE_BASE: 'debian:bookworm-slim',
  CHAOS_IMAGE_TOXIPROXY: 'ghcr.io/shopify/toxiproxy:2.12.0',
  CHAOS_IMAGE_PROMETHEUS: 'prom/prometheus:v3.13.5',
} as const;

export type ImageVariable = keyof typeof published;

const pullWithinMs = 300_000;
/** Images seen by this process: asking the engine again for every run would be a waste. */
const present = new Set<string>();

function imageFor(variable: ImageVariable): string {
  return process.env[variable]?.trim() || published[variable];
}

/** The image's name, once the engine has it. Throws `CHAOS_IMAGE`, naming the image and what to set. */
export async function ensureImage(
  engine: Engine,
  variable: ImageVariable,
  onProgress: (message: string) => void,
): Promise<string> {
  const image = imageFor(variable);
  if (present.has(image)) return image;
  try {
    await pullIfAbsent(engine, image, () => onProgress(`pulling ${image}`));
  } catch (cause) {
    throw new InvalidInput('CHAOS_IMAGE', `the image ${image} is not here and cannot be pulled`, {
      mend: `make it available (docker pull ${image}), or set ${variable} to an image that you have; .ci/images builds stand-ins without a registry`,
      cause,
    });
  }
  present.add(image);
  return image;
}

/** Pulls what the engine does not have. Throws if it still has not got it. */
export async function pullIfAbsent(
  engine: Engine,
  image: string,
  onPull: () => void,
  withinMs: number = pullWithinMs,
): Promise<void> {
  const name = ImageName.fromString(image);
  if (await engine.image.exists(name)) return;
  onPull();
  await withDeadline(engine.image.pull(name), withinMs, `pulling ${image}`);
  // A pull that fails half way ends like one that worked.
  await engine.container.dockerode.getImage(image).inspect();
}
