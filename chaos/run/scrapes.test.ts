import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, expect, it } from 'vitest';
import { instrument } from '../../metrics/instrument.ts';
import type { Manifest } from '../manifest.ts';
import { saveScrapes } from './scrapes.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('saves what can be had, and says what could not: an error, silence, no address', { timeout: 20_000 }, async () => {
  const runDir = await mkdtemp(join(tmpdir(), 'scrapes-'));
  const addresses: Readonly<Record<string, string>> = {
    well: await serve((request, response) => response.end(`asked for ${request.url}\n`)),
    failing: await serve((_request, response) => response.writeHead(500).end('no\n')),
    mute: await serve(() => {}),
  };
  const nodes = Object.fromEntries(
    ['gone', 'failing', 'mute', 'well'].map((node) => [node, { metricsPath: `/of/${node}` }]),
  );
  const platform = {
    observerAddress: (node: string) => {
      const address = addresses[node];
      if (address === undefined) throw new Error(`no address of ${node}`);
      return address;
    },
  };
  const registry = new Registry();
  instrument(registry, 'chaos_recorder_sequence').set(3);
  await expect(
    saveScrapes(platform, { nodes: nodes as unknown as Manifest['nodes'] }, { registry }, runDir),
  ).rejects.toThrow('no address of gone');
  const read = (name: string) => readFile(join(runDir, 'scrapes', name), 'utf8');
  expect((await readdir(join(runDir, 'scrapes'))).sort()).toEqual(['harness.prom', 'well.prom']);
  expect(await read('well.prom')).toBe('asked for /of/well\n');
  expect(await read('harness.prom')).toContain('chaos_recorder_sequence 3');
  await rm(runDir, { recursive: true });
});
