/** Lets a closing HTTP server end soon: what is being answered is finished, and nothing else is waited for. */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** What is still busy this long after `close()` is cut. */
const drainMs = 5000;

export function drainOnClose(app: FastifyInstance, onDraining: () => void): void {
  const connections = trackConnections(app);
  let draining = false;
  app.addHook('preClose', async () => {
    draining = true;
    onDraining();
    // Node takes a connection that never carried a request for busy, and would wait a minute for its headers.
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
    setTimeout(() => app.server.closeAllConnections(), drainMs).unref();
  });
  app.addHook('onSend', async (_request, reply) => {
    if (draining) reply.header('connection', 'close');
  });
}

function trackConnections(app: FastifyInstance): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  app.server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return open;
}
