/** Unpacks the committed WebAssembly module and makes sure that it is the one that was built. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { EngineError } from './engine-error.ts';

export const committedArtifact = fileURLToPath(new URL('promql.wasm.br', import.meta.url));
const checksumFile = fileURLToPath(new URL('promql.wasm.sha256', import.meta.url));
const mend =
  'Restore it with `git checkout -- metrics/prometheus/engine`, or build it again with `metrics/prometheus/engine/build.sh`.';

/** The module's bytes. Throws `EngineError` naming the file, and the checksums that differ. */
export function readArtifact(path: string): Uint8Array<ArrayBuffer> {
  const expected = attempt(checksumFile, () => readFileSync(checksumFile, 'utf8').trim());
  const packed = attempt(path, () => readFileSync(path));
  let module: Uint8Array<ArrayBuffer>;
  try {
    module = brotliDecompressSync(packed);
  } catch (error) {
    const found = `${createHash('sha256').update(packed).digest('hex')} packed`;
    throw new EngineError(
      `${path}: not brotli (${reasonOf(error)}); its sha256 unpacked must be ${expected}, this is ${found}`,
      mend,
    );
  }
  const found = createHash('sha256').update(module).digest('hex');
  if (found !== expected) {
    throw new EngineError(`${path}: corrupt: its sha256 unpacked must be ${expected}, but is ${found}`, mend);
  }
  return module;
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new EngineError(`${path}: cannot be read: ${reasonOf(error)}`, mend);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
