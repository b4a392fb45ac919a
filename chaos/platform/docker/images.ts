/** Which images are used, and making sure that they are there before anything is started. */
import { ImageName } from 'testcontainers';
import { InvalidInput } from '../../errors.ts';
import { withDeadline } from '../deadline.ts';
import type { Engine } from './engine.ts';

/** Without these no run can be. */
const needed = {
  CHAOS_IMAGE_BASE: 'debian:bookworm-slim',
  CHAOS_IMAGE_TOXIPROXY: 'ghcr.io/shopify/toxiproxy:2.12.0',
  CHAOS_IMAGE_PROMETHEUS: 'prom/prometheus:v3.13.5',
} as const;

const published = {
  ...needed,
  /** For the demo, which does without where it cannot be had. */
  CHAOS_IMAGE_GRAFANA: 'grafana/grafana:13.2.3',
} as const;

export type ImageVariable = keyof typeof published;

export const imageVariables = Object.keys(needed) as (keyof typeof needed)[];

const pullWithinMs = 300_000;
/** Images seen by this process: asking the engine again for every run would be a waste. */
const present = new Set<string>();

export function imageFor(variable: ImageVariable): string {
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
      mend: mendFor([{ variable, image }]),
      cause,
    });
  }
  present.add(image);
  return image;
}

/** Makes sure of all of them. Throws one `CHAOS_IMAGE` that names every image that cannot be had. */
export async function ensureImages(engine: Engine, onProgress: (message: string) => void): Promise<void> {
  const outcomes = await Promise.allSettled(
    imageVariables.map((variable) => ensureImage(engine, variable, onProgress)),
  );
  const missing = imageVariables
    .filter((_, index) => outcomes[index]?.status === 'rejected')
    .map((variable) => ({ variable, image: imageFor(variable) }));
  if (missing.length === 0) return;
  const names = missing.map(({ image }) => image).join(', ');
  const text = missing.length === 1 ? `the image ${names} is` : `the images ${names} are`;
  throw new InvalidInput('CHAOS_IMAGE', `${text} not here and cannot be pulled`, {
    mend: mendFor(missing),
    cause: outcomes.find((outcome) => outcome.status === 'rejected')?.reason,
  });
}

function mendFor(missing: readonly { readonly variable: ImageVariable; readonly image: string }[]): string {
  const them = missing.length === 1 ? 'it' : 'them';
  const pulls = missing.map(({ image }) => `docker pull ${image}`).join('; ');
  const variables = missing.map(({ variable }) => variable).join(', ');
  return `make ${them} available (${pulls}), or set ${variables} to what you have; .ci/images builds stand-ins without a registry; or do without: --platform local`;
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
