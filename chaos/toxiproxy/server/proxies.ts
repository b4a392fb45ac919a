/** All proxies by name. Whatever changes one proxy takes turns with all else that does; names are given and taken one at a time. */
import { ApiError, proxyAlreadyExists, proxyNotFound } from './errors.ts';
import { TcpProxy, type Traffic } from './proxy.ts';
import type { ProxyInput } from './proxy-body.ts';
import { isHostless, resolveTcpAddress, tcpAddressText } from './tcp-address.ts';
import { Turns } from './turns.ts';

export interface ProxiesOptions {
  /** Where a proxy listens that names no host; empty: on every interface, as the original does. */
  readonly defaultHost: string;
  readonly maxProxies: number;
  readonly maxConnectionsPerProxy: number;
  /** Chance for the proxy of that name; in [0, 1). */
  readonly randomFor: (name: string) => () => number;
  /** Told when a proxy starts to listen, and when it stops. */
  readonly onState: (proxy: TcpProxy, state: 'Started' | 'Terminated') => void;
  readonly onClosed: (proxy: TcpProxy, traffic: Traffic) => void;
}

interface Member {
  readonly proxy: TcpProxy;
  readonly turns: Turns;
}

export class Proxies {
  readonly #options: ProxiesOptions;
  readonly #members = new Map<string, Member>();
  readonly #names = new Turns();
  #stopped = false;

  constructor(options: ProxiesOptions) {
    this.#options = options;
  }

  list(): TcpProxy[] {
    return Array.from(this.#members.values(), ({ proxy }) => proxy);
  }

  get(name: string | undefined): TcpProxy {
    return this.#member(name).proxy;
  }

  /** Runs a task that changes one proxy or its toxics. Rejects with 404 if there is no such proxy, or no more when its turn comes. */
  async change<T>(name: string | undefined, task: (proxy: TcpProxy) => Promise<T>): Promise<T> {
    const { turns } = this.#member(name);
    return await turns.take(async () => {
      const now = this.#member(name);
      // Deleted and made anew: that one has turns of its own.
      if (now.turns !== turns) throw proxyNotFound();
      return await task(now.proxy);
    });
  }

  create(input: ProxyInput): Promise<TcpProxy> {
    return this.#names.take(async () => {
      if (this.#members.has(input.name)) throw proxyAlreadyExists();
      return await this.#add(input);
    });
  }

  /** Adds those that are new, replaces those that differ in listen or upstream, leaves the others as they are. What was done before a failure stays. */
  async populate(inputs: readonly ProxyInput[], done: TcpProxy[]): Promise<void> {
    for (const input of inputs) done.push(await this.#names.take(() => this.#addOrReplace(input)));
  }

  /** Listen, upstream and enabled; a new listen or upstream drops connections. If it can't be started it is left disabled, as in the original. */
  async update(proxy: TcpProxy, { listen, upstream, enabled }: ProxyInput): Promise<void> {
    const wanted = this.#listenOf(listen);
    if (await differs(proxy, wanted, upstream)) {
      await this.#stop(proxy);
      await proxy.update({ listen: wanted, upstream });
    }
    if (enabled) await this.#start(proxy);
    else await this.#stop(proxy);
  }

  remove(name: string | undefined): Promise<void> {
    return this.#names.take(() =>
      this.change(name, async (proxy) => {
        await this.#stop(proxy);
        // Within its turn, so that whoever waits for the next finds it gone.
        this.#members.delete(proxy.name);
      }),
    );
  }

  /** Every proxy without toxics and enabled. One that can't start does not keep the others from it; the first such error is thrown at the end. */
  async reset(): Promise<void> {
    const errors: unknown[] = [];
    for (const { name } of this.list()) {
      await this.change(name, async (proxy) => {
        await proxy.toxics.clear();
        await this.#start(proxy);
      }).catch((error: unknown) => errors.push(error));
    }
    const [first] = errors.filter((error) => !(error instanceof ApiError));
    if (first !== undefined) throw first;
  }

  /** Ends every proxy, one that is being made included; no other can be made after. */
  stop(): Promise<void> {
    return this.#names.take(async () => {
      this.#stopped = true;
      for (const { proxy, turns } of this.#members.values()) {
        await turns.take(async () => {
          await this.#stop(proxy);
          this.#members.delete(proxy.name);
        });
      }
    });
  }

  async #addOrReplace(input: ProxyInput): Promise<TcpProxy> {
    const existing = this.#members.get(input.name);
    if (existing === undefined) return this.#add(input);
    const { proxy, turns } = existing;
    return await turns.take(async () => {
      if (!(await differs(proxy, this.#listenOf(input.listen), input.upstream))) return proxy;
      await this.#stop(proxy);
      return await this.#add(input, turns);
    });
  }

  async #add(input: ProxyInput, turns = new Turns()): Promise<TcpProxy> {
    if (this.#stopped) throw new ApiError('the server is stopping', 503);
    const { randomFor, maxProxies, maxConnectionsPerProxy, onClosed } = this.#options;
    if (this.#members.size >= maxProxies && !this.#members.has(input.name)) {
      throw new ApiError(`too many proxies: at most ${maxProxies}`, 400);
    }
    const proxy = new TcpProxy({
      name: input.name,
      listen: this.#listenOf(input.listen),
      upstream: input.upstream,
      random: randomFor(input.name),
      maxConnections: maxConnectionsPerProxy,
    });
    proxy.onClosed = (traffic) => onClosed(proxy, traffic);
    if (input.enabled) await this.#start(proxy);
    this.#members.set(input.name, { proxy, turns });
    return proxy;
  }

  async #start(proxy: TcpProxy): Promise<void> {
    if (proxy.enabled) return;
    await proxy.start();
    this.#options.onState(proxy, 'Started');
  }

  async #stop(proxy: TcpProxy): Promise<void> {
    if (!proxy.enabled) return;
    await proxy.stop();
    this.#options.onState(proxy, 'Terminated');
  }

  #member(name: string | undefined): Member {
    const member = name === undefined ? undefined : this.#members.get(name);
    if (member === undefined) throw proxyNotFound();
    return member;
  }

  #listenOf(listen: string): string {
    const { defaultHost } = this.#options;
    if (defaultHost === '' || !isHostless(listen)) return listen;
    const host = defaultHost.includes(':') ? `[${defaultHost}]` : defaultHost;
    return `${host}:${listen.slice(1)}`;
  }
}

async function differs(proxy: TcpProxy, listen: string, upstream: string): Promise<boolean> {
  const resolved = tcpAddressText(await resolveTcpAddress(listen));
  return proxy.listen !== resolved || proxy.upstream !== upstream;
}
