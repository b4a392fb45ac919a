import { describe, expect, it } from 'vitest';
import { parseFlags } from './flags.ts';

describe('parseFlags', () => {
  it('has the defaults of the original', () => {
    expect(parseFlags([])).toEqual({
      host: 'localhost',
      port: 8474,
      config: undefined,
      seed: undefined,
      proxyMetrics: false,
      runtimeMetrics: false,
      version: false,
      help: false,
    });
  });

  it.each([
    [['-host', '0.0.0.0', '-port', '1'], { host: '0.0.0.0', port: 1 }],
    [['--host=::1', '--port=0'], { host: '::1', port: 0 }],
    [['-config', 'a=b.json', '-seed', '-9'], { config: 'a=b.json', seed: -9n }],
    [['-proxy-metrics', '-runtime-metrics=true'], { proxyMetrics: true, runtimeMetrics: true }],
    [['-proxy-metrics', '--proxy-metrics=0'], { proxyMetrics: false }],
    [['-version'], { version: true }],
    [['-h'], { help: true }],
  ])('%j', (args, flags) => {
    expect(parseFlags(args)).toMatchObject(flags);
  });

  it.each([
    [['-nope'], '-nope: no such flag'],
    [['--'], '--: no such flag'],
    [['serve'], 'serve: no such flag'],
    [['-port'], '-port: needs a value'],
    [['-port', '65536'], '-port 65536: not a port; give 0 to 65535'],
    [['-port', 'http'], '-port http: not a port'],
    [['-seed', '1.5'], '-seed 1.5: not a whole number'],
    [['-version=maybe'], '-version=maybe: neither true nor false'],
  ])('%j: %s', (args, message) => {
    expect(() => parseFlags(args)).toThrow(message);
  });
});
