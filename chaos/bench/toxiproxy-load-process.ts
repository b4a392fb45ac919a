/** What runs in the process that generates the load: both ends of every connection. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { startFarEnd, wants, writeBytes } from './toxiproxy-far-end.ts';
import type { Order, Result, Target } from './toxiproxy-load.ts';

const warmUpTrips = 300;
const roundTrips = 1500;
const streamBytes = 80e6;
const connectionsMs = 400;

process.once('message', async (order: Order) => {
  process.send?.(await measure(order));
});
process.send?.(await startFarEnd());

type Samples = { -readonly [K in keyof Result]: Result[K] extends readonly number[] ? number[] : Result[K] };

async function measure({ targets, rounds, budgetMs }: Order): Promise<readonly Result[]> {
  const all = targets.map(({ name, port }) => ({
    port,
    result: { name, roundTripsMs: [], downloads: [], uploads: [], connections: [] } as Samples,
  }));
  const started = performance.now();
  for (let round = 0; round < rounds && performance.now() - started < budgetMs; round++) {
    // Each comes first once in a while: what the machine does beside falls on all of them.
    for (const each of [...all.slice(round % all.length), ...all.slice(0, round % all.length)]) {
      const { port, result } = each;
      for (const trip of await trips(port)) result.roundTripsMs.push(trip);
      result.downloads.push(await download(port));
      result.uploads.push(await upload(port));
      result.connections.push(await connections(port));
    }
  }
  return all.map(({ result }) => result);
}

async function dial(port: Target['port']): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

async function trips(port: number): Promise<number[]> {
  const socket = await dial(port);
  const byte = Buffer.alloc(1);
  const taken: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.write(Buffer.of(wants.echo));
  let started = performance.now();
  socket.on('data', () => {
    const now = performance.now();
    taken.push(now - started);
    if (taken.length === warmUpTrips + roundTrips) return resolve();
    started = performance.now();
    socket.write(byte);
  });
  socket.write(byte);
  await promise;
  socket.destroy();
  return taken.slice(warmUpTrips);
}

async function download(port: number): Promise<number> {
  const socket = await dial(port);
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = streamBytes;
  socket.on('data', (chunk) => {
    left -= chunk.length;
    if (left === 0) resolve();
  });
  const started = performance.now();
  socket.write(request(wants.send));
  await promise;
  const ms = performance.now() - started;
  socket.destroy();
  return streamBytes / 1000 / ms;
}

async function upload(port: number): Promise<number> {
  const socket = await dial(port);
  const started = performance.now();
  socket.write(request(wants.take));
  writeBytes(socket, streamBytes);
  await once(socket, 'data');
  const ms = performance.now() - started;
  socket.destroy();
  return streamBytes / 1000 / ms;
}

async function connections(port: number): Promise<number> {
  const started = performance.now();
  let count = 0;
  for (; performance.now() - started < connectionsMs; count++) {
    const socket = await dial(port);
    socket.write(Buffer.of(wants.echo, 0));
    await once(socket, 'data');
    socket.destroy();
  }
  return (count * 1000) / (performance.now() - started);
}

function request(want: number): Buffer {
  const bytes = Buffer.alloc(5, want);
  bytes.writeUInt32LE(streamBytes, 1);
  return bytes;
}
