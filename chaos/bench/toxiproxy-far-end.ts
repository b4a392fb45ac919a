/** The far end of a connection: the first byte says what is wanted of it. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** First byte of a connection; `send` and `take` are followed by a count of bytes, 4 bytes, little endian. */
export const wants = { echo: 1, send: 2, take: 3 } as const;

const piece = Buffer.alloc(256 * 1024);

/** Resolves with its port on loopback. */
export async function startFarEnd(): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (first) => serve(socket, first));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

function serve(socket: Socket, first: Buffer): void {
  if (first[0] === wants.echo) {
    if (first.length > 1) socket.write(first.subarray(1));
    socket.on('data', (chunk) => socket.write(chunk));
    return;
  }
  const count = first.readUInt32LE(1);
  if (first[0] === wants.send) {
    writeBytes(socket, count);
    return;
  }
  let left = count - (first.length - 5);
  socket.on('data', (chunk) => {
    left -= chunk.length;
    if (left === 0) socket.write('k');
  });
}

/** Writes so many bytes, as fast as they are taken. */
export function writeBytes(socket: Socket, count: number): void {
  let left = count;
  const more = () => {
    while (left > 0) {
      const next = left < piece.length ? piece.subarray(0, left) : piece;
      left -= next.length;
      if (!socket.write(next)) {
        socket.once('drain', more);
        return;
      }
    }
  };
  more();
}
