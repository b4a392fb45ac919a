/** One proxy: a listener that takes connections to an upstream, and the toxics on them. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ChaosError } from '../../errors.ts';
import { type DialTarget, Link } from './link.ts';
import { resolveTcpAddress, type TcpAddress, tcpAddressText } from './tcp-address.ts';
import type { Stream } from './toxic.ts';
import { ToxicSet } from './toxic-set.ts';

export interface ProxyOptions {
  readonly name: string;
  /** `host:port`; port 0 takes a free one, no host means every interface. */
  readonly listen: string;
  readonly upstream: string;
  /** In [0, 1): draws toxicity, jitter and sizes. */
  readonly random: () => number;
  /** Open clients; more are accepted and closed. 4096 unless told otherwise. */
  readonly maxConnections?: number;
}

export interface Traffic {
  readonly direction: Stream;
  /** Bytes. */
  readonly received: number;
  readonly sent: number;
}

/** Calls that change a proxy must not overlap: whoever owns it lets them take turns. */
export class TcpProxy {
  readonly name: string;
  readonly toxics: ToxicSet;
  /** Told twice when a connection has ended: once for each direction. */
  onClosed?: (traffic: Traffic) => void;
  readonly #links = new Set<Link>();
  readonly #random: () => number;
  readonly #maxConnections: number;
  #listen: string;
  #upstream: string;
  #server: Server | undefined;
  #onEmpty: (() => void) | undefined;

  constructor({ name, listen, upstream, random, maxConnections = 4096 }: ProxyOptions) {
    this.name = name;
    this.#listen = listen;
    this.#upstream = upstream;
    this.#random = random;
    this.#maxConnections = maxConnections;
    this.toxics = new ToxicSet(this.#links);
  }

  /** As it was given; resolved once it has been started. */
  get listen(): string {
    return this.#listen;
  }

  get upstream(): string {
    return this.#upstream;
  }

  get enabled(): boolean {
    return this.#server !== undefined;
  }

  /** Open ones, those being dialled included. */
  get connections(): number {
    return this.#links.size;
  }

  /** Rejects with a ChaosError that says why in the original's words; it is disabled then. */
  async start(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = await listenOn(this.#listen);
    // Such as EMFILE while accepting: it passes.
    server.on('error', () => {});
    server.maxConnections = this.#maxConnections;
    const { address, port } = server.address() as AddressInfo;
    this.#listen = tcpAddressText({ host: address, port });
    const target = dialTarget(this.#upstream);
    server.on('connection', (client) => this.#connect(client, target));
    this.#server = server;
  }

  /** Closes the listener and every connection; resolves when the port is free. Toxics stay. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const emptied = this.#links.size === 0 ? undefined : new Promise<void>((resolve) => (this.#onEmpty = resolve));
    for (const link of this.#links) link.destroy();
    await Promise.all([closed, emptied]);
  }

  /** What is changed drops the connections and, where it is enabled, listens anew; a rejection as from `start`. */
  async update({
    listen = this.#listen,
    upstream = this.#upstream,
  }: {
    readonly listen?: string;
    readonly upstream?: string;
  }): Promise<void> {
    if (listen === this.#listen && upstream === this.#upstream) return;
    const wasEnabled = this.enabled;
    await this.stop();
    this.#listen = listen;
    this.#upstream = upstream;
    if (wasEnabled) await this.start();
  }

  #connect(client: Socket, target: DialTarget | undefined): void {
    const link = new Link({
      client,
      target,
      toxics: (direction) => this.toxics.in(direction),
      random: this.#random,
      onGone: () => this.#gone(link),
    });
    this.#links.add(link);
  }

  #gone(link: Link): void {
    this.#links.delete(link);
    if (this.#links.size === 0) this.#onEmpty?.();
    if (link.ways === undefined) return;
    for (const direction of ['downstream', 'upstream'] as const) {
      const { received, sent } = link.ways[direction];
      this.onClosed?.({ direction, received, sent });
    }
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'cannot assign requested address',
};

async function listenOn(listen: string): Promise<Server> {
  const address = await resolveTcpAddress(listen).catch((error: Error) => {
    throw new ChaosError('CHAOS_TOXIPROXY_LISTEN', `listen tcp: ${error.message}`, { cause: error });
  });
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
  try {
    await once(server.listen(listenOptions(address)), 'listening');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const why = `listen tcp ${tcpAddressText(address)}: bind: ${reasons[code] ?? message}`;
    throw new ChaosError('CHAOS_TOXIPROXY_LISTEN', why, { cause: error });
  }
  return server;
}

/** Without a host Node listens as Go does for 0.0.0.0 too: on both protocols, where there are two. */
function listenOptions({ host, port }: TcpAddress): { port: number; host?: string } {
  return host === '' || host === '0.0.0.0' ? { port } : { host, port };
}

/** What the upstream's name means is found out when it is dialled; undefined: it is no address at all. */
function dialTarget(upstream: string): DialTarget | undefined {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(upstream);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  return { host: match[1] || match[2] || '127.0.0.1', port };
}
