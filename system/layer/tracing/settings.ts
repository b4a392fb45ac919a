/** What the standard OTEL_ variables say about traces: whether and how they are exported, and what in them is to be mended. Pure. */

type Environment = Readonly<Record<string, string | undefined>>;

export const protocols = ['http/protobuf', 'http/json'] as const;
export type Protocol = (typeof protocols)[number];

/** Spans that are held, waiting or under way to the collector, and how they go there. */
export interface BatchSettings {
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
  readonly scheduledDelayMillis: number;
  readonly exportTimeoutMillis: number;
}

export interface TracingSettings {
  /** Undefined: nothing is traced, and nothing of OpenTelemetry's SDK is loaded. */
  readonly export?: { readonly protocol: Protocol; readonly batch: BatchSettings };
  /** One a variable that is not understood: its name, the value seen, what holds instead, the mend. */
  readonly warnings: readonly string[];
}

interface Choice<T> {
  readonly value?: T;
  readonly warning?: string;
}

/** An empty variable counts as unset. */
export function tracingSettings(env: Environment): TracingSettings {
  const of = (name: string): string | undefined => env[name]?.trim() || undefined;
  const disabled = disabledBy(of('OTEL_SDK_DISABLED'));
  const warnings = disabled.warning === undefined ? [] : [disabled.warning];
  const exporter = of('OTEL_TRACES_EXPORTER');
  if (disabled.value || exporter === 'none') return { warnings };
  const endpoint = endpointOf(of);
  if (endpoint.value === undefined) return off(endpoint.warning ?? lonelyExporter(exporter));
  if (exporter !== undefined && exporter !== 'otlp') {
    return off(
      `OTEL_TRACES_EXPORTER (${shown(exporter)}) is not exported to here, so nothing is traced: set it to otlp or none`,
    );
  }
  const protocol = protocolOf(of);
  if (protocol.value === undefined) return off(protocol.warning);
  const batch = batchOf(of, warnings);
  return { export: { protocol: protocol.value, batch }, warnings };

  function off(warning: string | undefined): TracingSettings {
    return { warnings: warning === undefined ? warnings : [...warnings, warning] };
  }
}

function disabledBy(text: string | undefined): Choice<boolean> {
  const value = text?.toLowerCase() === 'true';
  if (text === undefined || value || text.toLowerCase() === 'false') return { value };
  return { value, warning: `OTEL_SDK_DISABLED (${shown(text)}) must be true or false: it counts as false` };
}

function lonelyExporter(exporter: string | undefined): string | undefined {
  if (exporter === undefined) return undefined;
  return `OTEL_TRACES_EXPORTER (${shown(exporter)}) wants a collector, so nothing is traced: set OTEL_EXPORTER_OTLP_ENDPOINT, as http://127.0.0.1:4318`;
}

function endpointOf(of: (name: string) => string | undefined): Choice<string> {
  const name = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'].find(of);
  if (name === undefined) return {};
  const text = of(name) ?? '';
  if (['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '')) return { value: text };
  return { warning: `${name} (${shown(text)}) must be a URL such as http://127.0.0.1:4318: nothing is traced` };
}

function protocolOf(of: (name: string) => string | undefined): Choice<Protocol> {
  const name = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'].find(of);
  if (name === undefined) return { value: 'http/protobuf' };
  const text = of(name) ?? '';
  const value = protocols.find((one) => one === text);
  if (value !== undefined) return { value };
  return {
    warning: `${name} (${shown(text)}) is not spoken here, so nothing is traced: set it to ${protocols.join(' or ')}, and the endpoint to the port that speaks it (4318 rather than 4317)`,
  };
}

/** Defaults of the specification. */
function batchOf(of: (name: string) => string | undefined, warnings: string[]): BatchSettings {
  const number = (name: string, byDefault: number, max: number): number => {
    const text = of(name);
    if (text === undefined) return byDefault;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= max) return value;
    warnings.push(`${name} (${shown(text)}) must be a whole number from 1 to ${max}: ${byDefault} holds`);
    return byDefault;
  };
  const maxQueueSize = number('OTEL_BSP_MAX_QUEUE_SIZE', 2048, 100_000);
  return {
    maxQueueSize,
    maxExportBatchSize: Math.min(maxQueueSize, number('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512, 100_000)),
    scheduledDelayMillis: number('OTEL_BSP_SCHEDULE_DELAY', 5000, 3_600_000),
    exportTimeoutMillis: number('OTEL_BSP_EXPORT_TIMEOUT', 30_000, 3_600_000),
  };
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
