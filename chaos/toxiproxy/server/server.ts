/** An embedded Toxiproxy: proxies, and the HTTP API that rules them. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ChaosError } from '../../errors.ts';
import { type Api, version } from './api.ts';
import { populateFromFile } from './config.ts';
import { createApiServer } from './http-server.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type Logger, silentLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { Proxies } from './proxies.ts';
import { seededRandom } from './seeded-random.ts';
import { resolveTcpAddress, type TcpAddress, tcpAddressText } from './tcp-address.ts';

export interface ToxiproxyOptions {
  /** Of the API, and of proxies that name no host: loopback unless told otherwise. */
  readonly host?: string;
  /** 0: a free one. */
  readonly port?: number;
  /** A JSON file of proxies to start with. */
  readonly config?: string;
  /** Of all that is drawn by chance. */
  readonly seed?: bigint;
  readonly proxyMetrics?: boolean;
  readonly runtimeMetrics?: boolean;
  readonly limits?: Partial<Limits>;
  readonly log?: Logger;
}

export interface RunningToxiproxy {
  /** Of the API. */
  readonly url: string;
  /** Ends every connection; resolves when all ports are free. */
  stop(): Promise<void>;
}

const everyInterface = ['', '0.0.0.0', '::'];

const notListening = 'CHAOS_TOXIPROXY_LISTEN';

/** How long requests have to be answered when the server stops. */
const drainMs = 1000;

/** Rejects with a ChaosError if the port can't be had, or the configuration is wrong; then nothing is left running. */
export async function startToxiproxy(options: ToxiproxyOptions = {}): Promise<RunningToxiproxy> {
  const { host = '127.0.0.1', port = 0, config, log = silentLog() } = options;
  log.info({ version }, 'Starting Toxiproxy');
  const address = await addressOf(host, port);
  const limits = { ...defaultLimits, ...options.limits };
  const api = createApi(options, { limits, log, host: address.host });
  const server = createApiServer({ api, limits, log });
  const stop = async () => {
    await close(server);
    await api.proxies.stop();
  };
  try {
    if (config !== undefined) await populateFromFile(api.proxies, config, log);
    const bound = await listen(server, address);
    log.info({ address: tcpAddressText(bound) }, 'Starting Toxiproxy HTTP server');
    const dialled = everyInterface.includes(bound.host) ? { ...bound, host: '127.0.0.1' } : bound;
    return { url: `http://${tcpAddressText(dialled)}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createApi(options: ToxiproxyOptions, own: { limits: Limits; log: Logger; host: string }): Api {
  const { proxyMetrics = false, runtimeMetrics = false, seed = BigInt(Date.now()) } = options;
  const { limits, log, host } = own;
  const metrics = new Metrics({ proxyMetrics, runtimeMetrics });
  const proxies = new Proxies({
    defaultHost: everyInterface.includes(host) ? '' : host,
    maxProxies: limits.proxies,
    maxConnectionsPerProxy: limits.connectionsPerProxy,
    randomFor: (name) => seededRandom(seed, name),
    onState: ({ name, listen, upstream }, state) => log.info({ name, listen, upstream }, `${state} proxy`),
    onClosed: (proxy, traffic) => metrics.count(proxy, traffic),
  });
  return { proxies, metrics, maxToxicsPerProxy: limits.toxicsPerProxy };
}

async function addressOf(host: string, port: number): Promise<TcpAddress> {
  const text = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  try {
    return await resolveTcpAddress(text);
  } catch (error) {
    throw new ChaosError(notListening, `cannot listen on ${text}: ${(error as Error).message}`, {
      cause: error,
      mend: 'give a host name or an IP address to --host, 0 to 65535 to --port',
    });
  }
}

async function listen(server: Server, address: TcpAddress): Promise<TcpAddress> {
  try {
    // Without a host Node takes both protocols, or the one that this machine has.
    await once(server.listen(address.host === '' ? { port: address.port } : address), 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const where = `cannot listen on ${tcpAddressText(address)}`;
    if (code !== 'EADDRINUSE') throw new ChaosError(notListening, `${where}: ${message}`, { cause: error });
    const mend = 'stop what listens there, or give another --port; 0 takes a free one';
    throw new ChaosError(notListening, `${where}: address already in use`, { cause: error, mend });
  }
  // Such as EMFILE while accepting: it passes, and nobody is to die of it.
  server.on('error', () => {});
  const bound = server.address() as AddressInfo;
  return { host: bound.address, port: bound.port };
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(timer);
}
