/** Traces of a layer: off, and nothing of OpenTelemetry's SDK loaded, unless the OTEL_ variables name a collector; on soon after the layer has started. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { instrument } from '../../../metrics/instrument.ts';
import type { Logger } from '../logger.ts';
import type { SpanResult } from './bounded-export.ts';
import { type TracingSettings, tracingSettings } from './settings.ts';

export interface TracingOptions {
  readonly layer: string;
  readonly version: string;
  readonly log: Logger;
  readonly registry: Registry;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Tracing {
  /** Sends what is held, as far as that is done within a second. Never rejects. */
  close(): Promise<void>;
}

/**
 * So that loading the SDK, 0.2 to 0.5 s of computing, is in nobody's way who waited for the layer; and a layer that is killed again as soon
 * as it is up never pays for it.
 */
const loadAfterMs = 1000;
const flushWithinMs = 1000;
const results: readonly SpanResult[] = ['exported', 'failed', 'dropped'];

/** To be called when the layer answers. Nothing that goes wrong with traces is a reason for it to fail. */
export function startTracing({ env = process.env, ...options }: TracingOptions): Tracing {
  const { layer, registry, log } = options;
  const spans = instrument(registry, 'openclaw_spans_total');
  for (const result of results) spans.inc({ layer, result }, 0);
  const settings = tracingSettings(env);
  for (const warning of settings.warnings) log.warn(`tracing: ${warning}`);
  if (settings.export === undefined) return { close: async () => {} };

  const closing = new AbortController();
  const count = (result: SpanResult, by: number): void => spans.inc({ layer, result }, by);
  const sdk = load({ ...options, ...settings.export, count }, closing.signal);
  return {
    close: async () => {
      closing.abort();
      const flushed = sdk.then((loaded) => loaded?.shutdown()).catch(() => {});
      await Promise.race([flushed, delay(flushWithinMs)]);
    },
  };
}

type Loading = Omit<TracingOptions, 'env'> & NonNullable<TracingSettings['export']> & { readonly count: Count };
type Count = (result: SpanResult, by: number) => void;

async function load(options: Loading, closing: AbortSignal) {
  try {
    await delay(loadAfterMs, undefined, { signal: closing, ref: false });
    const { startSdk } = await import('./sdk.ts');
    return closing.aborted ? undefined : await startSdk(options);
  } catch (error) {
    if (!closing.aborted) options.log.warn({ err: error }, 'tracing could not be started: it stays off');
    return undefined;
  }
}
