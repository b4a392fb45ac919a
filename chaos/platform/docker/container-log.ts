/** The end of a container's log as text: output and errors together, as they came. */
import { withDeadline } from '../deadline.ts';
import type { Container } from './engine.ts';

const readWithinMs = 15_000;
/** Bounds what the engine sends; the log itself is bounded too. */
const maxLines = 20_000;
const headerBytes = 8;

export async function containerLog(container: Container, maxBytes: number): Promise<string> {
  const options = { follow: false, stdout: true, stderr: true, tail: maxLines } as const;
  const frames = await withDeadline(container.logs(options), readWithinMs, 'reading a log');
  const text = withoutFrames(frames);
  return text.subarray(Math.max(0, text.length - maxBytes)).toString('utf8');
}

/** The engine sends each piece behind a header: stream, three zeros, length (big endian). */
function withoutFrames(frames: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at + headerBytes <= frames.length; ) {
    const end = at + headerBytes + frames.readUInt32BE(at + 4);
    pieces.push(frames.subarray(at + headerBytes, end));
    at = end;
  }
  return Buffer.concat(pieces);
}
