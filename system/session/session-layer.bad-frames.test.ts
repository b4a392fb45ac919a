import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startLayer } from './testing/session-fixture.ts';
import { TestClient, testToken } from './testing/test-client.ts';

const hello = { type: 'hello', protocol: 1, token: testToken };
const afterHello = (...frames: unknown[]) => [hello, ...frames];

describe('a frame that breaks the protocol ends the connection with its code and says why', () => {
  it.each([
    ['binary', [Buffer.from(JSON.stringify(hello))], 4400, 'frame-binary'],
    ['not JSON', ['hello'], 4400, 'frame-not-json'],
    ['empty', [''], 4400, 'frame-not-json'],
    ['an array', ['[]'], 4400, 'frame-invalid'],
    ['null', ['null'], 4400, 'frame-invalid'],
    ['of an unknown type', [{ type: 'subscribe' }], 4400, 'frame-invalid'],
    ['a message before hello', [{ type: 'message', id: 'm', body: 1 }], 4400, 'hello-expected'],
    ['a ping before hello', [{ type: 'ping', id: 'p' }], 4400, 'hello-expected'],
    ['hello without a token', [{ type: 'hello', protocol: 1 }], 4400, 'frame-invalid'],
    ['hello with a wrong token', [{ ...hello, token: 'guess' }], 4401, 'unauthorized'],
    ['hello with an empty token', [{ ...hello, token: '' }], 4401, 'unauthorized'],
    ['hello of another protocol', [{ ...hello, protocol: 2 }], 4406, 'protocol-unsupported'],
    ['hello without a protocol', [{ type: 'hello', token: testToken }], 4400, 'frame-invalid'],
    ['hello with a session like a path', [{ ...hello, session: '../../x' }], 4400, 'frame-invalid'],
    ['hello with a fractional offset', [{ ...hello, after: 1.5 }], 4400, 'frame-invalid'],
    ['hello with a negative offset', [{ ...hello, after: -1 }], 4400, 'frame-invalid'],
    ['hello of an unknown kind', [{ ...hello, kind: 'admin' }], 4400, 'frame-invalid'],
    ['hello said twice', afterHello(hello), 4400, 'hello-again'],
    ['a message without an id', afterHello({ type: 'message', body: 1 }), 4400, 'frame-invalid'],
    [
      'a message with an id too long',
      afterHello({ type: 'message', id: 'x'.repeat(129), body: 1 }),
      4400,
      'frame-invalid',
    ],
    ['a message without a body', afterHello({ type: 'message', id: 'm' }), 4400, 'frame-invalid'],
    ['a ping without an id', afterHello({ type: 'ping' }), 4400, 'frame-invalid'],
  ] as const)('%s', async (_title, frames, closeCode, errorCode) => {
    await using layer = await startLayer();
    const client = new TestClient(layer.port);
    await client.opened();
    for (const frame of frames) client.send(frame);
    expect(await client.closure()).toBe(closeCode);
    expect(client.of('error')).toMatchObject([{ code: errorCode, message: expect.stringMatching(/\w/) }]);
    // What broke one connection leaves the next one alone.
    const { client: other } = await TestClient.greet(layer.port);
    expect(await other.message('m')).toBe(1);
  });

  it('too big: 1009, and one just within the limit is stored', async () => {
    await using layer = await startLayer();
    const { client } = await TestClient.greet(layer.port);
    const envelope = JSON.stringify({ type: 'message', id: 'm', body: '' }).length;
    expect(await client.message('m', 'x'.repeat(1024 * 1024 - envelope))).toBe(1);
    client.send({ type: 'message', id: 'n', body: 'x'.repeat(1024 * 1024 - envelope + 1) });
    expect(await client.closure()).toBe(1009);
    expect(await layer.registry.metrics()).toContain('rejections_total{reason="frame-too-big"} 1');
  });

  it('not UTF-8: 1007', async () => {
    await using layer = await startLayer();
    const client = new TestClient(layer.port);
    await client.opened();
    client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect(await client.closure()).toBe(1007);
  });

  it('none at all: 4408', async () => {
    await using layer = await startLayer({ limits: { helloTimeoutMs: 100 } });
    const client = new TestClient(layer.port);
    expect(await client.closure()).toBe(4408);
    expect(client.of('error')).toMatchObject([{ code: 'hello-timeout' }]);
  });

  it('not WebSocket at all: 400, and the layer goes on', async () => {
    await using layer = await startLayer();
    const socket = connect(layer.port, '127.0.0.1');
    socket.end('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    const answer = Buffer.concat(await Array.fromAsync(socket as AsyncIterable<Buffer>)).toString();
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    await TestClient.greet(layer.port);
  });
});
