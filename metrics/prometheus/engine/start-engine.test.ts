/** Starting: what a bad artifact says, and that nobody is warned of anything. */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { committedArtifact } from './artifact.ts';
import { generous } from './fixture.ts';
import { startEngine } from './start-engine.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engine-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function startWith(bytes: Uint8Array | string): Promise<unknown> {
  const artifact = join(folder, 'promql.wasm.br');
  await writeFile(artifact, bytes);
  return startEngine({ limits: generous, artifact }).catch((error: unknown) => error);
}

const checksum = /sha256 unpacked must be [0-9a-f]{64}, (but|this) is [0-9a-f]{64}/;

test('an artifact that was cut off', async () => {
  const error = await startWith((await readFile(committedArtifact)).subarray(0, 100_000));
  expect(error).toMatchObject({
    name: 'EngineError',
    message: expect.stringMatching(checksum),
    mend: expect.stringMatching(/build\.sh/),
  });
  expect(String(error)).toContain(join(folder, 'promql.wasm.br'));
});

test('an artifact that is something else', async () => {
  expect(await startWith(brotliCompressSync('not a module'))).toMatchObject({
    message: expect.stringMatching(checksum),
  });
  expect(await startWith('not brotli')).toMatchObject({ message: expect.stringMatching(checksum) });
});

test('no artifact', async () => {
  const error = await startEngine({ limits: generous, artifact: join(folder, 'nothing') }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({
    message: expect.stringMatching(/nothing: cannot be read: ENOENT/),
    mend: expect.any(String),
  });
});

test('from a program without flags: no warning, and nothing keeps it alive', async () => {
  const program = join(folder, 'program.mjs');
  await copyFile(committedArtifact, join(folder, 'copy.br'));
  const module = new URL('start-engine.ts', import.meta.url).href;
  await writeFile(
    program,
    `import { startEngine } from '${module}';
     const engine = await startEngine({ limits: ${JSON.stringify(generous)}, artifact: ${JSON.stringify(join(folder, 'copy.br'))} });
     console.log(engine.version);
     await engine[Symbol.asyncDispose]();`,
  );
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], {
    timeout: 60_000,
    env: { PATH: process.env.PATH },
  });
  expect({ stdout, stderr }).toEqual({ stdout: '3.13.5\n', stderr: '' });
}, 60_000);
