/** OpenTelemetry's SDK, set up for one layer. Importing it takes a while: only `tracing.ts` does, when there is time. */
import { DiagLogLevel, diag } from '@opentelemetry/api';
import {
  defaultResource,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import type { Logger } from '../logger.ts';
import { type BoundOptions, boundedExport } from './bounded-export.ts';
import type { BatchSettings, Protocol } from './settings.ts';

export interface SdkOptions {
  readonly layer: string;
  readonly version: string;
  readonly log: Logger;
  readonly protocol: Protocol;
  readonly batch: BatchSettings;
  readonly count: BoundOptions['count'];
}

/** A delivery has a link to each of its messages, of which there may be so many; by default the SDK keeps the last 128. */
const linksPerSpan = 500;

/** Traces from here on. What the SDK does not understand of the other OTEL_ variables it says in the log. */
export async function startSdk({ layer, version, log, protocol, batch, count }: SdkOptions): Promise<NodeSDK> {
  const wanted = process.env.OTEL_LOG_LEVEL;
  // With it NodeSDK would put a logger of its own in the place of ours, whose lines are no JSON. Nobody else in this process reads it.
  delete process.env.OTEL_LOG_LEVEL;
  tellDiagnostics(log, wanted);
  const exporter = await otlpExporter(protocol);
  const batching = (counting: SpanExporter) => new BatchSpanProcessor({ exporter: counting, ...batch });
  const sdk = new NodeSDK({
    // The least of all: the variables OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come over it.
    resource: defaultResource().merge(
      resourceFromAttributes({ [ATTR_SERVICE_NAME]: `openclaw-${layer}`, [ATTR_SERVICE_VERSION]: version }),
    ),
    ...(!process.env.OTEL_NODE_RESOURCE_DETECTORS && { resourceDetectors: [serviceInstanceIdDetector, envDetector] }),
    ...(!process.env.OTEL_SPAN_LINK_COUNT_LIMIT && { spanLimits: { linkCountLimit: linksPerSpan } }),
    spanProcessors: [boundedExport(exporter, batching, { maxQueueSize: batch.maxQueueSize, log, count })],
    // The trace context goes by spans.ts; metrics are Prometheus's, logs are lines on stdout.
    textMapPropagator: null,
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  // From here on it would say something at each batch that fails.
  if (!wanted?.trim()) diag.disable();
  return sdk;
}

/** Endpoint, headers, timeout, compression and certificates are read from the environment by the exporter itself. */
async function otlpExporter(protocol: Protocol): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter();
}

const levels = ['NONE', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'VERBOSE', 'ALL'] as const;

/** What the SDK says of itself, as lines of the layer's log. */
function tellDiagnostics(log: Logger, wanted: string | undefined): void {
  const level = levels.find((one) => one === wanted?.trim().toUpperCase());
  if (wanted?.trim() && level === undefined) {
    const seen = JSON.stringify(wanted.slice(0, 100));
    log.warn(`tracing: OTEL_LOG_LEVEL (${seen}) must be one of ${levels.join(', ')}: WARN holds`);
  }
  const warn = (...said: unknown[]): void => log.warn(words(said));
  const info = (...said: unknown[]): void => log.info(words(said));
  diag.setLogger(
    { error: warn, warn, info, debug: info, verbose: info },
    { logLevel: DiagLogLevel[level ?? 'WARN'], suppressOverrideMessage: true },
  );
}

/** What comes with them may be a whole batch. */
function words(said: readonly unknown[]): string {
  return ['tracing', ...said.filter((part) => typeof part === 'string')].join(': ').slice(0, 1000);
}
