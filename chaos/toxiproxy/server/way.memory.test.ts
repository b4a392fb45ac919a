/** A reader that stalls stalls the writer too: what lies between stays small. In a process of its own, so that its memory is its own. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { dial, toxic } from './testing/proxied.ts';
import { ServerProcess } from './testing/server-process.ts';
import type { Stream, ToxicState } from './toxic.ts';

const mebibyte = 1024 * 1024;
const total = 64 * mebibyte;

const chains: Readonly<Record<string, (direction: Stream) => readonly ToxicState[]>> = {
  'no toxic': () => [],
  latency: (direction) => [toxic('latency', { latency: 100, jitter: 0 }, { direction })],
  'a stalled bandwidth': (direction) => [toxic('bandwidth', { rate: 0 }, { direction })],
  'slices of a byte, late': (direction) => [
    toxic('slicer', { average_size: 1, size_variation: 0, delay: 0 }, { direction }),
    toxic('latency', { latency: 60_000, jitter: 0 }, { direction }),
  ],
};

/** Writes it all, piece by piece; tells how far it is. */
function writing(writer: Socket): { readonly done: number } {
  const progress = { done: 0 };
  const piece = Buffer.alloc(mebibyte / 16);
  const next = (error?: Error | null) => {
    if (error != null || progress.done === total) return;
    writer.write(piece, (failed) => {
      progress.done += piece.length;
      next(failed);
    });
  };
  next();
  return progress;
}

/** Until nothing has moved for half a second. */
async function stalled(progress: { readonly done: number }): Promise<void> {
  let before = -1;
  for (let still = 0; still < 10; still++) {
    await sleep(50);
    if (progress.done !== before) still = 0;
    before = progress.done;
  }
}

interface Stall extends AsyncDisposable {
  readonly writer: Socket;
  /** What the server holds more than before, in bytes. */
  added(): Promise<number>;
}

/** A connection through a server of its own, to a reader that does not read. */
async function stall(direction: Stream, toxics: readonly ToxicState[]): Promise<Stall> {
  await using held = new AsyncDisposableStack();
  const server = held.use(new ServerProcess());
  const upstream = createServer();
  held.defer(() => void upstream.close());
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  const port = await server.proxyTo((upstream.address() as AddressInfo).port, toxics);
  const accepted = once(upstream, 'connection');
  const client = await dial(port);
  const [far] = (await accepted) as [Socket];
  for (const socket of [client, far]) held.defer(() => void socket.on('error', () => {}).destroy());
  const [writer, reader] = direction === 'upstream' ? [client, far] : [far, client];
  reader.pause();
  await sleep(200);
  const before = await server.residentBytes();
  const kept = held.move();
  return {
    writer,
    added: async () => (await server.residentBytes()) - before,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

it.each(
  Object.entries(chains).flatMap(([name, toxics]) =>
    (['upstream', 'downstream'] as const).map((direction) => ({ name, direction, toxics: toxics(direction) })),
  ),
)('64 MiB $direction to a reader that stalls, through $name', { timeout: 60_000 }, async ({ direction, toxics }) => {
  await using stalling = await stall(direction, toxics);
  const progress = writing(stalling.writer);
  await stalled(progress);
  expect(progress.done).toBeGreaterThan(mebibyte);
  expect(progress.done).toBeLessThan(total / 2);
  expect(await stalling.added()).toBeLessThan(8 * mebibyte);
});
