/** What starting on Docker does when it cannot: the message names what to mend, and nothing is left. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { InvalidInput } from '../../errors.ts';
import { fixture } from '../fixture/manifest.ts';
import { startRequest } from '../fixture/requests.ts';
import type { StartRequest } from '../platform.ts';
import { dockerProvider } from './provider.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** The image may have to be built first, its dependencies installed: whichever test is the first waits for that. */
const startWithinMs = 300_000;

afterEach(() => vi.unstubAllEnvs());

// Without an engine it fails, and says what was tried and how to get one.
describe('startDocker', () => {
  const runId = `unstartable-${process.pid}`;
  const request = (given: Partial<StartRequest> = {}): StartRequest => ({
    ...startRequest({ runId, runDir: join(root, '.chaos', 'runs', runId), root, recorderPort: 1 }),
    ...given,
  });
  afterAll(() => rm(join(root, '.chaos', 'runs', runId), { recursive: true, force: true }));
  const nothingLeft = async () => expect(await dockerProvider.recover(runId)).toEqual([]);

  it(
    'names an image that cannot be had and the variable to set',
    async () => {
      vi.stubEnv('CHAOS_IMAGE_TOXIPROXY', 'localhost:1/no/such-image:1');
      const error = await dockerProvider.start(request()).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(InvalidInput);
      expect(error).toMatchObject({ code: 'CHAOS_IMAGE', mend: expect.stringContaining('CHAOS_IMAGE_TOXIPROXY') });
      expect((error as Error).message).toContain('localhost:1/no/such-image:1');
      await nothingLeft();
    },
    startWithinMs,
  );

  it(
    'gives up on a node that cannot run, with its last words, and removes everything',
    async () => {
      const back = { ...fixture.nodes.back, command: ['no-such-command'] } as (typeof fixture.nodes)[string];
      const started = dockerProvider.start(request({ manifest: { ...fixture, nodes: { ...fixture.nodes, back } } }));
      await expect(started).rejects.toMatchObject({
        code: 'CHAOS_NOT_READY',
        message: expect.stringMatching(/^back ends again and again[\s\S]*no-such-command/),
      });
      await nothingLeft();
    },
    startWithinMs,
  );

  it(
    'gives up when it is aborted',
    async () => {
      const abort = new AbortController();
      const onProgress = (message: string) => message.startsWith('waiting') && abort.abort(new Error('Ctrl-C'));
      await expect(dockerProvider.start(request({ signal: abort.signal, onProgress }))).rejects.toThrow('Ctrl-C');
      await nothingLeft();
    },
    startWithinMs,
  );

  it(
    'names a source that is not there, and starts nothing',
    async () => {
      const started = dockerProvider.start(request({ manifest: { ...fixture, sources: ['no/such/folder'] } }));
      await expect(started).rejects.toMatchObject({
        code: 'CHAOS_MANIFEST',
        message: expect.stringContaining('no/such/folder'),
      });
      await nothingLeft();
    },
    startWithinMs,
  );
});
