/** Reads the form in a request's body, within a limit. */
import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

const maxBodyBytes = 1024 * 1024;

/** The form as it was encoded; empty if there is none. @throws {ApiError} if it is too large, or no form. */
export async function formText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new ApiError('bad_data', `request body is larger than ${maxBodyBytes} bytes`, 413);
    chunks.push(chunk);
  }
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (bytes === 0 || type === 'application/x-www-form-urlencoded') return Buffer.concat(chunks).toString('utf8');
  throw new ApiError(
    'bad_data',
    `unsupported Content-Type ${JSON.stringify(type)}: parameters come in the URL or as application/x-www-form-urlencoded`,
  );
}
