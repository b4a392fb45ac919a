import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { proxied, toxic } from './testing/proxied.ts';
import type { Stream, ToxicState } from './toxic.ts';

const chains: Readonly<Record<string, (direction: Stream) => readonly ToxicState[]>> = {
  'no toxic': () => [],
  latency: (direction) => [toxic('latency', { latency: 5, jitter: 5 }, { direction })],
  slicer: (direction) => [toxic('slicer', { average_size: 3000, size_variation: 500, delay: 0 }, { direction })],
  'latency and a bandwidth': (direction) => [
    toxic('latency', { latency: 5, jitter: 0 }, { direction }),
    toxic('bandwidth', { rate: 100_000 }, { direction }),
  ],
};

/** More than the sockets' buffers and the chain hold together. */
const bytes = randomBytes(24 * 1024 * 1024);

it.each(
  Object.entries(chains).flatMap(([name, toxics]) =>
    (['upstream', 'downstream'] as const).map((direction) => ({ name, direction, toxics: toxics(direction) })),
  ),
)('a reader that pauses, $direction, gets everything when it goes on, through $name', async ({ direction, toxics }) => {
  await using on = await proxied(toxics);
  const { client, server } = await on.open();
  const [writer, reader] = direction === 'upstream' ? [client, server] : [server, client];
  reader.socket.pause();
  writer.socket.end(bytes);
  for (let pause = 0; pause < 3; pause++) {
    await sleep(150);
    // The writer is stuck.
    expect(writer.socket.writableLength).toBeGreaterThan(0);
    if (pause < 2) reader.socket.once('data', () => reader.socket.pause());
    reader.socket.resume();
  }
  expect(await reader.ended).toBe('fin');
  expect(reader.received.equals(bytes)).toBe(true);
});
