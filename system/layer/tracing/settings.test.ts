import { describe, expect, it } from 'vitest';
import { tracingSettings } from './settings.ts';

const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:4318';
const defaults = {
  maxQueueSize: 2048,
  maxExportBatchSize: 512,
  scheduledDelayMillis: 5000,
  exportTimeoutMillis: 30_000,
};

describe('traces are exported', () => {
  it.each([
    ['an endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT }, 'http/protobuf'],
    ['an endpoint for traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://a.example/v1/traces' }, 'http/protobuf'],
    ['JSON', { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http/json'],
    [
      'JSON for traces',
      {
        OTEL_EXPORTER_OTLP_ENDPOINT,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      },
      'http/json',
    ],
    ['the exporter by name', { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'otlp' }, 'http/protobuf'],
    ['what is not disabled', { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'False' }, 'http/protobuf'],
  ])('with %s', (_what, env, protocol) => {
    expect(tracingSettings(env)).toEqual({ export: { protocol, batch: defaults }, warnings: [] });
  });

  it('with the bounds that are set, a batch never larger than the queue', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_BSP_MAX_QUEUE_SIZE: '100', OTEL_BSP_SCHEDULE_DELAY: '20' };
    expect(tracingSettings(env).export?.batch).toEqual({
      ...defaults,
      maxQueueSize: 100,
      maxExportBatchSize: 100,
      scheduledDelayMillis: 20,
    });
  });

  it.each(['0', '-1', '1.5', 'many', '1e3', '9999999999'])('by default where a bound is %s, and says so', (bound) => {
    const { export: exported, warnings } = tracingSettings({
      OTEL_EXPORTER_OTLP_ENDPOINT,
      OTEL_BSP_MAX_QUEUE_SIZE: bound,
    });
    expect(exported?.batch).toEqual(defaults);
    expect(warnings).toEqual([
      `OTEL_BSP_MAX_QUEUE_SIZE ("${bound}") must be a whole number from 1 to 100000: 2048 holds`,
    ]);
  });
});

describe('nothing is traced', () => {
  it.each([
    ['without a variable', {}],
    ['with an empty endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
    ['where the SDK is disabled', { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }],
    ['without an exporter', { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }],
    ['with an endpoint for metrics', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: OTEL_EXPORTER_OTLP_ENDPOINT }],
  ])('%s', (_what, env) => {
    expect(tracingSettings(env)).toEqual({ warnings: [] });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', '127.0.0.1:4318', {}],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://collector:4317', {}],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'collector', { OTEL_EXPORTER_OTLP_ENDPOINT }],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', { OTEL_EXPORTER_OTLP_ENDPOINT }],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'http/xml', { OTEL_EXPORTER_OTLP_ENDPOINT }],
    ['OTEL_TRACES_EXPORTER', 'zipkin', { OTEL_EXPORTER_OTLP_ENDPOINT }],
    ['OTEL_TRACES_EXPORTER', 'otlp', {}],
  ])('where %s is %s, and one line says what to set', (name, value, others) => {
    const { export: exported, warnings } = tracingSettings({ ...others, [name]: value });
    expect(exported).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`${name} (${JSON.stringify(value)})`);
    expect(warnings[0]).toContain('nothing is traced');
  });

  it('but a word that is neither true nor false disables nothing', () => {
    const { export: exported, warnings } = tracingSettings({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: '1' });
    expect(exported).toBeDefined();
    expect(warnings[0]).toMatch(/^OTEL_SDK_DISABLED \("1"\) must be true or false/);
  });
});
