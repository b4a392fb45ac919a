import { expect, it } from 'vitest';
import { proxied, toxic } from '../testing/proxied.ts';

it('noop passes bytes and their end, both ways', async () => {
  await using on = await proxied([toxic('noop'), toxic('noop', {}, { direction: 'upstream' })]);
  const { client, server } = await on.open();
  client.write('question');
  expect((await server.bytes(8)).toString()).toBe('question');
  server.socket.end('answer');
  expect((await client.bytes(6)).toString()).toBe('answer');
  expect(await client.ended).toBe('fin');
});
