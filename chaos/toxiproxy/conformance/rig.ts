/** What one case stands on: a proxy of its own, an upstream, connections; all gone when the case ends. */
import { expect } from 'vitest';
import { type Answer, Api, json } from './api.ts';
import { dial, type Peer } from './peer.ts';
import { Upstream } from './upstream.ts';

export interface ServerUnderTest {
  /** Of the API. */
  readonly url: string;
  stop(): Promise<void>;
}

export type StartServer = (options: { readonly proxyMetrics: boolean }) => Promise<ServerUnderTest>;

/** Title → what is done and must be so. */
export type Cases = Readonly<Record<string, (rig: Rig) => Promise<void>>>;

export interface ProxyJson {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly toxics: readonly unknown[];
}

export interface ToxicInput {
  readonly type: string;
  readonly name?: string;
  readonly stream?: 'upstream' | 'downstream';
  readonly toxicity?: number;
  readonly attributes?: Readonly<Record<string, number>>;
}

/** A proxy, its upstream, a client connected through it, and the connection as the upstream sees it. */
export interface Pair {
  readonly proxy: ProxyJson;
  readonly client: Peer;
  readonly server: Peer;
}

let names = 0;

export class Rig implements AsyncDisposable {
  readonly api: Api;
  readonly #held = new AsyncDisposableStack();

  constructor(url: string) {
    this.api = this.#held.adopt(new Api(url), (api) => api.close());
  }

  /** Nobody else's; the proxy of that name is deleted when the case ends. */
  name(): string {
    names += 1;
    const name = `proxy-${names}`;
    this.#held.defer(async () => {
      await this.api.call('DELETE', `/proxies/${name}`);
    });
    return name;
  }

  async upstream(options: { echo: boolean } = { echo: true }): Promise<Upstream> {
    return this.#held.use(await Upstream.start(options));
  }

  async proxy(fields: Partial<Omit<ProxyJson, 'toxics'>> = {}): Promise<ProxyJson> {
    const upstream = fields.upstream ?? (await this.upstream()).address;
    const input = { name: this.name(), listen: '127.0.0.1:0', ...fields, upstream };
    const answer = await this.api.call('POST', '/proxies', input);
    expect(answer).toEqual(json(201, { enabled: true, ...input, listen: expect.any(String), toxics: [] }));
    return answer.body as ProxyJson;
  }

  async connect(proxy: { readonly listen: string }): Promise<Peer> {
    return this.#held.adopt(await dial(proxy.listen), (peer) => peer.destroy());
  }

  async pair(options: { echo: boolean; toxics?: readonly ToxicInput[] } = { echo: true }): Promise<Pair> {
    const upstream = await this.upstream(options);
    const proxy = await this.proxy({ upstream: upstream.address });
    for (const toxic of options.toxics ?? []) await this.toxic(proxy, toxic);
    const client = await this.connect(proxy);
    return { proxy, client, server: await upstream.accepted() };
  }

  /** Its path. */
  async toxic(proxy: ProxyJson, toxic: ToxicInput): Promise<string> {
    const answer = await this.api.call('POST', `/proxies/${proxy.name}/toxics`, toxic);
    expect(answer).toEqual(json(200, expect.objectContaining({ type: toxic.type })));
    return `/proxies/${proxy.name}/toxics/${(answer.body as { name: string }).name}`;
  }

  async patch(path: string, change: unknown): Promise<Answer> {
    const answer = await this.api.call('PATCH', path, change);
    expect(answer.status).toBe(200);
    return answer;
  }

  async remove(path: string): Promise<void> {
    expect((await this.api.call('DELETE', path)).status).toBe(204);
  }

  async show(proxy: { readonly name: string }): Promise<unknown> {
    return (await this.api.call('GET', `/proxies/${proxy.name}`)).body;
  }

  /** Ends the case's resources in the reverse order of their coming. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#held.disposeAsync();
  }
}
