/** One client's conversation: hello, welcome and replay; then messages and acks, pings and pongs, until it ends. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { errorCode } from '../layer/errors.ts';
import type { Logger } from '../layer/logger.ts';
import { tokenMatches } from '../layer/token.ts';
import type { ClientKind } from '../layer/wire.ts';
import { Feed } from './feed.ts';
import { type CheckedFrame, encodeEntry, encodeFrame, type HelloFrame, parseFrame } from './frames.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Hub, Member } from './hub.ts';
import type { Instruments } from './instruments.ts';
import type { Limits } from './limits.ts';
import type { MessageQueue } from './message-queue.ts';
import { Peer } from './peer.ts';
import { planResume } from './resume.ts';
import type { LogEntry } from './session-log.ts';
import type { SessionStore } from './session-store.ts';
import { newId } from './session-table.ts';

export interface ConnectionContext {
  readonly token: string;
  readonly heartbeatMs: number;
  readonly limits: Limits;
  readonly log: Logger;
  readonly store: SessionStore;
  readonly hub: Hub;
  readonly queue: MessageQueue;
  readonly heartbeat: Heartbeat;
  readonly instruments: Instruments;
}

interface Joined {
  readonly session: string;
  readonly feed: Feed;
}

export class Connection implements Member {
  kind: ClientKind = 'user';
  readonly #context: ConnectionContext;
  readonly #peer: Peer;
  readonly #helloTimer: NodeJS.Timeout;
  #joined: Joined | undefined;

  constructor(socket: WebSocket, wire: Duplex, context: ConnectionContext) {
    this.#context = context;
    this.#peer = new Peer(socket, wire, context.limits, context.instruments);
    const { helloTimeoutMs } = context.limits;
    this.#helloTimer = setTimeout(
      () => this.#peer.reject('hello-timeout', `no hello within ${helloTimeoutMs} ms`),
      helloTimeoutMs,
    );
    context.heartbeat.add(this.#peer);
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    socket.on('error', (error) => this.#broken(error));
    socket.on('close', () => this.#ended());
  }

  publish(entry: LogEntry): void {
    this.#joined?.feed.publish(entry);
  }

  replace(): void {
    this.#peer.reject('replaced', 'a newer connection of this session took the place of this one');
  }

  shutDown(): void {
    this.#peer.close(1001, 'shutting down: resume');
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (!this.#peer.open) return;
    const result = parseFrame(data, isBinary);
    if (!result.ok) this.#peer.reject('bad-frame', result.message, result.code);
    else if (this.#joined !== undefined) this.#converse(this.#joined.session, result.frame);
    else if (result.frame.type === 'hello') this.#greet(result.frame);
    else this.#peer.reject('bad-frame', 'the first frame must be hello', 'hello-expected');
  }

  #greet(hello: HelloFrame): void {
    if (!tokenMatches(this.#context.token, hello.token)) {
      this.#peer.reject('unauthorized', 'the token is not the one that this server was started with');
      return;
    }
    clearTimeout(this.#helloTimer);
    try {
      this.#join(hello);
    } catch (error) {
      this.#storageFailed(error);
    }
  }

  /** In one turn of the event loop, so that no entry falls between the plan, the welcome and the feed. */
  #join(hello: HelloFrame): void {
    const { store, hub, instruments, heartbeatMs } = this.#context;
    const found = hello.session === undefined ? undefined : store.sessions.find(hello.session);
    const plan = planResume(hello, found);
    const session = found
      ? store.sessions.prefer(found, hello)
      : store.sessions.create(hello.session ?? newId(), hello);
    if (hello.session !== undefined) instruments.resume(plan.recovered);
    const { id, epoch, offset } = session;
    const feed = new Feed({
      after: plan.from,
      read: (after) => store.page(id, after),
      send: (entry, flushed) => this.#peer.send(encodeEntry(entry), flushed),
      overrun: () => this.#peer.reject('slow-consumer', 'the log was trimmed before you had read it: resume'),
    });
    this.kind = hello.kind ?? session.kind;
    this.#joined = { session: id, feed };
    const outcome = plan.recovered ? { recovered: true } : { recovered: false, reason: plan.reason };
    this.#peer.send(encodeFrame({ type: 'welcome', session: id, epoch, offset, ...outcome, heartbeatMs }));
    hub.join(id, this);
    feed.start();
  }

  #converse(session: string, frame: CheckedFrame): void {
    switch (frame.type) {
      case 'hello':
        this.#peer.reject('bad-frame', 'hello was said already', 'hello-again');
        break;
      case 'ping':
        this.#peer.send(encodeFrame({ type: 'pong', id: frame.id }));
        break;
      case 'message':
        this.#context.queue.push({
          session,
          id: frame.id,
          bodyJson: frame.bodyJson,
          stored: ({ offset, entry }) => {
            this.#context.instruments.message(entry === undefined ? 'duplicate' : 'new');
            this.#peer.send(encodeFrame({ type: 'ack', id: frame.id, offset }));
          },
          failed: (error) => this.#storageFailed(error),
        });
        break;
    }
  }

  #storageFailed(error: unknown): void {
    this.#context.log.error({ err: error }, 'a session could not be written');
    this.#peer.reject(
      'storage',
      'the server could not write to its store: nothing was acknowledged, try again later',
      'storage-failed',
    );
  }

  /** ws has begun to close already, with the code of RFC 6455 that fits. */
  #broken(error: Error): void {
    const code = errorCode(error);
    if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.#context.instruments.rejected('frame-too-big');
    else if (code?.startsWith('WS_ERR_')) this.#context.instruments.rejected('bad-frame');
    this.#peer.endSoon();
  }

  #ended(): void {
    clearTimeout(this.#helloTimer);
    this.#context.heartbeat.remove(this.#peer);
    if (this.#joined === undefined) return;
    const { session, feed } = this.#joined;
    feed.stop();
    if (this.#context.hub.leave(session, this)) this.#left(session);
  }

  #left(session: string): void {
    try {
      this.#context.store.sessions.left(session);
    } catch (error) {
      this.#context.log.warn({ err: error }, 'could not note that a session was left');
    }
  }
}
