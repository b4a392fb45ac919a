/** One raw connection that asks for a node's health and reports, byte for byte, how it was treated. */
import { connect } from 'node:net';

/**
 * `answered`: a byte came back. `refused`: no connection. `reset`: broken off by an RST. `closed`: ended without a byte.
 * `silent`: connected, sent, heard nothing and stayed open for the whole time. `unconnected`: not even accepted in that time.
 */
export type CanaryOutcome = 'answered' | 'refused' | 'reset' | 'closed' | 'silent' | 'unconnected';

export interface Canary {
  readonly outcome: CanaryOutcome;
  /** From the start of the connect to what decided the outcome. */
  readonly elapsedMs: number;
}

/** Dials `host:port`, sends `GET path` and waits at most `timeoutMs` for the first sign of anything. */
export function sendCanary(address: string, path: string, timeoutMs: number): Promise<Canary> {
  const colon = address.lastIndexOf(':');
  const [host, port] = [address.slice(0, colon), Number(address.slice(colon + 1))];
  const start = performance.now();
  return new Promise((resolve) => {
    let connected = false;
    const socket = connect({ host, port, noDelay: true });
    const settle = (outcome: CanaryOutcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ outcome, elapsedMs: performance.now() - start });
    };
    const timer = setTimeout(() => settle(connected ? 'silent' : 'unconnected'), timeoutMs);
    socket.on('connect', () => {
      connected = true;
      socket.write(`GET ${path} HTTP/1.1\r\nhost: ${address}\r\nconnection: close\r\n\r\n`);
    });
    socket.on('data', () => settle('answered'));
    socket.on('end', () => settle('closed'));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      settle(error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : 'refused'),
    );
  });
}
