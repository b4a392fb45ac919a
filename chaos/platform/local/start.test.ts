/** What starting on this machine does when it cannot: the message names what to mend, and nothing is left. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { fixture } from '../fixture/manifest.ts';
import { startRequest } from '../fixture/requests.ts';
import type { StartRequest } from '../platform.ts';
import { killAllOf } from './exact-signal.ts';
import { processesOf } from './process-table.ts';
import { recoverLocal } from './recover.ts';
import { ownServers, toxiproxyPart } from './servers.ts';
import { startLocal } from './start.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const runId = `unstartable-${process.pid}`;
const runDir = join(root, '.chaos', 'runs', runId);

const request = (given: Partial<StartRequest> = {}): StartRequest => ({
  ...startRequest({ runId, runDir, root, recorderPort: 1 }),
  onProgress: () => {},
  ...given,
});

const withBack = (given: Partial<(typeof fixture.nodes)[string]>) => {
  const back = { ...fixture.nodes.back, ...given } as (typeof fixture.nodes)[string];
  return { manifest: { ...fixture, nodes: { ...fixture.nodes, back } } };
};

async function nothingLeft(): Promise<void> {
  expect(processesOf({ run: runId, folder: runDir })).toEqual([]);
  expect(await recoverLocal(runId)).toEqual([]);
}

describe('startLocal', () => {
  afterAll(() => rm(runDir, { recursive: true, force: true }));

  it('gives up on a node that cannot be started, with the reason, and ends everything', async () => {
    await expect(startLocal(request(withBack({ command: ['no-such-command'] })))).rejects.toMatchObject({
      code: 'CHAOS_NOT_READY',
      message: expect.stringMatching(/^back ends again and again[\s\S]*no-such-command ENOENT/),
    });
    await nothingLeft();
  });

  it('gives up on a node that ends again and again, with its last words', async () => {
    const command = ['node', '-e', 'console.error("cannot go on"); process.exit(3)'];
    await expect(startLocal(request(withBack({ command })))).rejects.toMatchObject({
      code: 'CHAOS_NOT_READY',
      message: expect.stringMatching(/^back ends again and again[\s\S]*cannot go on/),
    });
    await nothingLeft();
  });

  it('tells the last words of a server that does not start', async () => {
    const broken = { ...ownServers, prometheus: () => ['node', '-e', 'console.error("no engine"); process.exit(1)'] };
    await expect(startLocal(request(), broken)).rejects.toMatchObject({
      code: 'CHAOS_START',
      message: expect.stringMatching(/^Prometheus did not start: it ended \(exit code 1\)[\s\S]*no engine/),
    });
    await nothingLeft();
  });

  it('says so when a port is taken at the last moment', async () => {
    const thief = createServer();
    const robbed = {
      ...ownServers,
      toxiproxy: (port: number) => {
        thief.listen(port, '127.0.0.1');
        return ownServers.toxiproxy(port);
      },
    };
    try {
      const started = startLocal(request(), robbed);
      await once(thief, 'listening');
      await expect(started).rejects.toMatchObject({
        code: 'CHAOS_START',
        message: expect.stringMatching(/^Toxiproxy did not start: [\s\S]*address already in use/i),
      });
    } finally {
      thief.close();
    }
    await nothingLeft();
  }, 60_000);

  it('names a placeholder that means nothing, and starts nothing', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a manifest's placeholder looks like this.
    await expect(startLocal(request(withBack({ env: { A: '${hom}' } })))).rejects.toMatchObject({
      code: 'CHAOS_MANIFEST',
    });
    await nothingLeft();
  });

  it('names a server that ended in the middle of a run, but not one that was stopped', async () => {
    const platform = await startLocal(request());
    await platform.stopPrometheus();
    const sought = { run: runId, folder: runDir };
    await killAllOf(sought, toxiproxyPart);
    // A toxic is gone with its server: that a fault still stood would not be true.
    await vi.waitFor(() => platform.undo({ do: 'remove-toxic', link: 'client-front', toxic: 'any' }));
    await expect(platform[Symbol.asyncDispose]()).rejects.toMatchObject({
      code: 'CHAOS_SERVER',
      message: 'Toxiproxy did not run to the end of the run: it ended (SIGKILL)',
      mend: expect.stringContaining('toxiproxy.log'),
    });
    await platform[Symbol.asyncDispose]();
    await nothingLeft();
  });

  it('gives up when it is aborted', async () => {
    const abort = new AbortController();
    const onProgress = (message: string) => message.startsWith('waiting') && abort.abort(new Error('Ctrl-C'));
    await expect(startLocal(request({ signal: abort.signal, onProgress }))).rejects.toThrow('Ctrl-C');
    await nothingLeft();
  });
});
