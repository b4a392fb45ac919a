#!/usr/bin/env node
/** The command line of the embedded Toxiproxy: `npm run toxiproxy -- -host 127.0.0.1 -port 8474`. */
import { ChaosError } from '../../errors.ts';
import { version } from './api.ts';
import { type Flags, parseFlags, usage } from './flags.ts';
import { createLog } from './log.ts';
import { startToxiproxy } from './server.ts';

const flags = readFlags();
if (flags.help) process.stdout.write(usage);
else if (flags.version) process.stdout.write(`toxiproxy-server version ${version}\n`);
else await serve(flags);

async function serve({ host, port, config, seed, proxyMetrics, runtimeMetrics }: Flags): Promise<void> {
  const log = createLog(process.env.LOG_LEVEL);
  // Installed first: a signal while it starts ends it as well.
  const ended = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.resolve());
  try {
    const server = await startToxiproxy({
      host,
      port,
      log,
      proxyMetrics,
      runtimeMetrics,
      ...(config === undefined ? {} : { config }),
      ...(seed === undefined ? {} : { seed }),
    });
    await ended.promise;
    log.info('Shutdown started');
    await server.stop();
    process.exit(0);
  } catch (error) {
    tell(error);
    process.exit(1);
  }
}

function readFlags(): Flags {
  try {
    return parseFlags(process.argv.slice(2));
  } catch (error) {
    tell(error);
    process.exit(2);
  }
}

function tell(error: unknown): void {
  if (!(error instanceof ChaosError)) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    return;
  }
  process.stderr.write(`error: ${error.message}\n`);
  if (error.mend !== undefined) process.stderr.write(`  ${error.mend}\n`);
}
