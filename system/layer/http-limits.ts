/** What a client of any layer may take up: bytes, connections and time; and the answer to bytes that are no HTTP. */
import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyHttpOptions } from 'fastify';
import { errorCode } from './errors.ts';
import { problemJson } from './problem.ts';

export const maxConnections = 1000;

export const httpLimits = {
  bodyLimit: 1024 * 1024,
  routerOptions: { maxParamLength: 200 },
  // From the first byte, or from the connection if none comes, to the end of the headers, and of the body.
  http: { headersTimeout: 5000, connectionsCheckingInterval: 1000 },
  requestTimeout: 15_000,
  // Nothing read or written for so long: the client does not take its answer. Beyond every long poll and heartbeat.
  connectionTimeout: 120_000,
  clientErrorHandler: (error: Error, socket: Socket) => answerBadClient(error, socket),
} as const satisfies FastifyHttpOptions<Server>;

function answerBadClient(error: Error, socket: Socket): void {
  if (socket.writable) {
    const [status, detail] = statusOf(errorCode(error));
    const body = problemJson(status, 'OPENCLAW_BAD_REQUEST', detail);
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }
  socket.destroy();
}

function statusOf(code: string | undefined): readonly [number, string] {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'the request did not come in time'];
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'the headers are larger than 16 KiB'];
    default:
      return [400, 'this is not HTTP/1.1'];
  }
}
