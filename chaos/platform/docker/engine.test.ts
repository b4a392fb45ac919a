import { afterEach, expect, it, vi } from 'vitest';
import { checkEngine, connectEngine, NoEngine } from './engine.ts';

afterEach(() => vi.unstubAllEnvs());

const nobody = () => Promise.reject(new Error('Could not find a working container runtime strategy'));

it('says what was tried, and nothing that was not, and what to do when no engine answers', async () => {
  vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
  expect(await checkEngine(nobody)).toEqual({
    available: false,
    tried: 'Docker engine that answers at DOCKER_HOST=tcp://127.0.0.1:1 (nobody listens)',
    mend: expect.stringContaining('start Docker'),
  });
});

it('does not have Testcontainers look for what does not answer', async () => {
  vi.stubEnv('DOCKER_HOST', 'unix:///no/such/docker.sock');
  const find = vi.fn(nobody);
  const error = await connectEngine(find).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(NoEngine);
  expect(error).toMatchObject({ code: 'CHAOS_ENGINE', message: expect.stringContaining('no such socket') });
  expect(find).not.toHaveBeenCalled();
});
