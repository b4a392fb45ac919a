/** The last step of build.sh: packs the module and writes its checksum beside it, or (--verify) compares with what is committed. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

const artifact = fileURLToPath(new URL('promql.wasm.br', import.meta.url));
const checksum = fileURLToPath(new URL('promql.wasm.sha256', import.meta.url));
const [mode, built = ''] = process.argv.slice(2);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function committedSum(): string {
  try {
    return sha256(brotliDecompressSync(readFileSync(artifact)));
  } catch (error) {
    return `unreadable: ${error instanceof Error ? error.message : error}`;
  }
}

const module = readFileSync(built);
const sum = sha256(module);
if (mode === '--verify') {
  const committed = committedSum();
  const noted = readFileSync(checksum, 'utf8').trim();
  console.log(
    `built:     ${sum}\ncommitted: ${committed} (promql.wasm.br, unpacked)\nnoted:     ${noted} (promql.wasm.sha256)`,
  );
  const same = sum === committed && sum === noted;
  console.log(same ? 'the same' : 'NOT the same: promql.wasm.br was not built from these sources');
  process.exitCode = same ? 0 : 1;
} else {
  const packed = brotliCompressSync(module, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: mode === '--fast' ? 5 : 11,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: module.length,
    },
  });
  writeFileSync(artifact, packed);
  writeFileSync(checksum, `${sum}\n`);
  console.log(`${sum}\n${module.length} bytes, packed ${packed.length}`);
}
