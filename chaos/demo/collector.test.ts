import { expect, it } from 'vitest';
import { collectorIn } from './collector.ts';

const named = (given: string) => collectorIn({ OTEL_EXPORTER_OTLP_ENDPOINT: given });

it('takes the collector that the environment names, and none if that is empty', () => {
  expect([named('http://127.0.0.1:4318'), named(' '), collectorIn({})]).toEqual([
    'http://127.0.0.1:4318',
    undefined,
    undefined,
  ]);
});

it.each(['localhost:4318', '4318', 'grpc://collector:4317'])('refuses %s, and says what would do', (given) => {
  expect(() => named(given)).toThrow(expect.objectContaining({ code: 'CHAOS_COLLECTOR' }));
  expect(() => named(given)).toThrow(`OTEL_EXPORTER_OTLP_ENDPOINT is no http address: "${given}"`);
});
