/** The log of a part: what its processes print, appended to one file that is kept within bounds. */
import { open, stat, truncate } from 'node:fs/promises';

/** As on docker. */
const mostBytes = 16 * 1024 * 1024;

/** At most `maxBytes` from the end; empty if there is no log yet. */
export async function endOfLog(file: string, maxBytes: number): Promise<string> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, maxBytes));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** A log that has grown too long begins anew; whoever writes to it appends, and so goes on at its new end. */
export async function boundLog(file: string, bytes = mostBytes): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > bytes) await truncate(file);
}
