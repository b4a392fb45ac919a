/** The memory that a dialled socket reads into: used again for each read, unless what was read is still referred to. */
import type { OnReadOpts } from 'node:net';

/** Where reads go. */
export interface Reading {
  take(chunk: Buffer): void;
  /** Nothing that was taken is still referred to. */
  readonly isIdle: boolean;
  /** A chunk is likely to be referred to for a while. */
  readonly keeps: boolean;
}

const bufferBytes = 64 * 1024;

/** Options for `net.connect`: reads go to the way, if there is one by then, without an allocation for each. */
export function readInto(way: () => Reading | undefined): OnReadOpts {
  let buffer = Buffer.allocUnsafeSlow(bufferBytes);
  return {
    buffer: () => buffer,
    callback(length) {
      const target = way();
      if (target === undefined) return true;
      const read = buffer.subarray(0, length);
      // A little of a large buffer must not keep all of it.
      const copied = target.keeps && length < bufferBytes * 0.75;
      target.take(copied ? Buffer.from(read) : read);
      if (!copied && !target.isIdle) buffer = Buffer.allocUnsafeSlow(bufferBytes);
      return true;
    },
  };
}
