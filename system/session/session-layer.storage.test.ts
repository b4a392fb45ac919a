/** A disk that fails, and works again: nothing is acknowledged that is not stored, what can go on goes on, and all is told. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SessionStore } from './store/session-store.ts';
import { makeHome, type StartedLayer, startLayer } from './testing/session-fixture.ts';
import { TestClient, until } from './testing/test-client.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const diskFull = () => {
  throw new Error('database or disk is full');
};

function breakDisk(): { mend(): void } {
  const spies = (['appendMessages', 'admit', 'keepLinkCounts'] as const).map((method) =>
    vi.spyOn(SessionStore.prototype, method).mockImplementation(diskFull),
  );
  return {
    mend: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}

const healthOf = async (layer: StartedLayer) =>
  (await (await fetch(`http://127.0.0.1:${layer.port}/health`)).json()) as { degraded: string[] };
const saysSo = async (layer: StartedLayer) => (await healthOf(layer)).degraded.some((text) => text.includes('disk'));

describe('a disk that fails', () => {
  it('for a moment is not noticed by those who write, and their order is kept', async () => {
    await using layer = await startLayer({ limits: { uncommittedMs: 30_000 } });
    const { client } = await TestClient.greet(layer.port);
    const disk = breakDisk();
    for (const id of ['m1', 'm2', 'm3']) client.send({ type: 'message', id, body: id });
    await until(() => saysSo(layer), 'the layer to say that it is degraded');
    await until(() => client.of('status').some(({ reason }) => reason?.includes('disk')), 'the client to be told');
    expect(client.of('ack')).toEqual([]);
    disk.mend();
    expect((await client.entries(3)).map(({ id }) => id)).toEqual(['m1', 'm2', 'm3']);
    await until(async () => !(await saysSo(layer)), 'the layer to be well');
    expect(client.closed).toBeUndefined();
  });

  it('for longer has messages refused, lets readers stay, and is left behind without help', async () => {
    await using layer = await startLayer({ limits: { uncommittedMs: 300 } });
    const { client: reader, welcome } = await TestClient.greet(layer.port);
    const { session, epoch } = welcome;
    const { client: writer } = await TestClient.greet(layer.port, { session });
    await writer.message('m1');
    const disk = breakDisk();
    writer.send({ type: 'message', id: 'm2', body: 2 });
    expect(await writer.closure()).toBe(1011);
    expect(writer.of('error')).toMatchObject([{ code: 'storage-failed' }]);
    expect(writer.of('ack').map(({ id }) => id)).toEqual(['m1']);
    const late = new TestClient(layer.port);
    await late.opened();
    late.send({ type: 'hello', protocol: 1, token: 'a-token-of-the-tests' });
    expect(await late.closure()).toBe(1011);
    reader.send({ type: 'ping', id: 'p' });
    await reader.arrival('pong', 'p');
    disk.mend();
    await until(async () => !(await saysSo(layer)), 'the layer to find out by itself');
    const again = await TestClient.greet(layer.port, { session, epoch, after: 1 });
    expect(again.welcome).toMatchObject({ recovered: true, offset: 1 });
    expect(await again.client.message('m2')).toBe(2);
    expect(reader.closed).toBeUndefined();
    await reader.entries(2);
  });
});

describe('a store that is damaged', () => {
  it.each([
    ['garbage', Buffer.alloc(16_384, 'garbage')],
    ['nothing', Buffer.alloc(0)],
  ])('holds %s: it is put aside, and sessions begin anew', async (_title, bytes) => {
    const home = await makeHome();
    await mkdir(join(home, 'state'));
    await writeFile(join(home, 'state', 'session.db'), bytes);
    {
      await using layer = await startLayer({ home });
      const { client, welcome } = await TestClient.greet(layer.port, { session: 'mine', epoch: 'before', after: 7 });
      expect(welcome).toMatchObject({
        session: 'mine',
        recovered: false,
        reason: 'unknown-session',
        offset: 0,
        from: 0,
      });
      expect(await client.message('m1')).toBe(1);
      expect((await healthOf(layer)).degraded).toContainEqual(expect.stringContaining('session.db'));
      expect((await readdir(join(home, 'state'))).some((name) => name.startsWith('session.db.quarantine'))).toBe(true);
    }
    await rm(home, { recursive: true });
  });
});
