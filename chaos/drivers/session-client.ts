/**
 * The user of protocol `openclaw-session/1`: a connection that lives as long as it can, resumes by epoch and offset, sends messages
 * again until they are acknowledged, ends a connection that has gone silent, and remembers everything that it received.
 */
import { nowMs } from '../observe/clock.ts';
import { fullJitterMs } from './backoff.ts';
import { ReceivedLog } from './received-log.ts';
import { SessionConnection } from './session-connection.ts';
import type { Entry, ServerFrame, Welcome } from './session-frames.ts';

const connectTimeoutMs = 3000;
/** Beyond these, `post` drops: they bound what a long outage or a stuck server can pile up. */
const maxUnacknowledged = 1000;
const maxBufferedBytes = 1024 * 1024;

export interface SessionClientOptions {
  readonly address: () => string;
  readonly token: string;
  /** Which runs it is told of: `all` by default. */
  readonly events?: 'all' | 'own';
  /** False: it never finds out by itself that its server has gone silent. */
  readonly heartbeat?: boolean;
  readonly onEntry?: (entry: Entry, at: number) => void;
  readonly onConnect?: (welcome: Welcome) => void;
  readonly onDisconnect?: (detail: string, atMs: number) => void;
  readonly onAck?: (id: string, atMs: number) => void;
}

interface Message {
  readonly id: string;
  readonly body: unknown;
  readonly traceparent?: string;
}

export class SessionClient implements Disposable {
  readonly received = new ReceivedLog();
  /** Offset by id of each acknowledged message. */
  readonly acknowledged = new Map<string, number>();
  readonly #unacknowledged = new Map<string, Message>();
  readonly #options: SessionClientOptions;
  #connection: SessionConnection | undefined;
  #identity: { readonly session: string; readonly epoch: string } | undefined;
  #first: { readonly session: string; readonly epoch: string } | undefined;
  #identityChanges = 0;
  #connectedSinceMs: number | undefined;
  #disconnects = 0;
  #attempt = 0;
  #retry: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: SessionClientOptions) {
    this.#options = options;
    this.#dial();
  }

  get session(): string | undefined {
    return this.#identity?.session;
  }

  get identity(): { readonly session: string; readonly epoch: string } | undefined {
    return this.#identity;
  }

  /** Times that the server did not go on with the session it had given: each is a loss. */
  get identityChanges(): number {
    return this.#identityChanges;
  }

  get firstIdentity(): { readonly session: string; readonly epoch: string } | undefined {
    return this.#first;
  }

  get connectedSinceMs(): number | undefined {
    return this.#connectedSinceMs;
  }

  get disconnects(): number {
    return this.#disconnects;
  }

  get waiting(): number {
    return this.#unacknowledged.size;
  }

  /** Sends a message and keeps sending it until it is acknowledged. False if too many wait already: then it was not accepted. */
  post(id: string, body: unknown, traceparent?: string): boolean {
    if (this.#closed || this.#unacknowledged.size >= maxUnacknowledged) return false;
    const message = { id, body, ...(traceparent !== undefined && { traceparent }) };
    this.#unacknowledged.set(id, message);
    this.#sendOne(message);
    return true;
  }

  #sendOne(message: Message): void {
    const connection = this.#connection;
    if (connection && connection.bufferedBytes < maxBufferedBytes) connection.send({ type: 'message', ...message });
  }

  #dial(): void {
    const hello = {
      token: this.#options.token,
      kind: 'user',
      events: this.#options.events ?? 'all',
      ...(this.#identity && { ...this.#identity, after: this.received.lastOffset }),
    } as const;
    // The welcome and what follows it may come in one burst, before this promise's continuation runs: frames are handled at once.
    const handlers = {
      onFrame: (frame: ServerFrame) => this.#onFrame(frame),
      onClose: (detail: string) => this.#onClose(detail),
    };
    Promise.try(() => SessionConnection.open(this.#options.address(), hello, connectTimeoutMs, handlers)).then(
      (connection) => this.#onOpen(connection),
      () => this.#later(),
    );
  }

  #onOpen(connection: SessionConnection): void {
    if (this.#closed) connection.terminate();
    // It may have been closed in the same breath as it was welcomed; then `#onClose` has dealt with it.
    if (!connection.isOpen) return;
    this.#connection = connection;
    if (this.#options.heartbeat !== false) this.#keepAlive(connection);
    for (const message of this.#unacknowledged.values()) this.#sendOne(message);
    this.#options.onConnect?.(connection.welcome);
  }

  #onFrame(frame: ServerFrame): void {
    if (frame.type === 'welcome') this.#onWelcome(frame);
    if (frame.type === 'entry') {
      const at = nowMs();
      this.received.add(frame, at);
      this.#options.onEntry?.(frame, at);
    }
    if (frame.type === 'ack' && this.#unacknowledged.delete(frame.id)) {
      this.acknowledged.set(frame.id, frame.offset);
      this.#options.onAck?.(frame.id, nowMs());
    }
  }

  #onWelcome({ session, epoch, offset, recovered }: Welcome): void {
    this.#attempt = 0;
    this.#connectedSinceMs = nowMs();
    if (this.#identity !== undefined && !recovered) {
      this.#identityChanges++;
      this.received.restart(offset);
    }
    this.#identity = { session, epoch };
    this.#first ??= this.#identity;
  }

  #onClose(detail: string): void {
    this.#connection = undefined;
    this.#connectedSinceMs = undefined;
    clearInterval(this.#heartbeat);
    if (this.#closed) return;
    this.#disconnects++;
    this.#options.onDisconnect?.(detail, nowMs());
    this.#later();
  }

  #later(): void {
    if (this.#closed) return;
    this.#retry = setTimeout(() => this.#dial(), fullJitterMs(this.#attempt++));
  }

  /** The server says how often it beats; a peer that is silent for two beats is dead, whatever TCP says. */
  #keepAlive(connection: SessionConnection): void {
    const { heartbeatMs } = connection.welcome;
    let aliveMs = nowMs();
    connection.onAlive(() => {
      aliveMs = nowMs();
    });
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => {
      if (nowMs() - aliveMs > 2 * heartbeatMs) connection.terminate();
      else connection.heartbeat();
    }, heartbeatMs / 2);
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#heartbeat);
    this.#connection?.terminate();
  }
}
