/**
 * A lock that cannot go stale: a listening abstract socket (Linux), which is gone with its process however that ends. It is known to the
 * processes of one network namespace.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { errorCode } from './errors.ts';

/** One `purpose` at a time on a folder, by whatever path it is reached; the folder must exist. Undefined if somebody else has it. */
export async function lockFolder(folder: string, purpose: string): Promise<Disposable | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(`\0openclaw-${purpose}:${digest(realpathSync(folder))}`, resolve);
    });
    return { [Symbol.dispose]: () => server.close() };
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') return undefined;
    throw error;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
