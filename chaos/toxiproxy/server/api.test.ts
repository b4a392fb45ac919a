/** What the conformance suite does not say: calls that meet, and names that JavaScript or a path might stumble over. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { call, jsonCall, started } from './server.fixture.ts';

const listen = '127.0.0.1:0';
const upstream = '127.0.0.1:9';

async function accepts(address: string): Promise<boolean> {
  const socket = connect(Number(address.split(':').at(-1)), '127.0.0.1');
  const outcome = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return outcome;
}

describe('proxies', () => {
  it('have names of any characters, which paths escape', async () => {
    const { url } = await started();
    for (const name of ['a b', 'é😀', '100%', '<&>"\\', '1', '__proto__', 'constructor', '?', '\u0000']) {
      await jsonCall(url, 'POST', '/proxies', { name, listen, upstream });
      const path = `/proxies/${encodeURIComponent(name)}`;
      expect((await jsonCall(url, 'GET', path)).body.name).toBe(name);
      expect((await jsonCall(url, 'POST', `${path}/toxics`, { type: 'noop', name })).body.name).toBe(name);
      expect((await jsonCall(url, 'DELETE', `${path}/toxics/${encodeURIComponent(name)}`)).status).toBe(204);
    }
    const names = Object.keys((await jsonCall(url, 'GET', '/proxies')).body);
    expect(names).toContain('constructor');
    expect((await call(url, 'GET', '/proxies')).body).toContain('"__proto__":{"name":"__proto__"');
  });

  it('of a name that is taken are refused, also if both are asked for at once', async () => {
    const { url } = await started();
    const proxy = { name: 'a', listen, upstream };
    const replies = await Promise.all([1, 2, 3].map(() => jsonCall(url, 'POST', '/proxies', proxy)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('are changed by nothing after they were deleted', async () => {
    const { url } = await started();
    const { body } = await jsonCall(url, 'POST', '/proxies', { name: 'a', listen, upstream, enabled: false });
    const [deletion, ...changes] = await Promise.all([
      jsonCall(url, 'DELETE', '/proxies/a'),
      ...[1, 2, 3].map(() => jsonCall(url, 'PATCH', '/proxies/a', { enabled: true })),
    ]);
    expect(deletion.status).toBe(204);
    for (const { status } of changes) expect([200, 404]).toContain(status);
    expect(await accepts(body.listen)).toBe(false);
  });
});

describe('toxics', () => {
  it('of one name are not created twice, also if asked for at once', async () => {
    const { url } = await started();
    await jsonCall(url, 'POST', '/proxies', { name: 'a', listen, upstream });
    const calls = ['upstream', 'downstream', 'upstream'].map((stream) =>
      jsonCall(url, 'POST', '/proxies/a/toxics', { type: 'noop', name: 't', stream }),
    );
    const replies = await Promise.all(calls);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });
});
