/** The harness's own metrics endpoint: what was observed, for Prometheus to scrape. It is never faulted. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { instrument } from '../metrics/instrument.ts';
import { ChaosError } from './errors.ts';

export class Recorder implements AsyncDisposable {
  readonly registry = new Registry();
  readonly #server: Server;
  #sequence = 0;
  #lastScrapeAt: number | undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      const isMetrics = request.method === 'GET' && request.url?.split('?')[0] === '/metrics';
      if (!isMetrics) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('only GET /metrics is here\n');
        return;
      }
      this.registry.metrics().then(
        (text) => {
          this.#lastScrapeAt = Date.now();
          response.writeHead(200, { 'content-type': this.registry.contentType }).end(text);
        },
        (error: Error) => response.writeHead(500, { 'content-type': 'text/plain' }).end(`${error.message}\n`),
      );
    });
    this.#server.maxConnections = 32;
    this.bump();
  }

  /** Listens on all interfaces, so that a Prometheus in a container reaches it, on a port of the system's choice. */
  static async start(): Promise<Recorder> {
    const recorder = new Recorder();
    await new Promise<void>((resolve, reject) => {
      // For good: an error later on, with nobody to hear it, would end the process; a recorder that is gone shows in its scrapes.
      recorder.#server.on('error', (cause) =>
        reject(new ChaosError('CHAOS_RECORDER', `the recorder cannot listen: ${cause.message}`, { cause })),
      );
      recorder.#server.listen(0, '0.0.0.0', resolve);
    });
    return recorder;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** When it was last scraped, Unix ms. */
  get lastScrapeAt(): number | undefined {
    return this.#lastScrapeAt;
  }

  /** Marks everything recorded so far: when Prometheus answers with this number, it knows all of it. */
  bump(): number {
    this.#sequence++;
    instrument(this.registry, 'chaos_recorder_sequence').set(this.#sequence);
    return this.#sequence;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
