import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../commands/prepare.ts';

function demo(...args: string[]): Promise<{ code: unknown; output: string }> {
  return new Promise((resolve) => {
    execFile('node', [join(root, 'chaos/demo/main.ts'), ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}

it.each([
  [['--seed', 'x'], /--seed.*no whole number from 0/s],
  [['--for', '3'], /--for.*no duration of at least 10s/s],
  [['--for', '5s'], /--for.*no duration of at least 10s/s],
  [['--every', '1s'], /--every.*no duration of at least 5s/s],
  [['--platform', 'moon'], /--platform.*auto, docker, local/s],
  [['--target', 'resilent'], /no target "resilent".*resilient/s],
  [['--fast'], /unknown option '--fast'/],
  [['surplus'], /too many arguments/],
])('%j is refused before anything is started, and said what is wrong with it', async (args, said) => {
  const { code, output } = await demo(...args);
  expect(output).toMatch(said);
  expect(output).not.toContain('starting');
  expect(code).toBe(3);
});

it('--help shows every option and what the exit code means', async () => {
  const { code, output } = await demo('--help');
  for (const option of ['--platform', '--target', '--seed', '--no-faults', '--every', '--for'])
    expect(output).toContain(option);
  expect(output).toContain('Exit codes');
  expect(code).toBe(0);
});
