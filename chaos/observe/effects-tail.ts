/** Follows the files in which skills write down their effects, as they grow. */
import { open } from 'node:fs/promises';
import { z } from 'zod';
import type { Effect } from './slots.ts';

const effectLine = z.object({
  run: z.string().min(1),
  slot: z.number().nullable(),
  attempt: z.number(),
  startedAt: z.number(),
  finishedAt: z.number(),
});

const chunkBytes = 256 * 1024;
const maxFileBytes = 64 * 1024 * 1024;

export interface ReadEffects {
  readonly effects: readonly Effect[];
  /** Complete lines that are not an effect. */
  readonly malformed: number;
}

export class EffectsTail {
  readonly #file: string;
  readonly effects: Effect[] = [];
  /** Lines that are complete but no effect: a torn write, or somebody else's. */
  malformed = 0;
  #offset = 0;
  #rest = Buffer.alloc(0);

  constructor(file: string) {
    this.#file = file;
  }

  /** Reads what was added; a last line without its end waits for the next time. A file that is not there yet is empty. */
  async advance(): Promise<readonly Effect[]> {
    const before = this.effects.length;
    const handle = await open(this.#file, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (handle === undefined) return [];
    try {
      const buffer = Buffer.allocUnsafe(chunkBytes);
      while (this.#offset < maxFileBytes) {
        const { bytesRead } = await handle.read(buffer, 0, chunkBytes, this.#offset);
        if (bytesRead === 0) break;
        this.#offset += bytesRead;
        this.#take(buffer.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
    return this.effects.slice(before);
  }

  #take(bytes: Buffer): void {
    const text = Buffer.concat([this.#rest, bytes]);
    const end = text.lastIndexOf(0x0a) + 1;
    this.#rest = Buffer.from(text.subarray(end));
    for (const line of text.subarray(0, end).toString('utf8').split('\n')) {
      if (line.trim() === '') continue;
      const effect = parseEffect(line);
      if (effect === undefined) this.malformed++;
      else this.effects.push(effect);
    }
  }
}

/** The whole file as it is now, whatever a tail saw of it before. */
export async function readEffects(file: string): Promise<ReadEffects> {
  const tail = new EffectsTail(file);
  await tail.advance();
  return { effects: tail.effects, malformed: tail.malformed };
}

function parseEffect(line: string): Effect | undefined {
  try {
    return effectLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
