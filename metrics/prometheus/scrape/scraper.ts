/** Fetches what a target exposes, as Prometheus asks for it: content negotiation, gzip, a limit on the body and one deadline over all. */
import { Agent, type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Target } from '../config/target.ts';
import type { Scrape } from '../engine/engine.ts';
import { httpGet } from './http-get.ts';
import { ScrapeError, scrapeError } from './scrape-error.ts';

export type Exposition = NonNullable<Scrape['exposition']>;

/** Text formats, the richest first, then whatever there is. */
const accept = [
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6',
  'application/openmetrics-text;version=0.0.1;q=0.5',
  'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4',
  'text/plain;version=0.0.4;q=0.3',
  '*/*;q=0.2',
].join(',');

/** The body of a target without a limit of its own: an endless one must not fill the memory until the timeout. */
const maxBodyBytes = 64 * 1024 * 1024;

export class Scraper {
  readonly #target: Target;
  readonly #version: string;
  readonly #maxBodyBytes: number;
  // One connection, kept: a target is scraped once at a time.
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(target: Target, version: string) {
    this.#target = target;
    this.#version = version;
    this.#maxBodyBytes = target.settings.bodyBytes || maxBodyBytes;
  }

  /** @throws {ScrapeError} in Prometheus's words; the reason of `stop` where that ended it. */
  async scrape(stop: AbortSignal): Promise<Exposition> {
    const { url, settings } = this.#target;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new Error('context deadline exceeded')), settings.timeoutMs);
    let reading = false;
    try {
      const response = await httpGet(url, {
        agent: this.#agent,
        headers: this.#headers(),
        followRedirects: settings.followRedirects,
        signal: AbortSignal.any([deadline.signal, stop]),
      });
      reading = true;
      return await this.#read(response);
    } catch (error) {
      stop.throwIfAborted();
      if (deadline.signal.aborted) throw scrapeError(deadline.signal.reason, url, reading);
      throw scrapeError(error, url, reading);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #headers(): Record<string, string> {
    const { compression, timeoutMs } = this.#target.settings;
    return {
      Accept: accept,
      'Accept-Encoding': compression ? 'gzip' : 'identity',
      'User-Agent': `Prometheus/${this.#version}`,
      'X-Prometheus-Scrape-Timeout-Seconds': String(timeoutMs / 1000),
    };
  }

  async #read(response: IncomingMessage): Promise<Exposition> {
    const { statusCode, statusMessage, headers } = response;
    if (statusCode !== 200) {
      response.destroy();
      throw new ScrapeError(`server returned HTTP status ${statusCode} ${statusMessage}`.trimEnd());
    }
    const { fallbackProtocol } = this.#target.settings;
    return {
      body: await this.#body(response),
      contentType: headers['content-type'],
      ...(fallbackProtocol === undefined ? {} : { fallbackProtocol }),
    };
  }

  async #body(response: IncomingMessage): Promise<Uint8Array> {
    const zipped = response.headers['content-encoding'] === 'gzip';
    // What goes wrong in either comes out of the loop.
    const plain = zipped ? pipeline(response, createGunzip(), () => {}) : response;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of plain as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      // As Prometheus has it: a body of exactly the limit is over it.
      if (bytes >= this.#maxBodyBytes) throw new ScrapeError('body size limit exceeded');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}
