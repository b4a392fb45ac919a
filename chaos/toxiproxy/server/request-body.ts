/** A request's body, up to a limit. */
import type { IncomingMessage } from 'node:http';
import { ApiError } from './errors.ts';

/** What is too long is read to its end and thrown away, so that the client, which may be writing still, sees the refusal. Rejects if the client goes. */
export async function readRequestBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (bytes > maxBytes) throw new ApiError(`request body too large: at most ${maxBytes} bytes`, 413);
  return Buffer.concat(chunks);
}
