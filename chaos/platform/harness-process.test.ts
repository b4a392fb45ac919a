import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { harnessLife, harnessName } from './harness-process.ts';

describe('harnessLife', () => {
  it('sees this process alive', () => {
    expect(harnessLife(harnessName())).toBe('alive');
  });

  it('sees a killed process gone', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const name = harnessName(child.pid);
    expect(harnessLife(name)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(harnessLife(name)).toBe('gone');
  });

  it('takes another process with the same pid for another one', () => {
    const [host, pid, start] = harnessName().split('/');
    expect(harnessLife(`${host}/${pid}/${Number(start) + 1}`)).toBe('gone');
  });

  it('does not judge other machines', () => {
    expect(harnessLife(`not-this-host/${process.pid}/1`)).toBe('elsewhere');
  });
});
