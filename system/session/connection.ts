/** One client's connection: hello, welcome and replay, then the entries as they come, beside its conversation, until it ends. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { errorCode } from '../layer/errors.ts';
import type { Logger } from '../layer/logger.ts';
import type { Tokens } from '../layer/tokens.ts';
import type { ClientKind } from '../layer/wire.ts';
import { Conversation } from './conversation.ts';
import type { Doorman, Guest } from './doorman.ts';
import { Feed, type FeedPeer } from './feed.ts';
import { encodeEntry, encodeFrame, type HelloFrame, parseFrame, protocolUnsupported } from './frames.ts';
import type { Health } from './health.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Hub, Member, Notice } from './hub.ts';
import type { Instruments } from './instruments.ts';
import type { Limits } from './limits.ts';
import type { MessageQueue } from './message-queue.ts';
import { type Backlog, Peer } from './peer.ts';
import { planResume } from './resume.ts';
import type { LogEntry } from './store/log.ts';
import type { Admission, Admittance, SessionStore } from './store/session-store.ts';

export interface ConnectionContext {
  readonly tokens: Tokens;
  readonly heartbeatMs: number;
  readonly limits: Limits;
  readonly log: Logger;
  readonly store: SessionStore;
  readonly hub: Hub;
  readonly doorman: Doorman;
  readonly queue: MessageQueue;
  readonly heartbeat: Heartbeat;
  readonly health: Health;
  readonly instruments: Instruments;
  readonly backlog: Backlog;
  /** What a client of this session is told of the layer's state. */
  readonly noticeFor: (session: string) => Extract<Notice, { type: 'status' }>;
}

interface Frame {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

export class Connection implements Member, Guest, FeedPeer {
  kind: ClientKind = 'user';
  readonly #context: ConnectionContext;
  readonly #socket: WebSocket;
  readonly #peer: Peer;
  readonly #address: string;
  #helloTimer: NodeJS.Timeout | undefined;
  #owner = '';
  #hello: HelloFrame | undefined;
  /** What came after the hello and before it was answered; bounded, because nothing more is read meanwhile. */
  #early: Frame[] = [];
  #session: string | undefined;
  #conversation: Conversation | undefined;
  #feed: Feed | undefined;

  /** `address`: where the client is, for the count of its failures. */
  constructor(socket: WebSocket, wire: Duplex, address: string, context: ConnectionContext) {
    this.#context = context;
    this.#socket = socket;
    this.#address = address;
    const { limits, instruments, backlog, heartbeat } = context;
    this.#peer = new Peer(socket, wire, limits, instruments, backlog);
    this.#helloTimer = setTimeout(
      () => this.#peer.reject('hello-timeout', `no hello within ${limits.helloTimeoutMs} ms`),
      limits.helloTimeoutMs,
    );
    heartbeat.add(this.#peer);
    socket.on('message', (data, isBinary) => this.#receive({ data: data as Buffer, isBinary }));
    socket.on('error', (error) => this.#broken(error));
    socket.on('close', () => this.#ended());
  }

  publish(entry: LogEntry): void {
    this.#feed?.publish(entry);
  }

  catchUp(): void {
    this.#feed?.catchUp();
  }

  tell(notice: Notice): void {
    this.#peer.send(encodeFrame(notice));
  }

  replace(): void {
    this.#peer.reject('replaced', 'newer connections of this session took the place of this one');
  }

  removed(): void {
    this.#peer.reject('deleted', 'this session was deleted', 'session-deleted');
  }

  shutDown(): void {
    this.#peer.close(1001, 'shutting down: resume');
  }

  get waits(): boolean {
    return this.#peer.open;
  }

  get wanted(): Admittance {
    const { session, kind, events } = this.#hello ?? {};
    return { owner: this.#owner, ...(session && { session }), ...(kind && { kind }), ...(events && { events }) };
  }

  admitted(admission: Admission): void {
    if (!this.#peer.open || this.#hello === undefined) return;
    switch (admission.outcome) {
      case 'forbidden':
        this.#peer.reject('forbidden', 'this session belongs to another token', 'session-forbidden');
        return;
      case 'too-many':
        this.#peer.reject('too-many-sessions', 'there are too many sessions: delete some', 'too-many-sessions', 60_000);
        return;
      default:
        this.#join(this.#hello, admission);
    }
    this.#socket.resume();
    for (const frame of this.#early.splice(0)) this.#receive(frame);
  }

  failed(error: unknown): void {
    this.#context.log.error({ err: error }, 'a session could not be written');
    this.#peer.reject(
      'storage',
      'the server could not write to its disk: what was not acknowledged is not stored; come back later and send it again',
      'storage-failed',
    );
  }

  read(after: number): readonly LogEntry[] {
    return this.#session === undefined ? [] : this.#context.store.page(this.#session, after);
  }

  deliver(entry: LogEntry, flushed?: () => void): void {
    this.#peer.send(encodeEntry(entry), flushed);
  }

  overrun(): void {
    this.#peer.reject('slow-consumer', 'the log was trimmed before you had read it: resume');
  }

  #receive(frame: Frame): void {
    if (!this.#peer.open) return;
    if (this.#hello !== undefined && this.#session === undefined) {
      this.#early.push(frame);
      return;
    }
    const result = parseFrame(frame.data, frame.isBinary);
    if (!result.ok) {
      const reason = result.code === protocolUnsupported ? 'protocol-unsupported' : 'bad-frame';
      this.#peer.reject(reason, result.message, result.code);
    } else if (this.#conversation !== undefined) this.#conversation.hear(result.frame);
    else if (result.frame.type === 'hello') this.#greet(result.frame);
    else this.#peer.reject('bad-frame', 'the first frame must be hello', 'hello-expected');
  }

  #greet(hello: HelloFrame): void {
    const checked = this.#context.tokens.check(hello.token, this.#address);
    if (!checked.ok && checked.retryAfterMs !== undefined) {
      const text = 'too many wrong tokens came from this address: wait before you try again';
      this.#peer.reject('too-many-failures', text, 'too-many-failures', checked.retryAfterMs);
    } else if (!checked.ok) this.#peer.reject('unauthorized', 'the token is not one that this server knows');
    else {
      clearTimeout(this.#helloTimer);
      this.#helloTimer = undefined;
      this.#owner = checked.owner;
      this.#hello = hello;
      this.#socket.pause();
      this.#context.doorman.receive(this);
    }
  }

  /** In one turn of the event loop, so that no entry falls between the plan, the welcome and the feed. */
  #join(hello: HelloFrame, { outcome, session }: Extract<Admission, { session: unknown }>): void {
    const { hub, queue, instruments, heartbeatMs, health, noticeFor } = this.#context;
    const plan = planResume(hello, outcome === 'found' ? session : undefined);
    if (hello.session !== undefined) instruments.resume(plan.recovered);
    const { id, epoch, offset, floor } = session;
    this.kind = hello.kind ?? session.kind;
    this.#session = id;
    this.#hello = undefined;
    this.#conversation = new Conversation({
      ...{ session: id, peer: this.#peer, queue, instruments },
      removed: () => this.removed(),
      failed: (error) => this.failed(error),
    });
    this.#feed = new Feed(plan.from, this);
    const result = plan.recovered ? { recovered: true } : { recovered: false, reason: plan.reason };
    const degraded = health.reasons().length > 0;
    const { from } = plan;
    this.#peer.send(
      encodeFrame({ type: 'welcome', session: id, epoch, offset, ...result, from, floor, heartbeatMs, degraded }),
    );
    const notice = noticeFor(id);
    if (degraded || notice.undelivered > 0) this.tell(notice);
    hub.join(session, this);
    this.#feed.start();
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
    this.#peer.ended();
    this.#feed?.stop();
    const { hub, store } = this.#context;
    if (this.#session !== undefined && hub.leave(this.#session, this)) store.sessions.left(this.#session);
  }
}
