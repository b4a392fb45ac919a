import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

/** Its time passes twenty times as fast. */
const hurried = [
  '--import',
  'data:text/javascript,const real = setTimeout; globalThis.setTimeout = (done, ms) => real(done, ms / 20);',
];

/** Runs a small layer whose `start` is an async function with the given body, or the given function. */
function run(start: string, { env = {}, flags = [] }: RunOptions = {}) {
  const source = `
    import { createServer } from 'node:http';
    import { runLayer } from ${JSON.stringify(new URL('lifecycle.ts', import.meta.url).href)};
    import { loadConfig, port } from ${JSON.stringify(new URL('config.ts', import.meta.url).href)};
    await runLayer('test', ${start.startsWith('(') ? start : `async (context) => { ${start} }`});`;
  const child = spawn(node, [...flags, '--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
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

  it('waits neither for a start nor for a close that hangs', async () => {
    const hangs = [
      "context.log.info('begun'); await new Promise(() => {});",
      "setTimeout(() => context.log.info('begun'), 1); return { close: () => new Promise(() => {}) };",
    ];
    const layers = hangs.map((start) => run(`setInterval(() => {}, 1000); ${start}`, { flags: hurried }));
    await Promise.all(layers.map(({ said }) => said('"begun"')));
    for (const { child } of layers) child.kill('SIGTERM');
    for (const { exit } of layers) {
      expect(await exit).toMatchObject({ code: 70, output: expect.stringContaining('did not close within 8000 ms') });
    }
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
    ['at once', '() => loadConfig({ port: port(3019) })'],
    ['in a promise', 'async () => loadConfig({ port: port(3019) })'],
  ])('says in one line what to mend in a configuration that start refuses %s, and exits with 78', async (_, start) => {
    const { code, errors } = await run(`(${start})`, { env: { OPENCLAW_PORT: 'abc' } }).exit;
    expect(code).toBe(78);
    expect(errors.trim()).toMatch(/^openclaw test: configuration: OPENCLAW_PORT \("abc"\) must be a port: .*$/);
  });

  it('names the folder that cannot be used and the variable, and exits with 78', async () => {
    const { code, errors } = await run("const { mkdirSync } = await import('node:fs'); mkdirSync('/etc/hostname/x');")
      .exit;
    expect(code).toBe(78);
    expect(errors).toMatch(/cannot use \/etc\/hostname\/x .*OPENCLAW_HOME/);
  });

  it('keeps compiled code for its next life while it still runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'openclaw-lifecycle-'));
    const { child } = run('const t = setInterval(() => {}, 1000); return { async close() { clearInterval(t); } };', {
      env: { NODE_COMPILE_CACHE: folder },
      flags: hurried,
    });
    const kept = () => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    await expect.poll(() => kept().length, { timeout: 15_000 }).toBeGreaterThan(0);
    expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    await once(child, 'close');
    rmSync(folder, { recursive: true });
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
