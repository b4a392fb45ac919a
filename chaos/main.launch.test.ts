/** `launch.mjs`, from which main.ts is started. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const run = (file: string, ...args: readonly string[]) =>
  new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    const env = { ...process.env, CI: 'true', FORCE_COLOR: undefined };
    execFile(process.execPath, [file, ...args], { env }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });

it('says that npm ci comes first: exit 3', async () => {
  const project = await mkdtemp(join(tmpdir(), 'chaos-launch-'));
  try {
    await mkdir(join(project, 'chaos'));
    const file = join(project, 'chaos/launch.mjs');
    await copyFile(join(import.meta.dirname, 'launch.mjs'), file);
    expect(await run(file)).toEqual({
      code: 3,
      out: '',
      err: expect.stringMatching(/^the dependencies are not .*npm ci/),
    });
  } finally {
    await rm(project, { recursive: true });
  }
});

it('starts the command line, with its arguments', async () => {
  const { code, out, err } = await run(join(import.meta.dirname, 'launch.mjs'), 'list');
  expect(out).toMatch(/^ {2}gateway-down /m);
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
