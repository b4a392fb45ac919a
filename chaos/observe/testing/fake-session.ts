/** A session layer in miniature that speaks `openclaw-session/1` and can be told to misbehave. For tests. */
import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

interface Line {
  readonly offset: number;
  readonly kind: 'message' | 'event';
  readonly id: string;
  readonly body: unknown;
}

interface Session {
  readonly id: string;
  readonly epoch: string;
  readonly lines: Line[];
  readonly sockets: Set<WebSocket>;
  readonly kind: string;
}

interface MessageFrame {
  readonly type: string;
  readonly id: string;
  readonly body?: unknown;
  readonly traceparent?: string;
}

export interface Misbehaviour {
  /** Acknowledges messages that it does not keep. */
  forgetsMessages?: boolean;
  /** Sends live entries twice. */
  repeatsEntries?: boolean;
  /** Keeps events, but does not send them to those who are connected. */
  withholdsEvents?: boolean;
  /** Says welcome and nothing more. */
  isMute?: boolean;
}

export class FakeSession {
  readonly sessions = new Map<string, Session>();
  readonly misbehaviour: Misbehaviour = {};
  readonly hellos: { kind: string; session?: string; after?: number }[] = [];
  /** Traceparent of each message, as often as it came; undefined if it came without. */
  readonly traceparents: (string | undefined)[] = [];
  heartbeatMs = 1000;
  readonly #ws: WebSocketServer;

  /** `refuses`: takes no more connections. */
  constructor(server: Server, refuses: () => boolean = () => false) {
    this.#ws = new WebSocketServer({ server, path: '/ws' });
    this.#ws.on('connection', (socket) => {
      if (refuses()) return socket.terminate();
      socket.on('error', () => socket.terminate());
      let session: Session | undefined;
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data));
        if (frame.type === 'hello') session = this.#hello(socket, frame);
        else if (session && !this.misbehaviour.isMute) this.#frame(socket, session, frame);
      });
      socket.on('close', () => session?.sockets.delete(socket));
    });
  }

  get users(): number {
    return [...this.sessions.values()].filter(({ kind, sockets }) => kind === 'user' && sockets.size > 0).length;
  }

  #hello(socket: WebSocket, hello: { kind: string; session?: string; after?: number }): Session {
    this.hellos.push(hello);
    const known = hello.session === undefined ? undefined : this.sessions.get(hello.session);
    const fresh = { id: randomUUID(), epoch: randomUUID(), lines: [], sockets: new Set<WebSocket>(), kind: hello.kind };
    const session: Session = known ?? fresh;
    this.sessions.set(session.id, session);
    socket.send(
      JSON.stringify({
        type: 'welcome',
        session: session.id,
        epoch: session.epoch,
        offset: session.lines.length,
        recovered: known !== undefined,
        heartbeatMs: this.heartbeatMs,
      }),
    );
    for (const line of session.lines.slice(known ? (hello.after ?? 0) : 0)) this.#send(socket, line);
    session.sockets.add(socket);
    return session;
  }

  #frame(socket: WebSocket, session: Session, frame: MessageFrame): void {
    if (frame.type === 'ping') socket.send(JSON.stringify({ type: 'pong', id: frame.id }));
    if (frame.type !== 'message') return;
    this.traceparents.push(frame.traceparent);
    const known = session.lines.find(({ id }) => id === frame.id);
    const line = known ?? this.#append(session, { kind: 'message', id: frame.id, body: frame.body });
    if (this.misbehaviour.forgetsMessages) session.lines.pop();
    socket.send(JSON.stringify({ type: 'ack', id: frame.id, offset: line.offset }));
  }

  #append(session: Session, { kind, id, body }: Omit<Line, 'offset'>): Line {
    const line = { offset: session.lines.length + 1, kind, id, body };
    session.lines.push(line);
    if (kind === 'event' && this.misbehaviour.withholdsEvents) return line;
    for (const socket of session.sockets) {
      this.#send(socket, line);
      if (this.misbehaviour.repeatsEntries) this.#send(socket, line);
    }
    return line;
  }

  #send(socket: WebSocket, line: Line): void {
    socket.send(JSON.stringify({ type: 'entry', at: Date.now(), ...line }));
  }

  /** An event of the gateway, for every user. */
  publish(id: string, body: unknown): void {
    for (const session of this.sessions.values()) {
      if (session.kind === 'user') this.#append(session, { kind: 'event', id, body });
    }
  }

  close(): void {
    for (const socket of this.#ws.clients) socket.terminate();
    this.#ws.close();
  }
}
