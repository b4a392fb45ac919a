import { afterEach, expect, it, vi } from 'vitest';
import type { Engine } from './engine.ts';
import { imageSources } from './image-sources.ts';
import { ensureImages } from './images.ts';

afterEach(() => vi.unstubAllEnvs());

interface Answer {
  readonly statusCode?: number;
  readonly message?: string;
}

type Dial = (
  options: { readonly path: string; readonly abortSignal: AbortSignal },
  callback: (error: unknown) => void,
) => void;

/** Which has these images, and whose registries answer like this about others; no answer at all where none is given. */
function engineWith(here: readonly string[], answers: Record<string, Answer> = {}): Engine {
  const dial: Dial = ({ path, abortSignal }, callback) => {
    const answer = answers[path.replace(/^\/distribution\/(.*)\/json$/, '$1')];
    if (answer === undefined) abortSignal.addEventListener('abort', () => callback(new Error('aborted')));
    else if (answer.statusCode === 200) callback(null);
    else
      callback(Object.assign(new Error('HTTP'), { statusCode: answer.statusCode, json: { message: answer.message } }));
  };
  return {
    image: {
      exists: async ({ string }: { string: string }) => here.includes(string),
      pull: async () => {
        throw new Error('no such host');
      },
    },
    container: { dockerode: { modem: { dial } } },
  } as unknown as Engine;
}

function use(base: string, toxiproxy: string, prometheus: string): void {
  vi.stubEnv('CHAOS_IMAGE_BASE', base);
  vi.stubEnv('CHAOS_IMAGE_TOXIPROXY', toxiproxy);
  vi.stubEnv('CHAOS_IMAGE_PROMETHEUS', prometheus);
}

const from = async (engine: Engine) => (await imageSources(engine, 100)).map((source) => source.from);

it('asks registries only about images that the engine has not got, under the names that were given', async () => {
  use('base:1', 'far.example/toxiproxy:2', 'far.example/prometheus:3');
  const lost = { statusCode: 404, message: 'manifest unknown' };
  const engine = engineWith(['base:1'], {
    'far.example/toxiproxy:2': { statusCode: 200 },
    'far.example/prometheus:3': lost,
  });
  expect(await from(engine)).toEqual(['engine', 'registry', { failure: 'manifest unknown' }]);
});

it('takes a registry that asks for credentials for one that answers, one that is silent for none', async () => {
  use('asks.example/a:1', 'forbids.example/b:1', 'silent.example/c:1');
  const engine = engineWith([], {
    'asks.example/a:1': { statusCode: 401 },
    'forbids.example/b:1': { statusCode: 403 },
  });
  expect(await from(engine)).toEqual([
    'registry',
    'registry',
    { failure: 'its registry does not answer within 0.1 s' },
  ]);
});

it('says in short why a registry cannot be reached', async () => {
  const message = 'Get "https://far.example/v2/": dial tcp: lookup far.example on 10.0.0.1:53: no such host';
  use('a:1', 'b:1', 'far.example/c:1');
  const engine = engineWith(['a:1', 'b:1'], { 'far.example/c:1': { statusCode: 500, message } });
  expect((await from(engine)).at(-1)).toEqual({ failure: 'far.example: no such host' });
});

it('names every image that is missing, and what to set', async () => {
  use('base:1', 'far.example/toxiproxy:2', 'far.example/prometheus:3');
  await expect(ensureImages(engineWith(['base:1']), () => {})).rejects.toMatchObject({
    code: 'CHAOS_IMAGE',
    message: 'the images far.example/toxiproxy:2, far.example/prometheus:3 are not here and cannot be pulled',
    mend: expect.stringMatching(
      /docker pull .*toxiproxy:2; docker pull .*prometheus:3\), or set CHAOS_IMAGE_TOXIPROXY, CHAOS_IMAGE_PROMETHEUS/,
    ),
  });
});
