/** Random sequences of API calls, and what a server says to them: for two servers side by side. */
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { Api, type Method } from './api.ts';
import { proxyBody, proxyChange, proxyList } from './generate/proxy-body.ts';
import { toxicBody, toxicChange } from './generate/toxic-body.ts';
import { quietPort } from './quiet-port.ts';

export interface Step {
  readonly method: Method;
  readonly path: string;
  /** Ports are written `@1` to `@3`, and `@busy` for one that is taken. */
  readonly body?: string;
}

/** All of an answer that two servers can have in common: to the byte, but for `Logger`, which 2.12.0 leaks. */
interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

const proxyPath = fc
  .constantFrom('a', 'a', 'a', 'a', 'a', 'b', 'b', '%61', 'unknown', 'a%20b')
  .map((name) => `/proxies/${name}`);
const toxicsPath = proxyPath.map((path) => `${path}/toxics`);
const toxicPath = fc
  .tuple(
    toxicsPath,
    fc.oneof(
      { weight: 8, arbitrary: fc.constant('t') },
      { weight: 1, arbitrary: fc.constantFrom('u', 'latency_downstream', 'unknown') },
    ),
  )
  .map(([path, name]) => `${path}/${name}`);

function step(method: Method, path: fc.Arbitrary<string>, body?: fc.Arbitrary<string>): fc.Arbitrary<Step> {
  return fc.record({ method: fc.constant(method), path, ...(body === undefined ? {} : { body }) });
}

const anyMethod: fc.Arbitrary<Step> = fc
  .record({
    method: fc.constantFrom<Method>('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS'),
    path: fc.oneof(proxyPath, toxicsPath, toxicPath, fc.constantFrom('/', '/version', '/proxies/', '/reset/', '/x')),
  })
  .map((call) => ({ ...call, body: '{}' }));

const create = step('POST', fc.constant('/proxies'), proxyBody);
const addToxic = step('POST', toxicsPath, toxicBody);

const calls = fc.oneof(
  { weight: 2, arbitrary: create },
  { weight: 3, arbitrary: step('PATCH', proxyPath, proxyChange) },
  { weight: 2, arbitrary: step('POST', fc.constant('/populate'), proxyList) },
  { weight: 6, arbitrary: addToxic },
  { weight: 4, arbitrary: step('PATCH', toxicPath, toxicChange) },
  { weight: 1, arbitrary: step('DELETE', toxicPath) },
  { weight: 1, arbitrary: step('DELETE', proxyPath) },
  { weight: 2, arbitrary: step('GET', fc.oneof(proxyPath, toxicsPath, toxicPath, fc.constant('/proxies'))) },
  { weight: 1, arbitrary: step('POST', fc.constant('/reset')) },
  { weight: 1, arbitrary: anyMethod },
);

/** Something to change, so that not every call ends at a missing proxy. */
const before: readonly Step[] = [
  { method: 'POST', path: '/proxies', body: '{"name":"a","listen":"127.0.0.1:@1","upstream":"x:1"}' },
  { method: 'POST', path: '/proxies/a/toxics', body: '{"name":"t","type":"latency","attributes":{"latency":7}}' },
];

export const steps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.constantFrom(0, 1, 2, 2, 2, 2), fc.array(calls, { minLength: 4, maxLength: 16 }))
  .map(([given, then]) => [...before.slice(0, given), ...then]);

/** A server under test with ports of its own, so that two can be told the same. */
export class Player implements AsyncDisposable {
  readonly #api: Api;
  readonly #ports: ReadonlyMap<string, number>;
  readonly #busy: Server;

  private constructor(url: string, ports: ReadonlyMap<string, number>, busy: Server) {
    this.#api = new Api(url);
    this.#ports = ports;
    this.#busy = busy;
  }

  static async start(url: string): Promise<Player> {
    const ports = new Map<string, number>();
    for (const name of ['@1', '@2', '@3', '@busy']) ports.set(name, await quietPort());
    const busy = createServer();
    await once(busy.listen(ports.get('@busy'), '127.0.0.1'), 'listening');
    return new Player(url, ports, busy);
  }

  /** Before each answer: the step. Ends with the list of proxies, or with a failed reset: from there on the original goes by the order of a Go map. */
  async play(steps: readonly Step[]): Promise<readonly [Step, Said | 'failed reset'][]> {
    const said: [Step, Said | 'failed reset'][] = [];
    for (const step of [...steps, { method: 'GET', path: '/proxies' } as const]) {
      const answer = await this.#call(step);
      const failedReset = step.path === '/reset' && answer.status === 500;
      said.push([step, failedReset ? 'failed reset' : answer]);
      if (failedReset) break;
    }
    for (const name of ['a', 'b']) await this.#api.call('DELETE', `/proxies/${name}`);
    return said;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#api.close();
    this.#busy.close();
    await once(this.#busy, 'close');
  }

  async #call({ method, path, body }: Step): Promise<Said> {
    const written = body?.replace(/@(?:\d|busy)/g, (name) => String(this.#ports.get(name)));
    const { status, headers, text } = await this.#api.exchange(method, path, written);
    const named = text.replace(/(?<=(?:127\.0\.0\.1|localhost):)[1-9]\d*/g, (port) => this.#nameOf(port));
    return { status, headers: comparable(headers), text: named.replaceAll('"Logger":{},', '') };
  }

  #nameOf(port: string): string {
    for (const [name, number] of this.#ports) if (String(number) === port) return name;
    return 'a free port';
  }
}

/** Without what is of the connection, of the moment, or of the length of `Logger`. */
function comparable(headers: IncomingHttpHeaders): Readonly<Record<string, unknown>> {
  const { date, connection, 'keep-alive': _, 'content-length': __, 'transfer-encoding': ___, ...rest } = headers;
  const id = rest['x-toxiproxy-request-id'];
  return { ...rest, 'x-toxiproxy-request-id': typeof id === 'string' && /^[0-9a-v]{20}$/.test(id) };
}
