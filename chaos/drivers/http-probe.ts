/**
 * One HTTP GET over a connection of its own, on a bare socket: a probe is made 200 times a second, and must cost little.
 * Good means status 200 and the whole body.
 */
import { connect } from 'node:net';
import type { ProbeOutcome } from '../observe/probe-track.ts';
import { parseAddress } from './address.ts';

const maxResponseBytes = 1024 * 1024;
/** Not sampled: a monitor's requests are nobody's, and would be most of what is traced. */
const untraced = `traceparent: 00-${'1'.repeat(32)}-${'1'.repeat(16)}-00\r\n`;

export interface HttpProbeRequest {
  readonly address: string;
  readonly path: string;
  readonly token?: string;
  readonly deadlineMs: number;
}

/** Never throws: a system that misbehaves is a result. */
export function httpProbe({ address, path, token, deadlineMs }: HttpProbeRequest): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const socket = connect({ ...parseAddress(address), noDelay: true });
    const response = new ResponseReader();
    const finish = (outcome: ProbeOutcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(
      () => finish({ good: false, timedOut: true, detail: `no answer within ${deadlineMs} ms` }),
      deadlineMs,
    );
    socket.on('connect', () => {
      const authorization = token === undefined ? '' : `authorization: Bearer ${token}\r\n`;
      const headers = `host: ${address}\r\n${authorization}${untraced}connection: close\r\n`;
      socket.write(`GET ${path} HTTP/1.1\r\n${headers}\r\n`);
    });
    socket.on('data', (chunk: Buffer) => {
      const outcome = response.add(chunk);
      if (outcome !== undefined) finish(outcome);
    });
    socket.on('end', () => finish(response.end()));
    socket.on('error', (error: NodeJS.ErrnoException) => finish({ good: false, detail: error.code ?? error.message }));
    // After an error or an end this changes nothing: a promise settles once.
    socket.on('close', () => finish({ good: false, detail: 'closed' }));
  });
}

class ResponseReader {
  #head = '';
  #status = 0;
  /** Undefined until the head is complete; NaN if the body lasts to the end of the connection. */
  #bodyLeft: number | undefined;
  #bytes = 0;

  add(chunk: Buffer): ProbeOutcome | undefined {
    this.#bytes += chunk.length;
    if (this.#bytes > maxResponseBytes) return { good: false, detail: `more than ${maxResponseBytes} bytes` };
    let bodyBytes = chunk.length;
    if (this.#bodyLeft === undefined) {
      this.#head += chunk.toString('latin1');
      const end = this.#head.indexOf('\r\n\r\n');
      if (end < 0) return undefined;
      bodyBytes = this.#head.length - end - 4;
      this.#status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(this.#head)?.[1] ?? 0);
      this.#bodyLeft = Number(/\r\ncontent-length: *(\d+)/i.exec(this.#head.slice(0, end))?.[1] ?? Number.NaN);
      if (this.#status !== 200) return { good: false, detail: `status ${this.#status}` };
    }
    this.#bodyLeft -= bodyBytes;
    return this.#bodyLeft <= 0 ? { good: true } : undefined;
  }

  end(): ProbeOutcome {
    if (Number.isNaN(this.#bodyLeft)) return { good: true };
    return {
      good: false,
      detail: this.#bytes === 0 ? 'closed without an answer' : 'closed in the middle of the answer',
    };
  }
}
