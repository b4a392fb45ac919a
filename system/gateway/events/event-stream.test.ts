import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { GatewayEvent } from '../../layer/wire.ts';
import { EventStreams } from './event-streams.ts';

const total = 200_000;
const batch = 100;
const slowReaderMs = 300;
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Far more events than the kernel's buffers hold. */
function read(after: number): GatewayEvent[] {
  const count = Math.max(0, Math.min(batch, total - after));
  const run = { id: 'x'.repeat(500), skill: 's', trigger: 'schedule', dueAt: 0, attempt: 1 } as const;
  return Array.from({ length: count }, (_, index) => ({
    id: after + index + 1,
    at: 0,
    type: 'run.started',
    run,
    session: null,
  }));
}

/** A server of streams; `GET /AFTER`. */
async function serve(limit: number) {
  const streams = new EventStreams(limit, () => {});
  const responses: ServerResponse[] = [];
  const server = createServer((request, response) => {
    responses.push(response);
    const after = Number(request.url?.slice(1));
    streams.open(response, { after, read, oldest: () => 1, heartbeatMs: 20, slowReaderMs });
  });
  cleanups.push(() => server.close().closeAllConnections());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { streams, responses, port };
}

function open(port: number, after: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  cleanups.push(() => socket.destroy());
  socket.write(`GET /${after} HTTP/1.1\r\nHost: x\r\n\r\n`);
  return socket;
}

/** Ids of the frames that came whole. */
function idsIn(text: string): number[] {
  return [...text.matchAll(/^id: (\d+)\nevent: .*\ndata: .*\n\n/gm)].map((match) => Number(match[1]));
}

describe('an event stream', () => {
  it('closes a reader that takes nothing, holding little for it; the reader resumes without loss', async () => {
    const { streams, responses, port } = await serve(10);
    const slow = open(port, 0);
    slow.pause();
    await expect.poll(() => responses.length).toBe(1);
    let heldBytes = 0;
    const watch = setInterval(() => (heldBytes = Math.max(heldBytes, responses[0]?.writableLength ?? 0)), 1);
    await expect.poll(() => streams.size, { timeout: 15_000 }).toBe(0);
    clearInterval(watch);
    expect(heldBytes).toBeGreaterThan(0);
    expect(heldBytes).toBeLessThan(200_000);

    let text = '';
    slow.on('data', (chunk) => (text += chunk)).resume();
    await once(slow, 'close');
    const seen = idsIn(text);
    expect(seen.length).toBeLessThan(total);

    const again = open(port, seen.at(-1) ?? 0);
    let rest = '';
    again.on('data', (chunk) => (rest += chunk));
    await expect.poll(() => idsIn(rest).length).toBeGreaterThan(1000);
    const all = [...seen, ...idsIn(rest)];
    expect(all).toEqual(all.map((_, index) => index + 1));
  });

  it('keeps a reader that is slow but takes something', async () => {
    const { streams, port } = await serve(10);
    const reader = open(port, 0);
    let bytes = 0;
    reader.on('data', (chunk) => {
      bytes += chunk.length;
      reader.pause();
      setTimeout(() => reader.resume(), 1);
    });
    const until = performance.now() + 3 * slowReaderMs;
    await expect.poll(() => performance.now() > until, { timeout: 10_000 }).toBe(true);
    expect(streams.size).toBe(1);
    expect(bytes).toBeGreaterThan(0);
  });

  it('beats while there is nothing to tell', async () => {
    const { port } = await serve(10);
    const reader = open(port, total);
    let text = '';
    reader.on('data', (chunk) => (text += chunk));
    await expect.poll(() => text.split(': beat\n\n').length).toBeGreaterThan(3);
  });

  it('makes room for a new one by closing the oldest', async () => {
    const { streams, port } = await serve(2);
    const readers: Socket[] = [];
    for (let index = 0; index < 3; index += 1) {
      const reader = open(port, total).resume();
      await once(reader, 'data');
      readers.push(reader);
    }
    await expect.poll(() => readers.map((reader) => reader.closed)).toEqual([true, false, false]);
    expect(streams.size).toBe(2);
  });
});
