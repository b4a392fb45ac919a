import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { operated, urlsOf } from './addresses.ts';

describe('where the layers are', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'openclaw-operate-'));
    for (const folder of ['run', 'state']) mkdirSync(join(home, folder));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const record = (text: string) => writeFileSync(join(home, 'run', 'start.json'), text);
  const started = { session: 'http://127.0.0.1:1', gateway: 'http://127.0.0.1:2', runtime: 'http://127.0.0.1:3' };

  it('is the default where nothing says otherwise', () => {
    expect(operated({ OPENCLAW_HOME: home })).toEqual({
      home,
      token: undefined,
      startedAt: null,
      urls: { session: 'http://127.0.0.1:3018', gateway: 'http://127.0.0.1:3019', runtime: 'http://127.0.0.1:3020' },
    });
  });

  it('is what the start has written down, and the environment before that', () => {
    record(JSON.stringify({ pid: 1, startedAt: 5, urls: started }));
    expect(operated({ OPENCLAW_HOME: home })).toMatchObject({ urls: started, startedAt: 5 });
    const env = { OPENCLAW_HOME: home, OPENCLAW_RUNTIME_URL: 'http://there:9/' };
    expect(operated(env)).toMatchObject({ urls: { ...started, runtime: 'http://there:9' }, startedAt: null });
  });

  it.each(['', '{', '{"pid":1}', '[]'])('does without a record that says %j', (text) => {
    record(text);
    expect(operated({ OPENCLAW_HOME: home }).urls.gateway).toBe('http://127.0.0.1:3019');
  });

  it('takes the token of the home unless one is set', () => {
    writeFileSync(join(home, 'state', 'token'), 'of-the-home\n', { mode: 0o600 });
    expect(operated({ OPENCLAW_HOME: home }).token).toBe('of-the-home');
    expect(operated({ OPENCLAW_HOME: home, OPENCLAW_TOKEN: 'set' }).token).toBe('set');
  });

  it('names the variable that is wrong', () => {
    expect(() => operated({ OPENCLAW_HOME: home, OPENCLAW_GATEWAY_URL: 'here' })).toThrow('OPENCLAW_GATEWAY_URL');
  });

  it.each([
    ['0.0.0.0', 'http://127.0.0.1:1'],
    ['::', 'http://[::1]:1'],
    ['localhost', 'http://localhost:1'],
  ])('reaches %s at %s', (host, expected) => {
    expect(urlsOf(host, { session: 1, gateway: 2, runtime: 3 }).session).toBe(expected);
  });
});
