/** What `connect` gives: the application's side of a session, which outlives its connections. */
import type { ServerFrame } from '../session/protocol.ts';
import { Backoff } from './backoff.ts';
import { reactionTo } from './close-codes.ts';
import { Connection, type End } from './connection.ts';
import { CursorSaver } from './cursor-store.ts';
import { type Environment, environment } from './environment.ts';
import { type Entry, type Gap, Inbox } from './inbox.ts';
import { Listeners } from './listeners.ts';
import { Outbox } from './outbox.ts';
import { SessionError } from './session-error.ts';
import type { ConnectOptions, SessionEvents, State, TraceContext } from './session-options.ts';

/** A connection that lived this long since its welcome was a success. */
const stableMs = 2000;

export class Session {
  readonly #options: ConnectOptions;
  readonly #environment: Environment;
  readonly #listeners = new Listeners<SessionEvents>();
  readonly #backoff: Backoff;
  readonly #outbox = new Outbox();
  readonly #inbox: Inbox;
  #state: State = 'connecting';
  #degraded = false;
  #delivered = 0;
  #connection: Connection | undefined;
  #timer: unknown;
  /** When and from where the connection that is open began. */
  #welcomed: { readonly at: number; readonly after: number } | undefined;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#environment = { ...environment, ...options.environment };
    this.#backoff = new Backoff(this.#environment.random);
    const saver = options.store && new CursorSaver(options.store, (cause) => this.#storeFailed(cause));
    this.#inbox = new Inbox({
      taken: (cursor) => saver?.save(cursor),
      hungry: () => this.#connection?.end('entries were left out', 4413),
    });
    void this.#start();
  }

  get state(): State {
    return this.#state;
  }

  get degraded(): boolean {
    return this.#degraded;
  }

  get delivered(): number {
    return this.#delivered;
  }

  /** The session's id, once it has one. */
  get id(): string | undefined {
    return this.#inbox.position?.session;
  }

  /**
   * Resolves with the message's offset in the log when it is on the server's disk. Until then it is kept here, and sent again under the
   * same `id` over each new connection. What comes of it is part of the trace of `context`. Rejects with a {@link SessionError}.
   */
  send(body: unknown, id: string = this.#environment.newId(), context: TraceContext = {}): Promise<number> {
    if (this.#state === 'closed') return Promise.reject(new SessionError('CLOSED', 'the session is closed'));
    try {
      const { text, stored } = this.#outbox.add(id, body, context);
      if (this.#state === 'open' && text !== undefined) this.#connection?.send(text);
      return stored;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Every entry of the session once and in order, a {@link Gap} where that was not possible; ends at `close()`, throws if the server
   * refuses the session for good. An item counts as had when the next one is asked for: the one at which a loop is left comes again after a reload.
   */
  entries(): AsyncGenerator<Entry | Gap, void, undefined> {
    return this.#inbox.read();
  }

  /** Returns what takes the listener away again. */
  on<E extends keyof SessionEvents>(event: E, listener: (value: SessionEvents[E]) => void): () => void {
    return this.#listeners.on(event, listener);
  }

  /** Dials now if it waits, as when the machine is back on the network. */
  retryNow(): void {
    if (this.#state === 'waiting' || this.#state === 'circuit-open') this.#dial();
  }

  /** What was not acknowledged is rejected. */
  close(): void {
    this.#stop(new SessionError('CLOSED', 'the session was closed'), undefined);
  }

  async #start(): Promise<void> {
    try {
      const { session, store } = this.#options;
      this.#inbox.startFrom((await store?.load()) ?? (session === undefined ? undefined : { session, after: 0 }));
    } catch (cause) {
      const error = new SessionError('STORE', 'the cursor could not be loaded', { cause });
      return this.#stop(error, error);
    }
    if (this.#state !== 'closed') this.#dial();
  }

  #dial(): void {
    this.#environment.clearTimeout(this.#timer);
    this.#turn(this.#backoff.broken ? 'half-open' : 'connecting');
    const { url, token, kind, events } = this.#options;
    const who = { token, ...(kind && { kind }), ...(events && { events }) };
    const hello = { type: 'hello', protocol: 1, ...who, ...this.#inbox.position } as const;
    try {
      const connection: Connection = new Connection(this.#environment, url, hello, {
        frame: (frame, length) => this.#take(frame, length, connection),
        ended: (end) => this.#ended(end),
      });
      this.#connection = connection;
    } catch (cause) {
      const error = new SessionError('REFUSED', `cannot connect to ${url}`, { cause });
      this.#stop(error, error);
    }
  }

  #take(frame: ServerFrame, length: number, connection: Connection): void {
    switch (frame.type) {
      case 'welcome':
        this.#inbox.welcome(frame);
        this.#welcomed = { at: this.#environment.now(), after: this.#inbox.position?.after ?? 0 };
        for (const text of this.#outbox.texts()) connection.send(text);
        this.#turn('open');
        this.#setDegraded(frame.degraded);
        break;
      case 'entry':
        if (!this.#inbox.entry(frame, length)) connection.end('an entry is missing');
        break;
      case 'ack':
        this.#outbox.acked(frame.id, frame.offset);
        break;
      case 'delivered':
        this.#delivered = frame.offset;
        this.#listeners.emit('delivered', frame.offset);
        break;
      case 'status':
        this.#setDegraded(frame.degraded);
        break;
    }
  }

  #ended(end: End): void {
    this.#connection = undefined;
    if (this.#state === 'closed') return;
    const welcomed = this.#welcomed;
    this.#welcomed = undefined;
    const reaction = reactionTo(end.code);
    if (reaction === 'stop') {
      const error = new SessionError('REFUSED', `the server refuses: ${end.reason}`, { closeCode: end.code });
      this.#stop(error, error);
      return;
    }
    this.#listeners.emit('problem', new SessionError('CONNECTION', end.reason, { closeCode: end.code }));
    if (reaction === 'forget') this.#inbox.forget();
    if (welcomed && this.#environment.now() - welcomed.at >= stableMs) this.#backoff.succeeded();
    // A slow reader comes back at once, as long as it gets on.
    const gotOn = welcomed !== undefined && (this.#inbox.position?.after ?? 0) > welcomed.after;
    const waitMs = reaction === 'resume' && gotOn ? 0 : this.#backoff.failed();
    this.#turn(this.#backoff.broken ? 'circuit-open' : 'waiting');
    this.#timer = this.#environment.setTimeout(() => this.#dial(), end.retryAfterMs + waitMs);
  }

  /** Readers end, or throw `error`. */
  #stop(reason: SessionError, error: SessionError | undefined): void {
    if (this.#state === 'closed') return;
    this.#environment.clearTimeout(this.#timer);
    this.#outbox.fail(reason);
    this.#inbox.end(error);
    if (error !== undefined) this.#listeners.emit('problem', error);
    this.#turn('closed');
    this.#connection?.end('closed');
  }

  #storeFailed(cause: unknown): void {
    this.#listeners.emit('problem', new SessionError('STORE', 'the cursor could not be saved', { cause }));
  }

  #turn(state: State): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#listeners.emit('state', state);
  }

  #setDegraded(degraded: boolean): void {
    if (degraded === this.#degraded) return;
    this.#degraded = degraded;
    this.#listeners.emit('degraded', degraded);
  }
}
