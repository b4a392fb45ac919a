import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoints, tryEndpoints } from './endpoints.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'chaos-endpoints-'));
});
afterAll(async () => {
  await rm(home, { recursive: true });
});

describe('where an engine is looked for', () => {
  it('is the machine’s socket, and the first rootless one that is there', async () => {
    expect(endpoints({}, home)[0]).toBe('unix:///var/run/docker.sock');
    const mine = join(home, 'mine');
    const socket = join(mine, '.docker/desktop/docker.sock');
    await mkdir(join(socket, '..'), { recursive: true });
    await writeFile(socket, '');
    expect(endpoints({}, mine)).toEqual(['unix:///var/run/docker.sock', `unix://${socket}`]);
  });

  it('is one place only, if one is configured', async () => {
    expect(endpoints({ DOCKER_HOST: 'tcp://engine:2375' }, home)).toEqual(['tcp://engine:2375']);
    const configured = join(home, 'configured');
    await mkdir(configured);
    await writeFile(join(configured, '.testcontainers.properties'), 'a=b\ndocker.host=tcp://other:2375\n');
    expect(endpoints({}, configured)).toEqual(['tcp://other:2375']);
    expect(endpoints({ DOCKER_HOST: 'tcp://engine:2375' }, configured)).toEqual(['tcp://engine:2375']);
  });
});

describe('an attempt', () => {
  async function listening(server: Server): Promise<string> {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it.each([
    ['unix:///no/such.sock', 'no such socket'],
    ['tcp://127.0.0.1:1', 'nobody listens'],
    ['nonsense', 'Invalid URL'],
  ])('at %s fails: %s', async (endpoint, failure) => {
    expect(await tryEndpoints([endpoint])).toEqual([{ endpoint, failure }]);
  });

  it('succeeds where a ping is answered, over TCP and on a socket', async () => {
    const asked: string[] = [];
    const answer: RequestListener = (request, response) => {
      asked.push(request.url ?? '');
      response.end('OK');
    };
    const onTcp = createServer(answer);
    const onSocket = createServer(answer);
    const path = join(home, 'engine.sock');
    await once(onSocket.listen(path), 'listening');
    const endpoint = await listening(onTcp);
    expect((await tryEndpoints([endpoint, `unix://${path}`])).map(({ failure }) => failure)).toEqual([
      undefined,
      undefined,
    ]);
    expect(asked).toEqual(['/_ping', '/_ping']);
    onTcp.close();
    onSocket.close();
  });

  it('fails where something else answers', async () => {
    const server = createServer((_, response) => response.writeHead(404).end());
    const [attempt] = await tryEndpoints([await listening(server)]);
    expect(attempt?.failure).toContain('HTTP 404');
    server.close();
  });

  it('is given up where nothing is answered', async () => {
    const server = createTcpServer();
    const [attempt] = await tryEndpoints([await listening(server)], 200);
    expect(attempt?.failure).toBe('no answer within 0.2 s');
    server.close();
  });
});
