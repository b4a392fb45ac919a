import { describe, expect, it } from 'vitest';
import { FlagsEnd, parseFlags } from './flags.ts';

function endOf(...args: string[]): FlagsEnd {
  try {
    parseFlags(args);
  } catch (error) {
    if (error instanceof FlagsEnd) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('parseFlags', () => {
  it('has defaults', () => {
    expect(parseFlags([])).toEqual({
      configFile: 'prometheus.yml',
      listen: { host: '127.0.0.1', port: 9090 },
      lifecycle: false,
      retentionMs: 21_600_000,
      queryTimeoutMs: 120_000,
      lookbackDeltaMs: 300_000,
      maxConcurrency: 20,
      maxQuerySamples: 10_000_000,
      logLevel: 'info',
      version: false,
    });
  });

  it('reads all flags, with = or without', () => {
    const args = [
      '--config.file=a.yml --web.listen-address :0 --web.enable-lifecycle --storage.tsdb.retention.time=1d',
      '--query.timeout=5s --query.lookback-delta 1m --query.max-concurrency=1 --query.max-samples 5 --log.level=debug',
    ];
    expect(parseFlags(args.join(' ').split(' '))).toEqual({
      configFile: 'a.yml',
      listen: { host: '0.0.0.0', port: 0 },
      lifecycle: true,
      retentionMs: 86_400_000,
      queryTimeoutMs: 5000,
      lookbackDeltaMs: 60_000,
      maxConcurrency: 1,
      maxQuerySamples: 5,
      logLevel: 'debug',
      version: false,
    });
  });

  it.each([
    ['127.0.0.1:1', '127.0.0.1', 1],
    ['localhost:65535', 'localhost', 65_535],
    ['[::1]:9090', '::1', 9090],
    [':9090', '0.0.0.0', 9090],
  ])('reads the address %s', (text, host, port) => {
    expect(parseFlags([`--web.listen-address=${text}`]).listen).toEqual({ host, port });
  });

  it.each(['9090', 'localhost', '::1:9090', 'h:65536', 'h:', 'h:x', 'http://h:1'])('refuses the address %s', (text) => {
    expect(endOf(`--web.listen-address=${text}`).message).toMatch(/It is not HOST:PORT/);
  });

  it.each([
    ['--config.fil=a/long/path.yml', /unknown option '--config\.fil=.*\n\(Did you mean --config\.file\?\)/],
    ['--query.timeout=5', /'--query\.timeout <duration>' argument '5' is invalid\. It is not a duration/],
    ['--query.timeout=0s', /not a duration over 0/],
    ['--query.max-samples=-1', /not a whole number over 0/],
    ['--log.level=loud', /Allowed choices are debug, info, warn, error/],
    ['extra', /too many arguments/],
  ])('refuses %s, as an error of the user', (arg, message) => {
    const end = endOf(arg);
    expect(end.message).toMatch(message);
    expect(end.exitCode).toBe(2);
  });

  it('shows help', () => {
    const end = endOf('--help');
    expect(end.exitCode).toBe(0);
    expect(end.message).toMatch(/--storage\.tsdb\.retention\.time <duration>/);
  });
});
