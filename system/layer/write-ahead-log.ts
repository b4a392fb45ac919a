/**
 * Finds damage in SQLite's write-ahead log, of which SQLite itself says nothing: it takes the log up to the first frame that is not
 * whole, and what was committed after it is gone in silence. Format: https://sqlite.org/fileformat2.html#the_write_ahead_log
 */
import { readFileSync, statSync } from 'node:fs';

const headerBytes = 32;
const frameHeaderBytes = 24;
/** A longer one is left to SQLite: looking at it takes longer than a start may. */
const readBytes = 32 * 1024 * 1024;
/** The last bit says the byte order of the words that are summed up. */
const magic = 0x377f0682;

/** Why what the log held is not all there; undefined: nothing shows that (a log that was cut off at a frame's end looks like a shorter one). */
export function logDamage(path: string): string | undefined {
  const bytes = read(path);
  if (bytes.length < headerBytes) return undefined;
  if ((bytes.readUInt32BE(0) & ~1) >>> 0 !== magic) return 'its header is none';
  const sum = new Checksum(bytes, (bytes.readUInt32BE(0) & 1) === 0);
  sum.add(0, 24);
  if (!sum.isAt(24)) return 'its header is damaged';
  const frameBytes = frameHeaderBytes + bytes.readUInt32BE(8);
  let good = headerBytes;
  for (; isOfThisLog(bytes, good, frameBytes); good += frameBytes) {
    sum.add(good, 8);
    sum.add(good + frameHeaderBytes, frameBytes - frameHeaderBytes);
    if (!sum.isAt(good + 16)) break;
  }
  // The last frame may be half written. One that follows a damaged one was written after it.
  for (let later = good + frameBytes; later + frameBytes <= bytes.length; later += frameBytes) {
    if (isOfThisLog(bytes, later, frameBytes))
      return `it is damaged at byte ${good}: what was written after that is lost`;
  }
  return undefined;
}

/** Frames of an earlier use of the file have other salts. */
function isOfThisLog(bytes: Buffer, at: number, frameBytes: number): boolean {
  return at + frameBytes <= bytes.length && bytes.compare(bytes, 16, 24, at + 8, at + 16) === 0;
}

class Checksum {
  readonly #bytes: Buffer;
  readonly #littleEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(bytes: Buffer, littleEndian: boolean) {
    this.#bytes = bytes;
    this.#littleEndian = littleEndian;
  }

  add(from: number, length: number): void {
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + from, length);
    for (let at = 0; at < length; at += 8) {
      this.#first = (this.#first + view.getUint32(at, this.#littleEndian) + this.#second) >>> 0;
      this.#second = (this.#second + view.getUint32(at + 4, this.#littleEndian) + this.#first) >>> 0;
    }
  }

  isAt(at: number): boolean {
    return this.#bytes.readUInt32BE(at) === this.#first && this.#bytes.readUInt32BE(at + 4) === this.#second;
  }
}

function read(path: string): Buffer {
  try {
    if (statSync(path).size <= readBytes) return readFileSync(path);
  } catch {
    // There is none.
  }
  return Buffer.alloc(0);
}
