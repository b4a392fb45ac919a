/** Whether the images can be had, found out without pulling them. */
import { ImageName } from 'testcontainers';
import type { Dockerode, Engine } from './engine.ts';
import { type ImageVariable, imageFor, imageVariables } from './images.ts';

export interface ImageSource {
  readonly variable: ImageVariable;
  readonly image: string;
  /** The engine has it; or its registry has it, or would tell if it knew who asks; or why it cannot be had. */
  readonly from: 'engine' | 'registry' | { readonly failure: string };
}

const registryWithinMs = 2_500;

/** One for each image; a registry that does not answer in time has nothing. The engine is asked to ask: it knows its mirrors and proxies. */
export function imageSources(engine: Engine, withinMs = registryWithinMs): Promise<readonly ImageSource[]> {
  return Promise.all(
    imageVariables.map(async (variable): Promise<ImageSource> => {
      const image = imageFor(variable);
      if (await engine.image.exists(ImageName.fromString(image))) return { variable, image, from: 'engine' };
      const failure = await askRegistry(engine.container.dockerode, image, withinMs);
      return { variable, image, from: failure === undefined ? 'registry' : { failure } };
    }),
  );
}

/** Why the image's registry does not offer it; undefined if it does. */
async function askRegistry({ modem }: Dockerode, image: string, withinMs: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const abortSignal = AbortSignal.timeout(withinMs);
  const request = { path: `/distribution/${image}/json`, method: 'GET', statusCodes: { 200: true }, abortSignal };
  modem.dial(request, (error: (Error & { statusCode?: number; json?: { message?: string } }) | null) => {
    // Credentials are given with a pull only.
    if (error === null || error.statusCode === 401 || error.statusCode === 403) resolve(undefined);
    else if (abortSignal.aborted) resolve(`its registry does not answer within ${withinMs / 1000} s`);
    else resolve(shortened(error.json?.message ?? error.message));
  });
  return promise;
}

/** Go names the request, the dialling and the lookup before it says what went wrong; the host and that are enough. */
function shortened(message: string): string {
  const [, host, what] = /^Get "https?:\/\/([^/"]+).*: ([^:]+)$/.exec(message) ?? [];
  return host === undefined ? message : `${host}: ${what}`;
}
