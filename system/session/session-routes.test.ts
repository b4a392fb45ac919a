import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type StartedLayer, startLayer } from './testing/session-fixture.ts';
import { TestClient, testToken } from './testing/test-client.ts';

interface Page {
  readonly session: string;
  readonly epoch: string;
  readonly floor: number;
  readonly newest: number;
  readonly entries: readonly {
    readonly offset: number;
    readonly kind: string;
    readonly id: string;
    readonly body: unknown;
  }[];
  readonly next: string;
  readonly more: boolean;
}

async function call(layer: StartedLayer, path: string, { method = 'GET', token = testToken } = {}) {
  const response = await fetch(`http://127.0.0.1:${layer.port}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as unknown };
}

async function history(layer: StartedLayer, session: string, query = ''): Promise<Page> {
  const { status, body } = await call(layer, `/v1/sessions/${session}/history${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as Page;
}

async function addToken(layer: StartedLayer, name: string): Promise<string> {
  await mkdir(join(layer.home, 'state', 'tokens'), { recursive: true });
  await writeFile(join(layer.home, 'state', 'tokens', name), `token-of-${name}`, { mode: 0o600 });
  // Files are looked at once a second.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  return `token-of-${name}`;
}

describe('the history of a session', () => {
  it('is read in pages that miss nothing, and goes on where it ended', async () => {
    await using layer = await startLayer();
    const { client, welcome } = await TestClient.greet(layer.port);
    for (let n = 1; n <= 25; n += 1) await client.message(`m${n}`, { n });
    const read: number[] = [];
    let cursor = '';
    for (let more = true; more; ) {
      const page = await history(layer, welcome.session, `?limit=10${cursor}`);
      expect(page).toMatchObject({ session: welcome.session, epoch: welcome.epoch, newest: 25, floor: 0 });
      expect(page.entries.length).toBeLessThanOrEqual(10);
      read.push(...page.entries.map(({ offset }) => offset));
      more = page.more;
      cursor = `&cursor=${page.next}`;
    }
    expect(read).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    expect((await history(layer, welcome.session, `?limit=10${cursor}`)).entries).toEqual([]);
    await client.message('later', null);
    const { entries, more } = await history(layer, welcome.session, `?limit=10${cursor}`);
    expect({ entries, more }).toMatchObject({
      entries: [{ offset: 26, kind: 'message', id: 'later', body: null }],
      more: false,
    });
  });

  it('tells a reader whose place is lost where to read on', async () => {
    await using layer = await startLayer({ limits: { entriesPerSession: 5, undelivered: 1 } });
    const { client, welcome } = await TestClient.greet(layer.port);
    const { session } = welcome;
    await client.message('m1');
    const { next } = await history(layer, session, '?limit=1');
    for (let n = 2; n <= 20; n += 1) await client.message(`m${n}`);
    const cursorOf = (position: unknown) => Buffer.from(JSON.stringify(position)).toString('base64url');
    for (const [cursor, code] of [
      [next, 'OPENCLAW_TRIMMED'],
      [cursorOf(['another epoch', 3]), 'OPENCLAW_EPOCH_CHANGED'],
      [cursorOf([welcome.epoch, 99]), 'OPENCLAW_OFFSET_UNKNOWN'],
    ]) {
      const { status, body } = await call(layer, `/v1/sessions/${session}/history?cursor=${cursor}`);
      expect({ status, body }).toMatchObject({ status: 410, body: { code } });
      const advice = /cursor=([\w-]+)/.exec((body as { detail: string }).detail)?.[1];
      const { entries } = await history(layer, session, `?cursor=${advice}`);
      expect(entries.at(-1)?.offset).toBe(20);
      expect(entries.map(({ offset }) => offset)).toEqual(entries.map((_, index) => (entries[0]?.offset ?? 0) + index));
    }
  });

  it.each(['?limit=0', '?limit=1001', '?limit=x', '?cursor=%21', '?cursor=bm8', '?cursor=WzEsMl0'])(
    'says what is wrong with %s',
    async (query) => {
      await using layer = await startLayer();
      const { welcome } = await TestClient.greet(layer.port);
      const { status, body } = await call(layer, `/v1/sessions/${welcome.session}/history${query}`);
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { detail: expect.stringMatching(/query\.(limit|cursor)/) },
      });
    },
  );

  it('is for those who may see the session; for others there is none', async () => {
    await using layer = await startLayer();
    const token = await addToken(layer, 'alice');
    const { client, welcome } = await TestClient.greet(layer.port, { token });
    await client.message('m');
    const owners = await TestClient.greet(layer.port);
    const at = (session: string) => `/v1/sessions/${session}/history`;
    expect((await call(layer, at(welcome.session), { token })).status).toBe(200);
    expect((await call(layer, at(welcome.session))).status).toBe(200);
    expect((await call(layer, at(owners.welcome.session), { token })).status).toBe(404);
    expect((await call(layer, at('never-seen'), { token })).status).toBe(404);
    expect((await call(layer, at(welcome.session), { token: 'wrong' })).status).toBe(401);
    expect((await call(layer, `/v1/sessions/${owners.welcome.session}`, { token, method: 'DELETE' })).status).toBe(404);

    const listed = async (query: string, as: string) => (await call(layer, `/v1/sessions${query}`, { token: as })).body;
    expect(await listed('', token)).toMatchObject({
      sessions: [{ id: welcome.session, owner: 'alice', offset: 1, connected: true }],
      next: null,
    });
    const first = (await listed('?limit=1', testToken)) as { sessions: { id: string }[]; next: string };
    const second = (await listed(`?limit=1&cursor=${first.next}`, testToken)) as typeof first;
    const both = [first, second].flatMap(({ sessions }) => sessions.map(({ id }) => id));
    expect(both.toSorted()).toEqual([welcome.session, owners.welcome.session].toSorted());
  });
});

describe('a session that is deleted', () => {
  it('is gone with its history, and its connections end', async () => {
    await using layer = await startLayer();
    const { client, welcome } = await TestClient.greet(layer.port);
    await client.message('m');
    const { session, epoch } = welcome;
    expect((await call(layer, `/v1/sessions/${session}`, { method: 'DELETE' })).status).toBe(204);
    expect(await client.closure()).toBe(4404);
    expect((await call(layer, `/v1/sessions/${session}/history`)).status).toBe(404);
    expect((await call(layer, `/v1/sessions/${session}`, { method: 'DELETE' })).status).toBe(404);
    const again = await TestClient.greet(layer.port, { session, epoch, after: 1 });
    expect(again.welcome).toMatchObject({ session, recovered: false, reason: 'unknown-session', offset: 0 });
    expect(again.welcome.epoch).not.toBe(epoch);
  });
});
