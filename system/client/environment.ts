/** What the client takes from where it runs: the same names in browsers and in Node. Tests put a clock and sockets of their own in its place. */

export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export interface Environment {
  readonly open: (url: string) => Socket;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly setTimeout: (callback: () => void, ms: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
  /** From 0 up to but not including 1. */
  readonly random: () => number;
  readonly newId: () => string;
}

export const environment: Environment = {
  open: (url) => new WebSocket(url) as unknown as Socket,
  now: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(timer as number),
  random: () => Math.random(),
  // Not randomUUID: browsers have that only on pages that came over TLS.
  newId: () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(''),
};
