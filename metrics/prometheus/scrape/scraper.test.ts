import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfiguration } from '../config/configuration.ts';
import { exposing, type HttpTarget, httpTarget, rawTarget } from '../testing/target-server.ts';
import { Scraper } from './scraper.ts';

let target: HttpTarget;
let scraper: Scraper | undefined;
const never = new AbortController().signal;

beforeEach(async () => {
  target = await httpTarget(exposing('a 1\n'));
});
afterEach(async () => {
  scraper?.close();
  await target[Symbol.asyncDispose]();
});

function scraperOf(address: string, fields = ''): Scraper {
  const text = `scrape_configs: [{job_name: a, scrape_interval: 30s, ${fields} static_configs: [{targets: ['${address}']}]}]`;
  const [made] = parseConfiguration('p.yml', text).targets;
  if (made === undefined) throw new Error('no target');
  scraper = new Scraper(made, '3.0.0');
  return scraper;
}

/** Long enough for this machine; a test of a timeout itself has its own. */
async function scraped(address = target.address, fields = ''): Promise<string> {
  const { body } = await scraperOf(address, `scrape_timeout: 20s, ${fields}`).scrape(never);
  return Buffer.from(body).toString('utf8');
}

describe('what it asks', () => {
  it('is what Prometheus asks', async () => {
    let asked: unknown;
    target.handler = (request, response) => {
      asked = { url: request.url, method: request.method, headers: request.headers };
      exposing('a 1\n', 'text/plain; version=1.0.0')(request, response);
    };
    const got = await scraperOf(target.address, 'scrape_timeout: 2500ms, metrics_path: /x, params: {a: [b]},').scrape(
      never,
    );
    expect(asked).toEqual({
      url: '/x?a=b',
      method: 'GET',
      headers: {
        host: target.address,
        accept:
          'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
        'accept-encoding': 'gzip',
        'user-agent': 'Prometheus/3.0.0',
        'x-prometheus-scrape-timeout-seconds': '2.5',
        connection: 'keep-alive',
      },
    });
    expect(got).toEqual({ body: Buffer.from('a 1\n'), contentType: 'text/plain; version=1.0.0' });
  });

  it('asks for no compression where the configuration says so, and tells the protocol to fall back to', async () => {
    let encoding: unknown;
    target.handler = (request, response) => {
      encoding = request.headers['accept-encoding'];
      response.end('a 1\n');
    };
    const fields = 'enable_compression: false, fallback_scrape_protocol: PrometheusText0.0.4,';
    const got = await scraperOf(target.address, fields).scrape(never);
    expect(encoding).toBe('identity');
    expect(got).toMatchObject({ contentType: undefined, fallbackProtocol: 'PrometheusText0.0.4' });
  });

  it('keeps its connection, and opens another where the target has closed it', async () => {
    const one = scraperOf(target.address, 'scrape_timeout: 20s,');
    await one.scrape(never);
    await one.scrape(never);
    expect(target.connections()).toBe(1);
    target.handler = (request, response) => {
      // The first request after this is answered with the end of its connection.
      target.handler = exposing('b 2\n');
      request.socket.destroy();
      response.destroy();
    };
    expect(Buffer.from((await one.scrape(never)).body).toString()).toBe('b 2\n');
    expect(target.connections()).toBe(2);
  });
});

describe('what it takes', () => {
  it('unpacks gzip', async () => {
    target.handler = (_request, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync('b 2\n'));
    };
    expect(await scraped()).toBe('b 2\n');
  });

  it('follows redirects', async () => {
    target.handler = (request, response) => {
      if (request.url === '/metrics') response.writeHead(302, { location: '/elsewhere' }).end();
      else exposing(`at ${request.url}`)(request, response);
    };
    expect(await scraped()).toBe('at /elsewhere');
  });

  it('takes a body just below the limit, not one of the limit', async () => {
    target.handler = exposing('x'.repeat(1023));
    expect(await scraped(target.address, 'body_size_limit: 1KB,')).toHaveLength(1023);
    target.handler = exposing('x'.repeat(1024));
    await expect(scraped(target.address, 'body_size_limit: 1KB,')).rejects.toThrow(/^body size limit exceeded$/);
  });
});

describe('what fails', () => {
  it('is another status than 200', async () => {
    target.handler = (_request, response) => response.writeHead(503).end('no');
    await expect(scraped()).rejects.toThrow(/^server returned HTTP status 503 Service Unavailable$/);
  });

  it('is nobody who listens', async () => {
    await target[Symbol.asyncDispose]();
    await expect(scraped()).rejects.toThrow(
      `Get "http://${target.address}/metrics": dial tcp ${target.address}: connect: connection refused`,
    );
  });

  it('is an endless body, at the limit, and the connection with it', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    target.handler = (request, response) => {
      closed = once(request.socket, 'close');
      const write = (): boolean => !response.destroyed && response.write('x'.repeat(65_536), () => setImmediate(write));
      write();
    };
    await expect(scraped(target.address, 'body_size_limit: 1MB,')).rejects.toThrow(/^body size limit exceeded$/);
    await closed;
  });

  it('is a gzip bomb, at the limit of what it unpacks to', async () => {
    target.handler = (_request, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(64 * 1024 * 1024)));
    };
    await expect(scraped(target.address, 'body_size_limit: 1MB,')).rejects.toThrow(/^body size limit exceeded$/);
  });

  it('is a target that does not answer in time', async () => {
    target.handler = () => {};
    const slow = scraperOf(target.address, 'scrape_timeout: 100ms,').scrape(never);
    await expect(slow).rejects.toThrow(`Get "http://${target.address}/metrics": context deadline exceeded`);
  });

  it('is a body that drips for longer than the timeout', async () => {
    target.handler = (_request, response) => {
      const drip = setInterval(() => response.write('a 1\n'), 20);
      response.on('close', () => clearInterval(drip));
    };
    const slow = scraperOf(target.address, 'scrape_timeout: 200ms,').scrape(never);
    await expect(slow).rejects.toThrow(/^context deadline exceeded$/);
  });

  it('is a body that ends too early', async () => {
    target.handler = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('a 1\n', () => response.destroy());
    };
    await expect(scraped()).rejects.toThrow(/^unexpected EOF$/);
  });

  it('is what calls itself gzip and is not', async () => {
    target.handler = (_request, response) => {
      response.setHeader('content-encoding', 'gzip').end('a 1\n');
    };
    await expect(scraped()).rejects.toThrow(/^gzip: invalid header$/);
  });

  it('is a circle of redirects, after ten', async () => {
    let asked = 0;
    target.handler = (_request, response) => {
      asked++;
      response.writeHead(307, { location: '/metrics' }).end();
    };
    await expect(scraped()).rejects.toThrow(/stopped after 10 redirects$/);
    expect(asked).toBe(10);
  });

  it('is a redirect to another protocol, or where none shall be followed', async () => {
    target.handler = (_request, response) => response.writeHead(302, { location: 'https://127.0.0.1:1/x' }).end();
    await expect(scraped()).rejects.toThrow('Get "https://127.0.0.1:1/x": unsupported protocol scheme "https"');
    await expect(scraped(target.address, 'follow_redirects: false,')).rejects.toThrow(/HTTP status 302 Found$/);
  });

  it.each([
    ['garbage', 'hello\r\n\r\n', /malformed HTTP response/],
    ['endless headers', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(100_000)}`, /malformed HTTP response: .*[Oo]verflow/],
    ['nothing at all', '', /: EOF$/],
  ])('is %s', async (_what, bytes, message) => {
    await using raw = await rawTarget((socket) => socket.once('data', () => socket.end(bytes)));
    await expect(scraped(raw.address)).rejects.toThrow(message);
  });

  it('is a reset', async () => {
    await using raw = await rawTarget((socket) => socket.once('data', () => socket.resetAndDestroy()));
    await expect(scraped(raw.address)).rejects.toThrow(/read: connection reset by peer$/);
  });

  it('is being stopped, at once and by that name', async () => {
    target.handler = () => {};
    const stop = new AbortController();
    const running = scraperOf(target.address, 'scrape_timeout: 20s,').scrape(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(running).rejects.toThrow('stopped');
  });
});
