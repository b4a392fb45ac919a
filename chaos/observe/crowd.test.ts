import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { nowMs } from './clock.ts';
import { Crowd } from './crowd.ts';

let server: WebSocketServer;
let sockets: Set<WebSocket>;
/** Session → its log: ids of messages in the order of their offsets. */
let logs: Map<string, string[]>;
let storesAgain: boolean;
let forgets: boolean;
let listening: boolean;

beforeEach(async () => {
  [sockets, logs, storesAgain, forgets, listening] = [new Set(), new Map(), false, false, true];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => {
    if (!listening) return socket.terminate();
    sockets.add(socket);
    let session = '';
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data));
      if (frame.type === 'hello') {
        const known = frame.session !== undefined && !forgets;
        session = known ? frame.session : `s${logs.size}`;
        if (!known) logs.set(session, []);
        const log = logs.get(session) ?? [];
        socket.send(
          JSON.stringify({
            type: 'welcome',
            session,
            epoch: 'e',
            offset: log.length,
            recovered: known,
            heartbeatMs: 500,
          }),
        );
        for (const [index, id] of log.entries()) if (index >= (frame.after ?? 0)) entry(socket, id, index + 1);
      }
      if (frame.type === 'message') {
        const log = logs.get(session) ?? [];
        if (storesAgain || !log.includes(frame.id)) {
          log.push(frame.id);
          entry(socket, frame.id, log.length);
        }
        socket.send(JSON.stringify({ type: 'ack', id: frame.id, offset: log.indexOf(frame.id) + 1 }));
      }
    });
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server, 'listening');
});

afterEach(() => {
  for (const socket of sockets) socket.terminate();
  server.close();
});

const entry = (socket: WebSocket, id: string, offset: number) =>
  socket.send(JSON.stringify({ type: 'entry', offset, at: 1, kind: 'message', id, body: null }));
const start = (sessions = 4) => {
  const { port } = server.address() as AddressInfo;
  return new Crowd({ address: () => `127.0.0.1:${port}`, token: 't', load: { sessions } });
};
const within = { timeout: 10_000, interval: 10 };
const cut = () => {
  for (const socket of sockets) socket.terminate();
};
/** All connected, and every member has had a message acknowledged. */
const busy = (crowd: Crowd) =>
  vi.waitFor(() => {
    expect(crowd.goodForMs(nowMs())).toBeGreaterThan(0);
    expect([...logs.values()].filter((log) => log.length > 0)).toHaveLength(4);
    expect(crowd.waiting).toBe(0);
  }, within);

it('is whole again after all were cut off, with every message once', async () => {
  using crowd = start();
  await busy(crowd);
  listening = false;
  cut();
  await vi.waitFor(() => expect(crowd.goodForMs(nowMs())).toBe(0), within);
  const healedMs = nowMs();
  listening = true;
  await vi.waitFor(() => expect(crowd.goodForMs(nowMs())).toBeGreaterThan(1_000), within);
  crowd.stopLoad();
  const backMs = crowd.backAfterMs(healedMs, nowMs() + 60_000);
  expect(backMs).toBeGreaterThan(0);
  expect(backMs).toBeLessThan(10_000);
  await vi.waitFor(() => expect(crowd.waiting).toBe(0), within);
  expect(crowd.tally()).toMatchObject({ lost: [], doubled: [] });
  expect(crowd.tally().checked).toBeGreaterThanOrEqual(4);
});

it('is back only at the end of observation if one never was', async () => {
  using crowd = start();
  await busy(crowd);
  listening = false;
  cut();
  await vi.waitFor(() => expect(crowd.goodForMs(nowMs())).toBe(0), within);
  const healedMs = nowMs();
  expect(crowd.backAfterMs(healedMs, healedMs + 7_000)).toBe(7_000);
});

it('finds a message that was stored again when it was sent again', async () => {
  using crowd = start();
  await busy(crowd);
  storesAgain = true;
  cut();
  await vi.waitFor(() => expect(crowd.tally().doubled.length).toBeGreaterThan(0), within);
});

it('counts a session that was not gone on with as lost', async () => {
  using crowd = start();
  await busy(crowd);
  forgets = true;
  cut();
  await vi.waitFor(() => expect(crowd.tally().lost.join()).toContain('of the crowd: not continued'), within);
});
