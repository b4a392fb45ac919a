/** What a layer does when its supervisor is gone, as processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { supervisedVariable } from './supervision.ts';

const lifecycle = join(import.meta.dirname, 'lifecycle.ts');
const layer = `
  const { runLayer } = await import(${JSON.stringify(lifecycle)});
  await runLayer('test', async () => {
    setInterval(() => {}, 1000);
    return { close: async () => console.log('closed its state') };
  });
`;

describe('a layer whose stdin ends', () => {
  let child: ChildProcess;
  let said: string;
  afterEach(() => void child.kill('SIGKILL'));

  const start = async (env: Readonly<Record<string, string>>) => {
    said = '';
    child = spawn(process.execPath, ['--input-type=module', '-e', layer], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdout?.on('data', (chunk) => (said += String(chunk)));
    await expect.poll(() => said, { timeout: 15_000 }).toContain('"started"');
    child.stdin?.destroy();
  };

  it('closes as at SIGTERM if it is supervised', async () => {
    await start({ [supervisedVariable]: '/run/test.pid' });
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect(said).toContain('supervisor gone');
    expect(said).toContain('closed its state');
  });

  it('goes on if it is not', async () => {
    await start({});
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(child.exitCode).toBeNull();
    expect(said).not.toContain('closing');
  });
});
