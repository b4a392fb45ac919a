/** An upstream and a proxy to it on loopback; connections through it come as pairs of peers. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { TcpProxy, type Traffic } from '../proxy.ts';
import type { Attributes, Stream, ToxicState } from '../toxic.ts';
import { Peer } from './peer.ts';

interface Pair {
  readonly client: Peer;
  readonly server: Peer;
}

interface Proxied extends AsyncDisposable {
  readonly proxy: TcpProxy;
  readonly port: number;
  /** What ended connections carried, two entries each. */
  readonly traffic: readonly Traffic[];
  open(): Promise<Pair>;
}

export async function proxied(
  toxics: readonly ToxicState[] = [],
  random: () => number = Math.random,
): Promise<Proxied> {
  const upstream = createServer({ noDelay: true });
  const sockets: Socket[] = [];
  upstream.on('connection', (socket) => sockets.push(socket.on('error', () => {})));
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  const { port: upstreamPort } = upstream.address() as AddressInfo;
  const proxy = new TcpProxy({ name: 'tested', listen: '127.0.0.1:0', upstream: `127.0.0.1:${upstreamPort}`, random });
  for (const toxic of toxics) await proxy.toxics.add(toxic);
  const traffic: Traffic[] = [];
  proxy.onClosed = (each) => traffic.push(each);
  await proxy.start();
  const port = portOf(proxy);
  return {
    proxy,
    port,
    traffic,
    async open() {
      const accepted = once(upstream, 'connection');
      const client = await dial(port);
      const [server] = (await accepted) as [Socket];
      sockets.push(client);
      return { client: new Peer(client), server: new Peer(server) };
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await proxy.stop();
      upstream.close();
    },
  };
}

export async function dial(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

export function portOf({ listen }: TcpProxy): number {
  return Number(listen.slice(listen.lastIndexOf(':') + 1));
}

export function toxic(
  type: string,
  attributes: Attributes = {},
  { direction = 'downstream', toxicity = 1, name = `${type}_${direction}` }: ToxicOptions = {},
): ToxicState {
  return { name, type, stream: direction, direction, toxicity, attributes };
}

interface ToxicOptions {
  readonly direction?: Stream;
  readonly toxicity?: number;
  readonly name?: string;
}

/** Ms since it was called. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => performance.now() - start;
}
