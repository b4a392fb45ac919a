import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, jsonCall, started } from './server.fixture.ts';

interface Started {
  readonly child: ChildProcess;
  readonly lines: Record<string, unknown>[];
  readonly stderr: () => string;
  readonly exited: Promise<unknown[]>;
}

function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Started {
  const main = new URL('./main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...environment } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(lineOf(line)));
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return { child, lines, stderr: () => stderr, exited: once(child, 'close') };
}

function lineOf(line: string): Record<string, unknown> {
  return line.startsWith('{') ? JSON.parse(line) : { text: line };
}

/** The URL that the log names. */
async function urlOf({ lines }: Started): Promise<string> {
  const find = () => lines.find(({ message }) => message === 'Starting Toxiproxy HTTP server')?.address;
  await expect.poll(find, { timeout: 15_000 }).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
  return `http://${find()}`;
}

async function fileWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'toxiproxy-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'proxies.json');
  await writeFile(file, text);
  return file;
}

describe('toxiproxy', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('serves until %s, and says where', async (signal) => {
    const config = await fileWith('[{"name":"a","listen":"127.0.0.1:0","upstream":"127.0.0.1:9"}]');
    const server = run(['-port', '0', '-config', config, '--seed=7', '-proxy-metrics']);
    const url = await urlOf(server);
    expect((await jsonCall(url, 'GET', '/proxies')).body.a).toMatchObject({ enabled: true });
    expect((await call(url, 'GET', '/metrics')).status).toBe(200);
    server.child.kill(signal);
    expect(await server.exited).toEqual([0, null]);
    expect(server.lines.map(({ message }) => message).filter((message) => message !== undefined)).toEqual([
      'Starting Toxiproxy',
      'Started proxy',
      'Populated proxies from file',
      'Starting Toxiproxy HTTP server',
      'Shutdown started',
      'Terminated proxy',
    ]);
    expect(server.lines.find(({ handler }) => handler === 'ProxyIndex')).toMatchObject({
      level: 'debug',
      method: 'GET',
      url: '/proxies',
      status: 200,
    });
  });

  it('logs what LOG_LEVEL allows', async () => {
    const server = run(['-host=127.0.0.1', '-port=0'], { LOG_LEVEL: 'info' });
    const url = await urlOf(server);
    await call(url, 'GET', '/version');
    server.child.kill('SIGTERM');
    await server.exited;
    expect(server.lines.map(({ level }) => level)).toEqual(['info', 'info', 'info']);
  });

  it('prints its version, and help', async () => {
    const version = run(['-version']);
    expect([await version.exited, version.lines]).toEqual([[0, null], [{ text: 'toxiproxy-server version 2.12.0' }]]);
    const help = run(['--help']);
    expect(await help.exited).toEqual([0, null]);
    expect(help.lines[0]?.text).toMatch(/^Usage: /);
  });

  it('says that the port is in use', async () => {
    const { url } = await started();
    const { port } = new URL(url);
    const server = run(['-host', '127.0.0.1', '-port', port]);
    expect(await server.exited).toEqual([1, null]);
    expect(server.stderr()).toBe(
      `error: cannot listen on 127.0.0.1:${port}: address already in use\n  stop what listens there, or give another --port; 0 takes a free one\n`,
    );
  });

  it('refuses flags that it does not have', async () => {
    const server = run(['-prot', '1']);
    expect(await server.exited).toEqual([2, null]);
    expect(server.stderr()).toBe('error: -prot: no such flag\n  npm run toxiproxy -- -help shows what there is\n');
  });

  it('refuses a host that is none', async () => {
    const server = run(['-host', '1.2.3', '-port', '0']);
    expect(await server.exited).toEqual([1, null]);
    expect(server.stderr()).toContain('cannot listen on 1.2.3:0: lookup 1.2.3: no such host');
  });
});

describe('a configuration file', () => {
  const first = '{"name":"a","listen":"127.0.0.1:0","upstream":"u:1"}';
  it.each([
    ['{\n "name": x}', ":2:10: invalid character 'x' looking for beginning of value"],
    [
      `[${first},\n {"name":"b","upstream":5}]`,
      ':2:25: json: cannot unmarshal number into Go struct field .Proxy.upstream of type string',
    ],
    [`[${first},{"name":"b"}]`, ': missing required field: upstream at proxy 2'],
    [
      `[${first},{"name":"b","listen":"192.0.2.1:1","upstream":"u:1"}]`,
      ': proxy 2 ("b", listen "192.0.2.1:1"): listen tcp 192.0.2.1:1: bind: cannot assign requested address',
    ],
  ])('%s', async (text, message) => {
    const config = await fileWith(text);
    const server = run(['-port', '0', '-config', config]);
    expect(await server.exited).toEqual([1, null]);
    expect(server.stderr()).toContain(`error: ${config}${message}`);
    expect(server.stderr()).toMatch(/\n {2}(?:it must be a list of proxies: \[|give it a free address )/);
  });

  it('that is not there', async () => {
    const server = run(['-port', '0', '-config', '/nowhere/proxies.json']);
    expect(await server.exited).toEqual([1, null]);
    expect(server.stderr()).toBe(
      'error: /nowhere/proxies.json: cannot be read: ENOENT\n  give the path of a JSON file\n',
    );
  });
});
