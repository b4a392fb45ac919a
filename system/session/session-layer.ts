/** Puts the session layer together: store, WebSockets, the gateway's events, presence, HTTP; and takes it apart again. */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { GatewayLink } from '../layer/gateway-link.ts';
import { createHttpServer, type LayerServer } from '../layer/http-server.ts';
import type { Logger } from '../layer/logger.ts';
import { Acceptor, webSocketPath } from './acceptor.ts';
import type { SessionConfig } from './config.ts';
import { followEvents } from './event-stream.ts';
import { Heartbeat } from './heartbeat.ts';
import { Hub } from './hub.ts';
import { sessionInstruments } from './instruments.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { MessageQueue } from './message-queue.ts';
import { PresenceReporter } from './presence.ts';
import { SessionStore } from './session-store.ts';

export interface SessionLayerOptions {
  readonly config: SessionConfig;
  readonly version: string;
  readonly log: Logger;
  readonly registry: Registry;
  readonly limits?: Partial<Limits>;
}

export interface SessionLayer {
  readonly port: number;
  close(): Promise<void>;
}

export async function startSessionLayer(options: SessionLayerOptions): Promise<SessionLayer> {
  const { config, log, registry } = options;
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const instruments = sessionInstruments(registry);
  const hub = new Hub(limits.connectionsPerSession, (kind) => {
    instruments.connections.set(hub.connections());
    if (kind === 'user') presence.changed();
  });
  const store = new SessionStore(join(config.home, 'state', 'session.db'), (session) => hub.has(session), limits);
  const link = openLink(options, store);
  const presence = new PresenceReporter(link, () => hub.present());
  const queue = new MessageQueue(
    (messages) => store.appendMessages(messages),
    (results) => hub.publish(results.flatMap(({ entry }) => entry ?? [])),
  );
  const app = createApp(options, () => ({
    links: { gateway: { reachable: link.reachable, ...link.counts, lastEvent: store.cursor() } },
    details: { connections: hub.connections(), sessions: store.sessions.count() },
  }));
  const heartbeat = new Heartbeat(config.heartbeatMs);
  const context = {
    token: config.token,
    heartbeatMs: config.heartbeatMs,
    limits,
    log,
    store,
    hub,
    queue,
    heartbeat,
    instruments,
  };
  const acceptor = new Acceptor(app.server, context);
  const sweep = setInterval(() => sweepSessions(store, log), limits.sweepEveryMs);

  const stop = new AbortController();
  const close = async (): Promise<void> => {
    app.setReady(false);
    stop.abort();
    clearInterval(sweep);
    queue.flush();
    await acceptor.close();
    heartbeat.stop();
    await app.close();
    await Promise.all(running);
    store.close();
  };
  const running: Promise<void>[] = [];
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await close();
    throw error;
  }
  running.push(
    followEvents(
      {
        link,
        log,
        heartbeatMs: config.heartbeatMs,
        cursor: () => store.cursor(),
        take,
        rewind: () => store.rewindCursor(),
      },
      stop.signal,
    ),
    presence.run(stop.signal),
  );
  app.setReady(true);
  return { port: (app.server.address() as AddressInfo).port, close };

  function take(events: Parameters<SessionStore['appendEvents']>[0]): void {
    const entries = store.appendEvents(events);
    instruments.events.inc(entries.length);
    hub.publish(entries);
  }
}

function openLink({ config, log, registry }: SessionLayerOptions, store: SessionStore): GatewayLink {
  return new GatewayLink({
    baseUrl: config.gatewayUrl,
    token: config.token,
    layer: 'session',
    registry,
    log,
    initialCounts: store.linkCounts(),
    onCounts: (counts) => store.keepLinkCounts(counts),
  });
}

type View = () => Readonly<Record<'links' | 'details', Record<string, unknown>>>;

function createApp({ config, version, log, registry }: SessionLayerOptions, view: View): LayerServer {
  const app = createHttpServer({
    layer: 'session',
    version,
    log,
    registry,
    token: config.token,
    links: () => view().links,
    details: () => view().details,
  });
  app.get(webSocketPath, { config: { open: true } }, (_request, reply) =>
    reply.code(426).header('upgrade', 'websocket').send({ status: 426, detail: 'this is a WebSocket endpoint' }),
  );
  return app;
}

function sweepSessions(store: SessionStore, log: Logger): void {
  try {
    const removed = store.sessions.sweep();
    if (removed > 0) log.info({ removed }, 'idle sessions removed');
  } catch (error) {
    log.error({ err: error }, 'idle sessions could not be removed');
  }
}
