/** One connection through a proxy: the client's socket, the one dialled to the upstream, and a way between them for each direction. */
import { connect, type Socket } from 'node:net';
import { readInto } from './read-buffer.ts';
import type { Stream, ToxicState } from './toxic.ts';
import { Way } from './way.ts';

export interface DialTarget {
  readonly host: string;
  readonly port: number;
}

export interface LinkOptions {
  /** Paused until the upstream has answered. */
  readonly client: Socket;
  /** Undefined: there is no such address, so the client is closed. */
  readonly target: DialTarget | undefined;
  readonly toxics: (direction: Stream) => readonly ToxicState[];
  readonly random: () => number;
  /** Both sockets are closed. */
  readonly onGone: (link: Link) => void;
}

export class Link {
  readonly #client: Socket;
  readonly #server: Socket | undefined;
  readonly #options: LinkOptions;
  #open = 1;
  /** Toxiproxy sets linger to 0 when a connection opens under a `reset_peer`: every close of it is a reset then. */
  #resets = false;
  /** Undefined until the upstream has answered. */
  ways: Readonly<Record<Stream, Way>> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#client = options.client;
    this.#client.on('error', ignore).on('close', () => this.#closed('upstream', 'downstream'));
    const { target } = options;
    if (target === undefined) {
      this.#client.destroy();
      return;
    }
    this.#open = 2;
    this.#server = connect({
      ...target,
      noDelay: true,
      allowHalfOpen: true,
      onread: readInto(() => this.ways?.downstream),
    });
    this.#server
      .on('error', ignore)
      .on('close', () => this.#closed('downstream', 'upstream'))
      .on('connect', () => this.#start());
  }

  /** Closes both sockets at once; what waits is lost. */
  destroy(): void {
    for (const socket of [this.#client, this.#server]) {
      if (this.#resets) socket?.resetAndDestroy();
      else socket?.destroy();
    }
  }

  #start(): void {
    const client = this.#client;
    const server = this.#server;
    if (server === undefined || client.destroyed) return;
    const { toxics, random } = this.#options;
    const chains = { upstream: toxics('upstream'), downstream: toxics('downstream') };
    this.#resets = [...chains.upstream, ...chains.downstream].some(({ type }) => type === 'reset_peer');
    const upstream: Way = new Way({
      source: client,
      destination: server,
      toxics: chains.upstream,
      random,
      onEnd: () => this.#close(server),
    });
    const downstream: Way = new Way({
      source: server,
      destination: client,
      toxics: chains.downstream,
      random,
      onEnd: () => this.#close(client),
    });
    this.ways = { upstream, downstream };
    server.on('end', () => downstream.sourceEnded()).on('drain', () => upstream.destinationDrained());
    client
      .on('end', () => upstream.sourceEnded())
      .on('drain', () => downstream.destinationDrained())
      .on('data', (chunk) => upstream.take(chunk))
      .resume();
  }

  /** Once everything is written; there is no half-closed, so the other way loses its source with it. */
  #close(socket: Socket): void {
    if (!this.#resets) {
      if (socket.writableLength === 0) socket.destroy();
      else socket.destroySoon();
    } else if (socket.writableLength === 0) {
      socket.resetAndDestroy();
    } else {
      socket.write('', () => socket.resetAndDestroy());
    }
  }

  #closed(from: Stream, into: Stream): void {
    if (this.ways === undefined) {
      // The one that failed to be dialled, or was given up, takes the other with it.
      this.destroy();
    } else {
      this.ways[into].finish();
      this.ways[from].sourceEnded();
    }
    this.#open -= 1;
    if (this.#open > 0) return;
    this.#options.onGone(this);
  }
}

/** `close` follows, and that is enough. */
function ignore(): void {}
