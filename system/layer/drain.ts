/** Lets a closing HTTP server end soon: what is being answered is finished, and nothing else is waited for. */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** What is still busy this long after `close()` is cut. */
const drainMs = 3000;

export function drainOnClose(app: FastifyInstance, onDraining: () => void): void {
  const silent = connectionsWithoutRequest(app);
  let draining = false;
  app.addHook('preClose', async () => {
    draining = true;
    onDraining();
    // Node takes a connection that has not carried a whole request's headers yet for busy, and would wait for them.
    for (const socket of silent) socket.destroy();
    setTimeout(() => app.server.closeAllConnections(), drainMs).unref();
  });
  app.addHook('onSend', async (_request, reply) => {
    if (draining) reply.header('connection', 'close');
  });
}

function connectionsWithoutRequest(app: FastifyInstance): ReadonlySet<Socket> {
  const silent = new Set<Socket>();
  app.server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  app.server.on('request', ({ socket }) => silent.delete(socket));
  return silent;
}
