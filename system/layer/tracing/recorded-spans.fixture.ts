/** Traces the process of a test, and keeps the spans that ended. */
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';

export class RecordedSpans implements AsyncDisposable {
  readonly #exporter = new InMemorySpanExporter();
  readonly #sdk = new NodeSDK({
    autoDetectResources: false,
    spanProcessors: [new SimpleSpanProcessor({ exporter: this.#exporter })],
    textMapPropagator: null,
    metricReaders: [],
    logRecordProcessors: [],
  });

  /** Once a process. */
  constructor() {
    this.#sdk.start();
  }

  get all(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  named(name: string): readonly ReadableSpan[] {
    return this.all.filter((span) => span.name === name);
  }

  reset(): void {
    this.#exporter.reset();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#sdk.shutdown();
  }
}
