/** The end of what a command printed, as text that a record, a terminal and JSON can hold. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const maxTextBytes = 2048;

/** `head` and `tail` are what attempt.sh kept; empty if there is nothing. */
export function readOutput(head: string, tail: string): string {
  return printable(Buffer.concat([readTail(head, maxTextBytes), readTail(tail, maxTextBytes)]));
}

/** Valid UTF-8 of at most 2 KiB, without control characters but line ends and tabs. */
export function printable(bytes: Uint8Array): string {
  const text = stripVTControlCharacters(Buffer.from(bytes).toString('utf8'))
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '');
  return lastBytes(text.trimEnd(), maxTextBytes);
}

/** The first bytes of a file as text; empty if there is none. */
export function readHead(path: string, bytes: number): string {
  return readPart(path, bytes, () => 0).toString('utf8');
}

/** A character that the cut went through is left out. */
function lastBytes(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  let from = encoded.length - bytes;
  while (((encoded[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return encoded.toString('utf8', from);
}

function readTail(path: string, bytes: number): Buffer {
  return readPart(path, bytes, (size) => Math.max(0, size - bytes));
}

function readPart(path: string, bytes: number, from: (size: number) => number): Buffer {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const buffer = Buffer.alloc(Math.min(bytes, size));
      return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, from(size)));
    } finally {
      closeSync(file);
    }
  } catch {
    return Buffer.alloc(0);
  }
}
