/** The Toxiproxy HTTP API, through toxiproxy-node-client: a deadline on each call, toxics whose attributes fit their type, one kind of error. */
import { type Proxy as RemoteProxy, Toxiproxy } from 'toxiproxy-node-client';
import { ChaosError } from '../errors.ts';

export type Direction = 'upstream' | 'downstream';

/** Attributes of each toxic that is used here; ms throughout. */
interface ToxicAttributes {
  readonly latency: { readonly latency: number; readonly jitter: number };
  readonly timeout: { readonly timeout: number };
  readonly reset_peer: { readonly timeout: number };
}

export type ToxicSpec = {
  [T in keyof ToxicAttributes]: {
    readonly name: string;
    readonly type: T;
    readonly stream: Direction;
    readonly attributes: ToxicAttributes[T];
  };
}[keyof ToxicAttributes];

export interface ProxySpec {
  readonly name: string;
  /** `host:port` as the server sees it. */
  readonly listen: string;
  readonly upstream: string;
}

/** A call that was refused, failed or not answered in time. `status` is the HTTP status, where there was one. */
export class ToxiproxyCallError extends ChaosError {
  readonly status: number | undefined;

  constructor(call: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super('CHAOS_TOXIPROXY', `Toxiproxy: ${call}: ${reason}`, { cause });
    // The library tells the status in its message only.
    const status = /status code (\d{3})/.exec(reason)?.[1];
    this.status = status === undefined ? undefined : Number(status);
  }
}

const defaultTimeoutMs = 5_000;

export class ToxiproxyClient {
  readonly #remote: Toxiproxy;
  readonly #timeoutMs: number;

  constructor(url: string, timeoutMs: number = defaultTimeoutMs) {
    this.#remote = new Toxiproxy(url);
    this.#timeoutMs = timeoutMs;
  }

  version(): Promise<string> {
    return this.#call('version', () => this.#remote.getVersion());
  }

  async createProxy(spec: ProxySpec): Promise<void> {
    await this.#call(`create proxy ${spec.name}`, () => this.#remote.createProxy({ ...spec, enabled: true }));
  }

  async proxyNames(): Promise<readonly string[]> {
    return Object.keys(await this.#call('list proxies', () => this.#remote.getAll()));
  }

  async isEnabled(proxy: string): Promise<boolean> {
    return (await this.#get(proxy)).enabled;
  }

  /** Disabled: new connections are refused, open ones are closed. Listen and upstream go back as they came, so nothing else changes. */
  async setEnabled(proxy: string, enabled: boolean): Promise<void> {
    const remote = await this.#get(proxy);
    if (remote.enabled === enabled) return;
    const { listen, upstream } = remote;
    await this.#call(`${enabled ? 'enable' : 'disable'} ${proxy}`, () => remote.update({ enabled, listen, upstream }));
  }

  async addToxic(proxy: string, toxic: ToxicSpec): Promise<void> {
    const remote = await this.#get(proxy);
    // Toxicity stays 1: Toxiproxy draws chance anew whenever a neighbour changes.
    await this.#call(`add ${toxic.type} to ${proxy}`, () =>
      remote.addToxic<ToxicSpec['attributes']>({ ...toxic, toxicity: 1 }),
    );
  }

  /** Discards everything that goes this way and never closes: a timeout toxic of 0. */
  async blackhole(proxy: string, stream: Direction, name: string): Promise<void> {
    await this.addToxic(proxy, { name, type: 'timeout', stream, attributes: { timeout: 0 } });
  }

  /** A toxic that is not there is as good as removed. */
  async removeToxic(proxy: string, toxic: string): Promise<void> {
    const remote = await this.#get(proxy);
    await absentIsFine(
      this.#call(`remove ${toxic} from ${proxy}`, async () => (await remote.getToxic(toxic)).remove()),
    );
  }

  async hasToxic(proxy: string, toxic: string): Promise<boolean> {
    const remote = await this.#get(proxy);
    return (
      (await absentIsFine(this.#call(`look for ${toxic} on ${proxy}`, () => remote.getToxic(toxic)))) !== undefined
    );
  }

  #get(proxy: string): Promise<RemoteProxy> {
    return this.#call(`get proxy ${proxy}`, () => this.#remote.get(proxy));
  }

  async #call<T>(what: string, call: () => Promise<T>): Promise<T> {
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`no answer within ${this.#timeoutMs} ms`)), this.#timeoutMs);
    try {
      return await Promise.race([call(), tooLate]);
    } catch (error) {
      throw new ToxiproxyCallError(what, error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The client of a running platform's Toxiproxy. */
export function toxiproxyOf(platform: { readonly toxiproxyUrl: string }): ToxiproxyClient {
  return new ToxiproxyClient(platform.toxiproxyUrl);
}

async function absentIsFine<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ToxiproxyCallError && error.status === 404) return undefined;
    throw error;
  }
}
