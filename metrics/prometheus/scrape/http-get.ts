/** One GET of a scrape, redirects followed: the answer's head, its body still to be read. */
import { type Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { ScrapeError, scrapeError } from './scrape-error.ts';

export interface GetOptions {
  readonly agent: Agent;
  readonly headers: OutgoingHttpHeaders;
  readonly followRedirects: boolean;
  readonly signal: AbortSignal;
}

const maxRedirects = 10;
const redirects = new Set([301, 302, 303, 307, 308]);

/** @throws {ScrapeError} in Prometheus's words. */
export async function httpGet(first: string, options: GetOptions): Promise<IncomingMessage> {
  let url = first;
  let headers = options.headers;
  for (let hop = 0; ; hop++) {
    const response = await once(url, { ...options, headers });
    if (!options.followRedirects || !redirects.has(response.statusCode ?? 0)) return response;
    response.destroy();
    headers = { ...options.headers, Referer: url };
    url = nextUrl(url, response);
    if (hop + 1 >= maxRedirects) throw new ScrapeError(`Get "${url}": stopped after ${maxRedirects} redirects`);
  }
}

function nextUrl(url: string, { headers: { location }, statusCode }: IncomingMessage): string {
  if (location === undefined) throw new ScrapeError(`Get "${url}": ${statusCode} response missing Location header`);
  const next = URL.parse(location, url);
  if (next === null) throw new ScrapeError(`Get "${url}": failed to parse Location header ${JSON.stringify(location)}`);
  if (next.protocol === 'http:') return next.href;
  throw new ScrapeError(`Get "${next.href}": unsupported protocol scheme "${next.protocol.slice(0, -1)}"`);
}

/** A connection kept from the last scrape may have been closed by the target meanwhile: then once more, over a new one. */
async function once(url: string, options: GetOptions): Promise<IncomingMessage> {
  try {
    return await send(url, options);
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw scrapeError(error, url, false);
  }
  try {
    return await send(url, options);
  } catch (error) {
    throw scrapeError(error instanceof StaleConnection ? error.cause : error, url, false);
  }
}

class StaleConnection extends Error {}

function send(url: string, { agent, headers, signal }: GetOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers, signal }, resolve);
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const stale = sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(stale ? new StaleConnection(error.message, { cause: error }) : error);
    });
    sent.end();
  });
}
