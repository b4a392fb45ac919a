import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { type FriendlyPort, friendlyPort } from './friendly-port.ts';

it('gives the wanted port, the next free one if it is taken, and says so if all are', async () => {
  // Below the kernel's own range, where nothing of ours listens.
  const { port: wanted, ...first } = await friendlyPort(7_340);
  await first[Symbol.asyncDispose]();
  const servers = [];
  for (let taken = 0; taken < 10; taken++) {
    await using claim = await friendlyPort(wanted);
    expect(claim.port).toBeGreaterThanOrEqual(wanted + taken);
    const server = createServer();
    servers.push(server);
    await once(server.listen(claim.port, '127.0.0.1'), 'listening');
  }
  await expect(friendlyPort(wanted)).rejects.toMatchObject({ code: 'CHAOS_PORTS' });
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  await using again = await friendlyPort(wanted);
  expect(again.port).toBe(wanted);
});

it('gives nobody a port that another has claimed and not taken yet, until he lets go of it', async () => {
  const claims = [await friendlyPort(7_440), await friendlyPort(7_440), await friendlyPort(7_440)];
  const ports = claims.map(({ port }) => port);
  expect(new Set(ports).size).toBe(3);
  const [own, ...others] = claims as [FriendlyPort, ...FriendlyPort[]];
  await own[Symbol.asyncDispose]();
  const again = await friendlyPort(7_440);
  expect(again.port).toBe(own.port);
  for (const claim of [again, ...others]) await claim[Symbol.asyncDispose]();
});
