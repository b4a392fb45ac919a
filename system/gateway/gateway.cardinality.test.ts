import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { makeHome, startHere, token } from './testing/test-gateway.ts';

const names = Array.from({ length: 10_000 }, (_, index) => `${Math.random().toString(36).slice(2)}-${index}`);
const methods = ['PROPFIND', 'PURGE', 'M-SEARCH', 'LOCK', 'REPORT', 'MKCOL'];

it('10,000 names of skills, of routes and of methods from outside make no series of their own', async () => {
  using home = makeHome();
  const gateway = await startHere(home.path);
  const series = async () => (await gateway.registry.metrics()).match(/^[a-z]\S* \S+$/gm) ?? [];
  const request = (line: string) =>
    `${line} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer ${token}\r\nIdempotency-Key: k\r\nContent-Length: 0\r\n\r\n`;
  const ask = (prefix: string) =>
    pipelined(
      gateway.url,
      names.flatMap((name, index) => [
        request(`POST /v1/skills/${prefix}${name}/runs`),
        request(`GET /${prefix}${name}`),
        request(`${methods[index % methods.length]} /v1/${prefix}${name}`),
      ]),
    );
  await pipelined(gateway.url, [
    request('POST /v1/skills/one/runs'),
    request('GET /one'),
    ...methods.map((method) => request(`${method} /v1/one`)),
  ]);
  const before = await series();
  expect(before).toContain('openclaw_gateway_event_streams 0');
  expect(await ask('x-')).toBe(3 * names.length);
  const after = await series();
  expect(after.length).toBe(before.length);
  const text = after.join('\n');
  expect(text).toContain('http_request_method="_OTHER"');
  expect(text).toMatch(/http_server_request_duration_seconds_count\{[^}]*http_route="unmatched"[^}]*\} [0-9]{4,}/);
  expect(names.filter((name) => text.includes(name))).toEqual([]);
  await gateway.close();
}, 60_000);

/** Over one connection; resolves with how many were answered with 404. */
async function pipelined(url: string, requests: readonly string[]): Promise<number> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let refused = 0;
  let answered = 0;
  let rest = '';
  await once(socket, 'connect');
  const done = new Promise<void>((resolve, reject) => {
    socket.on('close', () => reject(new Error(`closed after ${answered} answers of ${requests.length}`)));
    socket.on('data', (chunk) => {
      const statuses = (rest + chunk).match(/HTTP\/1\.1 [0-9]{3}/g) ?? [];
      rest = (rest + chunk).slice(-11).replace(/.*HTTP\/1\.1 [0-9]{3}/s, '');
      answered += statuses.length;
      refused += statuses.filter((status) => status.endsWith('404')).length;
      if (answered === requests.length) resolve();
    });
  });
  socket.write(requests.join(''));
  await done;
  socket.removeAllListeners('close');
  socket.destroy();
  return refused;
}
