import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { sessionInstruments } from './instruments.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type Backlog, Peer } from './peer.ts';

/** A socket whose peer reads nothing until it is told to. */
class StalledSocket extends EventEmitter {
  readyState: number = WebSocket.OPEN;
  bufferedAmount = 0;
  closeCode: number | undefined;
  readonly #flushed: (() => void)[] = [];

  send(text: string, flushed: () => void = () => {}): void {
    this.bufferedAmount += text.length;
    this.#flushed.push(flushed);
  }

  close(code: number): void {
    this.closeCode = code;
    this.readyState = WebSocket.CLOSING;
  }

  terminate(): void {
    this.readyState = WebSocket.CLOSED;
  }

  drain(): void {
    this.bufferedAmount = 0;
    for (const flushed of this.#flushed.splice(0)) flushed();
  }
}

function rig(backlog: Backlog, limits: Partial<Limits>) {
  const socket = new StalledSocket();
  const all: Limits = { ...defaultLimits, ...limits };
  const instruments = sessionInstruments(new Registry());
  const peer = new Peer(socket as unknown as WebSocket, new PassThrough(), all, instruments, backlog);
  return { socket, peer };
}

describe('what is unsent', () => {
  it('is bounded for one connection: beyond that it is closed and nothing more is kept for it', () => {
    const { socket, peer } = rig({ bytes: 0 }, { bufferedBytes: 10_000 });
    for (let n = 0; n < 1000; n += 1) peer.send('x'.repeat(1000));
    expect(socket.closeCode).toBe(4413);
    expect(socket.bufferedAmount).toBeLessThan(12_000);
  });

  it('is bounded for all of them together, at the cost of those that lag', () => {
    const backlog = { bytes: 0 };
    const limits = { bufferedBytes: 10_000, bufferedBytesInAll: 25_000, pageBytes: 2000 };
    const rigs = Array.from({ length: 20 }, () => rig(backlog, limits));
    for (let n = 0; n < 9; n += 1) for (const { peer } of rigs) peer.send('x'.repeat(1000));
    const open = rigs.filter(({ socket }) => socket.closeCode === undefined);
    expect(open).toHaveLength(0);
    expect(backlog.bytes).toBeLessThan(20 * 4000);
    for (const { peer } of rigs) peer.ended();
    expect(backlog.bytes).toBe(0);
  });

  it('counts no more once it is sent', () => {
    const backlog = { bytes: 0 };
    const { socket, peer } = rig(backlog, { bufferedBytes: 10_000 });
    for (let n = 0; n < 50; n += 1) {
      peer.send('x'.repeat(5000));
      expect(backlog.bytes).toBe(5000);
      socket.drain();
      expect(backlog.bytes).toBe(0);
    }
    expect(socket.closeCode).toBeUndefined();
  });
});
