/** For tests: calls as they are on the wire (fetch would clean paths and set headers), and servers that are stopped when the test ends. */
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { type RunningToxiproxy, startToxiproxy, type ToxiproxyOptions } from './server.ts';

export interface Reply {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly location: string | undefined;
  readonly requestId: string | undefined;
  readonly body: string;
}

export async function started(options: ToxiproxyOptions = {}): Promise<RunningToxiproxy> {
  const server = await startToxiproxy({ seed: 1n, ...options });
  onTestFinished(() => server.stop());
  return server;
}

export async function call(
  url: string,
  method: string,
  path: string,
  body?: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const sent: ClientRequest = request(url, { method, agent: false, headers: { ...length, ...headers } });
  sent.path = path;
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks = await response.toArray();
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    location: response.headers.location,
    requestId: response.headers['x-toxiproxy-request-id'] as string | undefined,
    body: Buffer.concat(chunks).toString(),
  };
}

/** Status and body, parsed, of a call that is expected to be answered with JSON. */
export async function jsonCall(url: string, method: string, path: string, body?: unknown) {
  const reply = await call(url, method, path, body === undefined ? undefined : JSON.stringify(body));
  return { status: reply.status, body: reply.body === '' ? undefined : JSON.parse(reply.body) };
}

/** Writes bytes to a new connection and gives all that comes back until the other side ends it. */
export async function rawExchange(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (data) => {
    answer += data;
  });
  socket.on('error', () => {});
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return answer;
}
