/** Says the wrong thing to a layer, and tells in one line what it answered. */
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { token } from './stand.fixture.ts';

const answerWithinMs = 10_000;

export interface Saying {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `CODE close NUMBER` of the error frame and the close that follow these frames; a hello is not said by itself. */
export function sayFrames(
  port: number,
  frames: readonly (string | Buffer)[],
  { path = '/ws', headers = {} }: Saying = {},
): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers, perMessageDeflate: false });
  let error = '';
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      socket.terminate();
      resolve(`no answer: open for ${answerWithinMs} ms`);
    }, answerWithinMs);
    const over = (answer: string) => {
      clearTimeout(timer);
      resolve(answer);
    };
    socket.on('open', () => {
      for (const frame of frames) socket.send(frame, { binary: Buffer.isBuffer(frame) });
    });
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data));
      if (frame.type === 'error') error = `${frame.code} `;
    });
    socket.on('unexpected-response', (_, response) => {
      response.resume();
      over(`upgrade refused ${response.statusCode}`);
    });
    socket.on('error', () => {});
    socket.on('close', (code) => over(`${error}close ${code}`));
  });
}

export const hello = (more: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({ type: 'hello', protocol: 1, token, ...more });

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Null: no Authorization. */
  readonly bearer?: string | null;
}

/** `STATUS CODE`, code being that of the problem in the body; then, after a colon, what it says. */
export async function ask(port: number, path: string, asking: Asking = {}): Promise<string> {
  const { method = 'GET', headers = {}, body, bearer = token } = asking;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(answerWithinMs),
  });
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  const problem = isProblem ? JSON.parse(text) : { code: 'NO-PROBLEM', detail: text.slice(0, 200) };
  return `${response.status} ${problem.code}: ${problem.detail}`;
}

/** First line of the answer to bytes as they are, or `closed`. */
export function sayBytes(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    const over = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text.split('\r\n')[0] || 'closed');
    };
    const timer = setTimeout(over, answerWithinMs);
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.includes('\r\n')) over();
    });
    socket.on('error', over);
    socket.on('close', over);
  });
}
