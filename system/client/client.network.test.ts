import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ClientFrame } from '../session/protocol.ts';
import { connect, type Entry, type Gap } from './client.ts';

const here = import.meta.dirname;
const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function scriptedServer(serve: (socket: WebSocket, frame: ClientFrame) => void): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => socket.on('message', (data) => serve(socket, JSON.parse(String(data)))));
  endings.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const say = (socket: WebSocket, frame: object) => socket.send(JSON.stringify(frame));
const welcome = { type: 'welcome', session: 's', epoch: 'e', floor: 0, heartbeatMs: 1000, degraded: false };

async function take(entries: AsyncGenerator<Entry | Gap>, count: number): Promise<(Entry | Gap)[]> {
  const items: (Entry | Gap)[] = [];
  while (items.length < count) {
    const { value, done } = await entries.next();
    if (done) break;
    items.push(value);
  }
  return items;
}

describe('over a network', () => {
  it('goes on where it stopped, over connections that each break after some frames', async () => {
    const count = 40;
    let connections = 0;
    const url = await scriptedServer((socket, frame) => {
      if (frame.type !== 'hello') return;
      connections += 1;
      const after = frame.after ?? 0;
      const outcome = frame.session === undefined ? { recovered: false, reason: 'new-session' } : { recovered: true };
      say(socket, { ...welcome, offset: count, from: after, ...outcome });
      for (let offset = Math.max(1, after); offset <= Math.min(count, after + 9); offset += 1) {
        say(socket, { type: 'entry', offset, at: 0, kind: 'event', id: `e${offset}`, body: null });
      }
      if (after + 9 < count) setTimeout(() => (connections % 2 ? socket.terminate() : socket.close(4413)), 20);
    });
    const session = connect({ url, token: 't' });
    endings.push(() => session.close());
    const items = await take(session.entries(), count);
    expect(items.map((item) => (item.type === 'entry' ? item.offset : item))).toEqual(
      Array.from({ length: count }, (_, n) => n + 1),
    );
    expect(connections).toBeGreaterThanOrEqual(5);
  });

  it('leaves for good when its token is refused, and says so', async () => {
    let connections = 0;
    const url = await scriptedServer((socket) => {
      connections += 1;
      socket.close(4401, 'unknown token');
    });
    const session = connect({ url, token: 'wrong' });
    await expect(session.entries().next()).rejects.toMatchObject({ code: 'REFUSED', closeCode: 4401 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([session.state, connections]).toEqual(['closed', 1]);
  });

  it('leaves a server that answers no ping, and one that does not speak WebSocket', async () => {
    let connections = 0;
    const url = await scriptedServer((socket, frame) => {
      if (frame.type !== 'hello') return;
      connections += 1;
      say(socket, { ...welcome, heartbeatMs: 200, offset: 0, from: 0, recovered: false, reason: 'new-session' });
    });
    const session = connect({ url, token: 't' });
    endings.push(() => session.close());
    await expect.poll(() => connections, { timeout: 15_000 }).toBeGreaterThan(1);

    let dials = 0;
    const server = createServer((socket) => {
      dials += 1;
      socket.on('error', () => {}).end('220 mail server\r\n');
    }).listen(0, '127.0.0.1');
    endings.push(() => server.close());
    await once(server, 'listening');
    const other = connect({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't' });
    endings.push(() => other.close());
    await expect.poll(() => dials, { timeout: 15_000 }).toBeGreaterThan(2);
    expect(other.state).not.toBe('closed');
  });
});

interface Layer {
  readonly url: string;
  readonly token: string;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** The session layer as a process of its own, with a token that it has made itself. */
async function sessionLayer(): Promise<Layer> {
  const home = mkdtempSync(join(tmpdir(), 'openclaw-client-'));
  const reserved = createServer().listen(0, '127.0.0.1');
  await once(reserved, 'listening');
  const { port } = reserved.address() as AddressInfo;
  reserved.close();
  let child: ChildProcess;
  const start = async () => {
    child = spawn(node, [join(here, '..', 'session', 'main.ts')], {
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH,
        HOME: home,
        OPENCLAW_HOME: home,
        OPENCLAW_PORT: String(port),
        OPENCLAW_HEARTBEAT_MS: '1000',
        OPENCLAW_GATEWAY_URL: 'http://127.0.0.1:1',
      },
    });
    const ready = () =>
      fetch(`http://127.0.0.1:${port}/ready`).then(
        ({ status }) => status,
        () => 0,
      );
    await expect.poll(ready, { timeout: 30_000 }).toBe(200);
  };
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  endings.push(async () => {
    await kill();
    rmSync(home, { recursive: true });
  });
  await start();
  const token = readFileSync(join(home, 'state', 'token'), 'utf8').trim();
  return { url: `ws://127.0.0.1:${port}/ws`, token, kill, start };
}

describe('with the session layer', () => {
  it('loses and doubles nothing while that is killed again and again', async () => {
    const layer = await sessionLayer();
    const session = connect({ url: layer.url, token: layer.token });
    endings.push(() => session.close());
    const sent: Promise<number>[] = [];
    const sending = setInterval(() => sent.push(session.send({ n: sent.length })), 20);
    for (let n = 0; n < 3; n += 1) {
      const before = sent.length;
      await expect.poll(() => sent.length, { timeout: 10_000 }).toBeGreaterThan(before + 10);
      await layer.kill();
      await layer.start();
      session.retryNow();
    }
    clearInterval(sending);
    const offsets = await Promise.all(sent);
    const items = await take(session.entries(), sent.length);
    expect(items.map((item) => item.type === 'entry' && item.body)).toEqual(sent.map((_, n) => ({ n })));
    expect(items.map((item) => item.type === 'entry' && item.offset)).toEqual(offsets);
    expect(session.degraded).toBe(true);
  }, 60_000);

  it('does what README shows', async () => {
    const { url, token } = await sessionLayer();
    const example = /^```js\n([\s\S]*?)^```/m.exec(readFileSync(join(here, 'README.md'), 'utf8'))?.[1] ?? '';
    expect(
      example
        .trim()
        .split('\n')
        .filter((line) => line !== ''),
    ).toHaveLength(10);
    const child = spawn(node, ['--input-type=module', '-e', example], {
      cwd: here,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, SESSION_URL: url, OPENCLAW_TOKEN: token },
    });
    endings.push(() => child.kill('SIGKILL'));
    expect(await text(child.stdout)).toBe("open\nstored at 1\n1 message { text: 'hello' }\nclosed\n");
  }, 60_000);
});

/** A module and all that it imports, by path; type imports are gone once types are stripped. */
function modules(file: string, found = new Map<string, string>()): Map<string, string> {
  const source = stripTypeScriptTypes(readFileSync(file, 'utf8'), { mode: 'strip' });
  found.set(file, source);
  for (const [, specifier = ''] of source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    const imported = join(dirname(file), specifier);
    if (!existsSync(imported)) throw new Error(`${file} imports ${specifier}`);
    if (!found.has(imported)) modules(imported, found);
  }
  return found;
}

describe('in a browser', () => {
  it('nothing but files of its own is loaded', () => {
    const files = [...modules(join(here, 'client.ts')).keys()];
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => dirname(file) !== here)).toEqual([]);
  });

  it('nothing but what browsers have is used', async () => {
    const { url, token } = await sessionLayer();
    const sources = JSON.stringify([...modules(join(here, 'client.ts'))]);
    const realm = `
      import { SourceTextModule, createContext } from 'node:vm';
      const context = createContext({ WebSocket, performance, setTimeout, clearTimeout, crypto, TextEncoder });
      const modules = new Map(${sources}.map(([file, source]) => [file.split('/').at(-1), new SourceTextModule(source, { context })]));
      const client = modules.get('client.ts');
      await client.link((specifier) => modules.get(specifier.split('/').at(-1)));
      await client.evaluate();
      const session = client.namespace.connect(${JSON.stringify({ url, token })});
      console.log(await session.send('from a browser'), (await session.entries().next()).value.body);
      session.close();`;
    const child = spawn(node, ['--experimental-vm-modules', '--no-warnings', '--input-type=module', '-e', realm], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    endings.push(() => child.kill('SIGKILL'));
    expect(await text(child.stdout)).toBe('1 from a browser\n');
  }, 60_000);
});
