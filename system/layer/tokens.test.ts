import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from './config.ts';
import { openTokens } from './tokens.ts';

let home: string;
let registry: Registry;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'openclaw-tokens-'));
  registry = new Registry();
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(home, { recursive: true, force: true });
});
const aSecondPasses = () => vi.advanceTimersByTime(1000);

const here = '127.0.0.1';
const open = (more: { host?: string; token?: string } = {}) =>
  openTokens({ home, host: here, ...more }, 'test', registry);
const mainFile = () => join(home, 'state', 'token');
const makeToken = (name: string, token: string) => {
  mkdirSync(join(home, 'state', 'tokens'), { recursive: true });
  writeFileSync(join(home, 'state', 'tokens', name), `${token}\n`, { mode: 0o600 });
};
const modeOf = (file: string) => statSync(file).mode & 0o777;
const failures = async () =>
  (await registry.metrics()).match(/openclaw_auth_failures_total\{layer="test"\} (\d+)/)?.[1];

describe('the main token', () => {
  it('is made on first use, for its owner only, and is the same afterwards', () => {
    const made = open().own;
    expect(made).toMatch(/^[\w-]{43}$/);
    expect(readFileSync(mainFile(), 'utf8').trim()).toBe(made);
    expect(modeOf(mainFile())).toBe(0o600);
    expect(readdirSync(join(home, 'state'))).toEqual(['token']);
    expect(open().own).toBe(made);
    expect(open().check(made, here)).toEqual({ ok: true, owner: 'owner' });
  });

  it('is OPENCLAW_TOKEN where that is set, and then none is made', () => {
    const tokens = open({ token: 'given', host: '0.0.0.0' });
    expect(tokens.own).toBe('given');
    expect(tokens.check('given', here)).toEqual({ ok: true, owner: 'owner' });
    expect(readdirSync(home)).toEqual([]);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'gateway', '127.0.0.1.example.org', '128.0.0.1'])(
    'must be there before %s is bound',
    (host) => {
      expect(() => open({ host })).toThrow(ConfigError);
      expect(() => open({ host })).toThrow(/OPENCLAW_TOKEN.*OPENCLAW_HOST.*state\/token/);
      expect(readdirSync(home)).toEqual([]);
      mkdirSync(join(home, 'state'));
      writeFileSync(mainFile(), 'mine');
      expect(open({ host }).own).toBe('mine');
    },
  );

  it.each(['localhost', '::1', '127.1.2.3'])('is made for %s', (host) => {
    expect(open({ host }).own).toMatch(/^[\w-]{43}$/);
  });

  it.each([
    ['nothing', ''],
    ['garbage', '\0\xff garbage'],
    ['too much', 'x'.repeat(9000)],
  ])('is made anew beside a file that holds %s', (_what, content) => {
    mkdirSync(join(home, 'state'));
    writeFileSync(mainFile(), content);
    expect(open().own).toMatch(/^[\w-]{43}$/);
    const aside = readdirSync(join(home, 'state'))
      .filter((name) => name !== 'token')
      .sort();
    expect(aside).toEqual([expect.stringMatching(/^token\.quarantine-[^.]+\.[^.]+$/), `${aside[0]}.reason`]);
    expect(readFileSync(join(home, 'state', aside[0] ?? ''), 'utf8')).toBe(content);
  });

  it('is closed to others when they could read it', () => {
    open();
    chmodSync(mainFile(), 0o644);
    open();
    expect(modeOf(mainFile())).toBe(0o600);
  });

  it('can be changed without a restart, and outlives its file', () => {
    const tokens = open();
    expect(tokens.own).not.toBe('changed');
    writeFileSync(mainFile(), 'changed');
    aSecondPasses();
    expect(tokens.own).toBe('changed');
    rmSync(mainFile());
    aSecondPasses();
    expect(tokens.check('changed', here)).toEqual({ ok: true, owner: 'owner' });
  });

  it.each([
    ['no file', undefined],
    ['an empty file', ''],
  ])(
    'is the same for all layers that start at once with %s',
    async (_what, content) => {
      mkdirSync(join(home, 'state'));
      if (content !== undefined) writeFileSync(mainFile(), content);
      const layers = Array.from({ length: 4 }, () => anotherLayer());
      await Promise.all(layers.map(({ opened }) => opened));
      const seen = await Promise.all(layers.map(({ own }) => own()));
      expect(new Set(seen)).toEqual(new Set([readFileSync(mainFile(), 'utf8').trim()]));
    },
    30_000,
  );
});

/** A process that opens the tokens; `own`: what it uses once it has been up for as long as it takes to notice a change. */
function anotherLayer() {
  const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
  const source = `
    import { Registry } from 'prom-client';
    import { openTokens } from ${JSON.stringify(new URL('tokens.ts', import.meta.url).href)};
    const tokens = openTokens({ home: ${JSON.stringify(home)}, host: '127.0.0.1' }, 'test', new Registry());
    tokens.own;
    process.stdout.write('opened ');
    process.stdin.on('end', () => {
      const now = performance.now();
      performance.now = () => now + 1000;
      process.stdout.write(tokens.own);
    }).resume();`;
  const { stdin, stdout } = spawn(node, ['--input-type=module', '-e', source], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = text(stdout);
  const own = () => {
    stdin.end();
    return said.then((words) => words.replace('opened ', ''));
  };
  return { opened: once(stdout, 'readable'), own };
}

describe('further tokens', () => {
  it('have names, count without a restart, and cease to', () => {
    makeToken('phone', 'of-the-phone');
    const tokens = open();
    expect(tokens.check('of-the-phone', here)).toEqual({ ok: true, owner: 'phone' });
    makeToken('tablet', 'of-the-tablet');
    rmSync(join(home, 'state', 'tokens', 'phone'));
    aSecondPasses();
    expect(tokens.check('of-the-tablet', here)).toEqual({ ok: true, owner: 'tablet' });
    expect(tokens.check('of-the-phone', here)).toEqual({ ok: false });
    expect(tokens.check(tokens.own, here)).toEqual({ ok: true, owner: 'owner' });
  });

  it('never stand for the owner', () => {
    makeToken('owner', 'a-false-owner');
    makeToken('.hidden', 'hidden');
    makeToken('empty', '');
    makeToken('two-lines', 'a\nb');
    const tokens = open({ token: 'main' });
    for (const token of ['a-false-owner', 'hidden', '', 'a']) expect(tokens.check(token, here)).toEqual({ ok: false });
    makeToken('copy', 'main');
    expect(open({ token: 'main' }).check('main', here)).toEqual({ ok: true, owner: 'owner' });
  });
});

describe('failures', () => {
  it('of one client that has a wrong token shut nobody out, and it gets in once its token counts', async () => {
    const tokens = open({ token: 'right' });
    for (let n = 0; n < 100; n += 1) expect(tokens.check('of-the-tablet', here)).toEqual({ ok: false });
    expect(tokens.check('right', here)).toEqual({ ok: true, owner: 'owner' });
    expect(await failures()).toBe('100');
    makeToken('tablet', 'of-the-tablet');
    aSecondPasses();
    expect(tokens.check('of-the-tablet', here)).toEqual({ ok: true, owner: 'tablet' });
  });

  it('are counted from 0 on, and after ten an address has to wait, even with the right token', async () => {
    const tokens = open({ token: 'right' });
    expect(await failures()).toBe('0');
    for (let n = 0; n < 10; n += 1) expect(tokens.check(`wrong ${n}`, here)).toEqual({ ok: false });
    const limited = tokens.check('right', `::ffff:${here}`);
    expect(limited).toEqual({ ok: false, retryAfterMs: expect.any(Number) });
    expect(await failures()).toBe('11');
    expect(tokens.check('right', '10.0.0.1')).toEqual({ ok: true, owner: 'owner' });
    aSecondPasses();
    expect(tokens.check('right', here)).toEqual({ ok: true, owner: 'owner' });
  });
});
