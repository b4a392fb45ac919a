/** One WebSocket connection that said hello and was welcomed. It knows frames, not sessions: what they mean is its owner's affair. */
import { WebSocket } from 'ws';
import { ChaosError } from '../errors.ts';
import { parseAddress } from './address.ts';
import { type Hello, parseServerFrame, type ServerFrame, type Welcome } from './session-frames.ts';

const maxFrameBytes = 1024 * 1024;

export interface ConnectionHandlers {
  readonly onFrame: (frame: ServerFrame) => void;
  /** Once, after the welcome; never for a connection that `open` rejected. */
  readonly onClose: (detail: string) => void;
}

export class NotWelcome extends ChaosError {
  readonly timedOut: boolean;

  constructor(message: string, timedOut = false) {
    super('CHAOS_NOT_WELCOME', message);
    this.timedOut = timedOut;
  }
}

export class SessionConnection {
  readonly welcome: Welcome;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket, welcome: Welcome) {
    this.#socket = socket;
    this.welcome = welcome;
  }

  /** Dials, says hello, and resolves with the welcome; the deadline covers all of it. */
  static open(
    address: string,
    hello: Hello,
    timeoutMs: number,
    handlers: ConnectionHandlers,
  ): Promise<SessionConnection> {
    return new Promise((resolve, reject) => {
      const { host, port } = parseAddress(address);
      const socket = new WebSocket(`ws://${host.includes(':') ? `[${host}]` : host}:${port}/ws`, {
        perMessageDeflate: false,
        maxPayload: maxFrameBytes,
      });
      let welcomed = false;
      let lastError = '';
      const refuse = (why: string, timedOut = false) => {
        clearTimeout(timer);
        reject(new NotWelcome(why, timedOut));
        socket.terminate();
      };
      const timer = setTimeout(() => refuse(`not welcomed within ${timeoutMs} ms`, true), timeoutMs);
      socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', protocol: 1, ...hello })));
      socket.on('message', (data) => {
        const frame = parseServerFrame(String(data));
        if (frame === undefined) lastError = 'a frame that is not in the protocol';
        if (frame?.type === 'error') lastError = `${frame.code}: ${frame.message}`;
        if (frame === undefined || (!welcomed && frame.type !== 'welcome')) return socket.terminate();
        if (frame.type === 'other') return;
        if (frame.type === 'welcome' && !welcomed) {
          welcomed = true;
          clearTimeout(timer);
          resolve(new SessionConnection(socket, frame));
        }
        handlers.onFrame(frame);
      });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        lastError ||= error.code ?? error.message;
      });
      socket.on('close', (code) => {
        const detail = lastError || `closed with code ${code}`;
        if (welcomed) handlers.onClose(detail);
        else refuse(detail);
      });
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Bytes that wait to be sent: they pile up on a black-holed link. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: { readonly type: 'message' | 'ping'; readonly id: string; readonly body?: unknown }): void {
    if (this.isOpen) this.#socket.send(JSON.stringify(frame));
  }

  /** WebSocket-level heartbeat; `onAlive` is called at each sign of life of the peer. */
  heartbeat(): void {
    if (this.isOpen) this.#socket.ping();
  }

  onAlive(listener: () => void): void {
    this.#socket.on('ping', listener);
    this.#socket.on('pong', listener);
    this.#socket.on('message', listener);
  }

  /** At once: `close()` would wait up to 30 s for the peer. */
  terminate(): void {
    this.#socket.terminate();
  }
}
