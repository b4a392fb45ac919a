import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Runs a small layer whose `start` is the given source. */
function run(start: string) {
  const source = `
    import { createServer } from 'node:http';
    import { runLayer } from ${JSON.stringify(new URL('lifecycle.ts', import.meta.url).href)};
    await runLayer('test', async (context) => { ${start} });`;
  const child = spawn(node, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const exit = once(child, 'close').then(([code]) => ({ code, output, errors }));
  const said = async (text: string) => expect.poll(() => output, { timeout: 15_000 }).toContain(text);
  return { child, exit, said };
}

describe('runLayer', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('closes on %s and exits with 0', async (signal) => {
    const { child, exit, said } = run(
      "context.signal.addEventListener('abort', () => context.log.info('aborted')); const t = setInterval(() => {}, 1000); return { async close() { clearInterval(t); context.log.info('own close'); } };",
    );
    await said('"started"');
    child.kill(signal);
    expect(await exit).toMatchObject({ code: 0, output: expect.stringMatching(/aborted.*own close.*"closed"/s) });
  });

  it('has written every log line when it is killed', async () => {
    const { output } = await run(
      "for (let n = 0; n < 50; n++) context.log.info('line ' + n); process.kill(process.pid, 'SIGKILL');",
    ).exit;
    expect(output.match(/line \d+/g)).toEqual(Array.from({ length: 50 }, (_, n) => `line ${n}`));
  });

  it('names the port that is in use and the variable, and exits with 78', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const listen = `await new Promise((resolve, reject) => createServer().on('error', reject).listen(${port}, '127.0.0.1', resolve));`;
    const { code, errors } = await run(listen).exit;
    taken.close();
    expect(code).toBe(78);
    expect(errors).toContain(`port ${port} on 127.0.0.1 is in use`);
    expect(errors).toContain('OPENCLAW_PORT');
    expect(errors.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['an exception at the start', "throw new TypeError('broken');"],
    ['an exception later', "setTimeout(() => { throw new TypeError('broken'); }, 1); return { async close() {} };"],
    ['a rejection nobody handles', "void Promise.reject(new TypeError('broken')); return { async close() {} };"],
    [
      'a close that fails',
      "setInterval(() => process.kill(process.pid, 'SIGTERM'), 1); return { async close() { throw new TypeError('broken'); } };",
    ],
  ])('logs %s and exits with 70', async (_what, start) => {
    expect(await run(start).exit).toMatchObject({ code: 70, output: expect.stringContaining('broken') });
  });
});
