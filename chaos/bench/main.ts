#!/usr/bin/env node
/** The command line of the benchmarks: `npm run bench -- NAME`. */
import { ChaosError, InvalidInput } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { benchSystem } from './system/system.ts';
import { benchToxiproxy } from './toxiproxy.ts';
import { benchTracing } from './tracing/tracing.ts';

/** Name → what it does; it prints its result. */
const benches: Readonly<Record<string, () => Promise<void>>> = {
  system: benchSystem,
  toxiproxy: benchToxiproxy,
  tracing: benchTracing,
};

try {
  await benchOf(process.argv.slice(2))();
} catch (error) {
  if (!(error instanceof ChaosError)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  if (error.mend !== undefined) process.stderr.write(`  ${error.mend}\n`);
  process.exitCode = error instanceof InvalidInput ? exitCodes.invalid : exitCodes.inconclusive;
}

function benchOf(names: readonly string[]): () => Promise<void> {
  const [name = '', ...more] = names;
  const bench = Object.hasOwn(benches, name) && more.length === 0 ? benches[name] : undefined;
  if (bench !== undefined) return bench;
  const what = names.length === 0 ? 'which benchmark?' : `there is no benchmark ${names.join(' ')}`;
  const mend = `npm run bench -- NAME, with one of: ${Object.keys(benches).join(', ')}`;
  throw new InvalidInput('CHAOS_BENCH', what, { mend });
}
