/** Damages a file as a dying disk or an interrupted write leaves it, and tells how it looked before and after. */
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';

/** `garbage`: other bytes, as many. `truncate`: the first half, and a byte. `empty`: no byte. */
export const tears = ['garbage', 'truncate', 'empty'] as const;
export type Tear = (typeof tears)[number];

export interface TornFile {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Whether what can be read of it now differs from what could be read before. */
  readonly changed: boolean;
}

/** No file is so small that there would be nothing to spoil. */
const leastGarbageBytes = 4_096;
const digestBytes = 32;

/** In place, so that owner and mode stay. Undefined if there is no such file. */
export async function tearFile(path: string, how: Tear): Promise<TornFile | undefined> {
  const before = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (before === undefined) return undefined;
  await using file = await open(path, 'r+');
  if (how === 'garbage') {
    const garbage = garbageOf(Math.max(before.length, leastGarbageBytes));
    await file.write(garbage, 0, garbage.length, 0);
  } else {
    await file.truncate(how === 'empty' ? 0 : halfOf(before.length));
  }
  await file.sync();
  const after = await readFile(path);
  return { bytesBefore: before.length, bytesAfter: after.length, changed: !before.equals(after) };
}

/** Never the end of a page or of a record, but by chance. */
function halfOf(bytes: number): number {
  return bytes < 2 ? 0 : Math.floor(bytes / 2) | 1;
}

/** The same every time: a run can be repeated. */
function garbageOf(bytes: number): Buffer {
  const blocks: Buffer[] = [];
  for (let block = createHash('sha256').update('garbage').digest(); blocks.length * digestBytes < bytes; ) {
    blocks.push(block);
    block = createHash('sha256').update(block).digest();
  }
  return Buffer.concat(blocks, bytes);
}
