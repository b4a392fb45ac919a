/** The command line: the flags of Prometheus that mean something here, read by commander. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { ListenAddress } from './api/listener.ts';
import { nearestName } from './config/nearest-name.ts';
import { parseDuration } from './duration.ts';
import { parseListenAddress } from './listen-address.ts';
import { type LogLevel, logLevels } from './log.ts';
import { defaults } from './prometheus.ts';

export interface Flags {
  readonly configFile: string;
  readonly listen: ListenAddress;
  readonly lifecycle: boolean;
  readonly retentionMs: number;
  readonly queryTimeoutMs: number;
  readonly lookbackDeltaMs: number;
  readonly maxConcurrency: number;
  readonly maxQuerySamples: number;
  readonly logLevel: LogLevel;
  readonly version: boolean;
}

/** What commander wants to say instead of flags: help, or what is wrong. */
export class FlagsEnd extends Error {
  readonly exitCode: number;

  constructor(text: string, exitCode: number) {
    super(text);
    this.exitCode = exitCode;
  }
}

/** @throws {FlagsEnd} */
export function parseFlags(args: readonly string[]): Flags {
  let said = '';
  const say = (text: string): void => {
    said += text;
  };
  const command = program().exitOverride().configureOutput({ writeOut: say, writeErr: say });
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const mend = error.code === 'commander.unknownOption' ? didYouMean(error.message, command) : '';
    throw new FlagsEnd(said + mend, error.exitCode === 0 ? 0 : 2);
  }
  const given = command.opts();
  return {
    configFile: given['config.file'],
    listen: given['web.listenAddress'],
    lifecycle: given['web.enableLifecycle'] ?? false,
    retentionMs: given['storage.tsdb.retention.time'],
    queryTimeoutMs: given['query.timeout'],
    lookbackDeltaMs: given['query.lookbackDelta'],
    maxConcurrency: given['query.maxConcurrency'],
    maxQuerySamples: given['query.maxSamples'],
    logLevel: given['log.level'],
    version: given.version ?? false,
  };
}

/** Commander would compare the value after `=` too. */
function didYouMean(message: string, command: Command): string {
  const [, given = ''] = /'([^'=]*)/.exec(message) ?? [];
  const nearest = nearestName(
    given,
    command.options.map(({ long }) => long ?? ''),
  );
  return nearest === undefined ? '' : `(Did you mean ${nearest}?)\n`;
}

function program(): Command {
  const { limits, ...others } = defaults;
  return new Command('prometheus')
    .description("Prometheus's own engine behind its HTTP API, in one Node process.")
    .option('--config.file <path>', 'configuration file', 'prometheus.yml')
    .addOption(
      new Option('--web.listen-address <host:port>', 'address to listen on')
        .argParser(listenAddress)
        .default(listenAddress('127.0.0.1:9090'), '127.0.0.1:9090'),
    )
    .option('--web.enable-lifecycle', 'answer POST /-/reload')
    .addOption(
      durationFlag('--storage.tsdb.retention.time', 'how long to keep samples, in memory', others.retentionMs, '6h'),
    )
    .addOption(durationFlag('--query.timeout', 'how long a query may take', others.queryTimeoutMs, '2m'))
    .addOption(durationFlag('--query.lookback-delta', 'how old the newest sample may be', limits.lookbackDeltaMs, '5m'))
    .addOption(countFlag('--query.max-concurrency', 'one fiftieth of how many queries may wait', others.maxConcurrency))
    .addOption(countFlag('--query.max-samples', 'samples that one query may hold in memory', limits.maxQuerySamples))
    .addOption(new Option('--log.level <level>', 'least level to log').choices(logLevels).default('info'))
    .option('--version', 'print the version and exit')
    .showSuggestionAfterError(false)
    .allowExcessArguments(false);
}

function durationFlag(name: string, what: string, value: number, shown: string): Option {
  return new Option(`${name} <duration>`, what).argParser(duration).default(value, shown);
}

function countFlag(name: string, what: string, value: number): Option {
  return new Option(`${name} <count>`, what).argParser(count).default(value);
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (!ms) throw new InvalidArgumentError('It is not a duration over 0 such as 15s, 1m30s or 500ms.');
  return ms;
}

function count(text: string): number {
  if (!/^[1-9][0-9]{0,11}$/.test(text)) throw new InvalidArgumentError('It is not a whole number over 0.');
  return Number(text);
}

function listenAddress(text: string): ListenAddress {
  const address = parseListenAddress(text);
  if (address === undefined)
    throw new InvalidArgumentError('It is not HOST:PORT, such as 127.0.0.1:9090 or [::1]:9090.');
  return address;
}
