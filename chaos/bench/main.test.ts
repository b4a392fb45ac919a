import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const main = new URL('./main.ts', import.meta.url).pathname;

describe('npm run bench', () => {
  it.each([
    [['nonsense'], 'there is no benchmark nonsense'],
    [['constructor'], 'there is no benchmark constructor'],
    [['toxiproxy', 'more'], 'there is no benchmark toxiproxy more'],
    [[], 'which benchmark?'],
  ])('with %j names what there is', (names, message) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [main, ...names], { encoding: 'utf8' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('one of: system, toxiproxy, tracing');
    expect(stdout).toBe('');
    expect(status).toBe(3);
  });

  it('toxiproxy says which program of the real server does not start', { timeout: 60_000 }, () => {
    const env = { ...process.env, CHAOS_REFERENCE_TOXIPROXY: '/nowhere/toxiproxy' };
    const { status, stderr } = spawnSync(process.execPath, [main, 'toxiproxy'], {
      encoding: 'utf8',
      env,
      timeout: 30_000,
    });
    expect(stderr).toContain('/nowhere/toxiproxy did not start');
    expect(status).not.toBe(0);
  });
});
