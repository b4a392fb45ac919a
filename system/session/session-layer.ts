/** Puts the session layer together: store, WebSockets, the gateway's events, messages to it, presence, HTTP; and takes it apart again. */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { GatewayLink } from '../layer/gateway-link.ts';
import { createHttpServer, type LayerServer } from '../layer/http-server.ts';
import type { Logger } from '../layer/logger.ts';
import { reportQuarantines } from '../layer/quarantine.ts';
import { openTokens } from '../layer/tokens.ts';
import type { GatewayEvent } from '../layer/wire.ts';
import { Acceptor } from './acceptor.ts';
import type { SessionConfig } from './config.ts';
import { Delivery } from './delivery.ts';
import { Doorman } from './doorman.ts';
import { followEvents } from './event-stream.ts';
import { webSocketPath } from './handshake.ts';
import { Health } from './health.ts';
import { Heartbeat } from './heartbeat.ts';
import { Hub } from './hub.ts';
import { sessionInstruments } from './instruments.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { MessageQueue } from './message-queue.ts';
import { startEventSpan, within } from './message-spans.ts';
import { Notices } from './notices.ts';
import { PresenceReporter } from './presence.ts';
import { addSessionRoutes } from './session-routes.ts';
import { StorageWatch } from './storage-watch.ts';
import { SessionStore, type StoredMessage } from './store/session-store.ts';

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

/** So that a link that is half open is found within the promised 15 s. */
const longestHeartbeatMs = 5000;

export async function startSessionLayer(options: SessionLayerOptions): Promise<SessionLayer> {
  const { config, log, registry } = options;
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const heartbeatMs = Math.min(config.heartbeatMs, longestHeartbeatMs);
  const tokens = openTokens(config, 'session', registry);
  const instruments = sessionInstruments(registry);

  const file = join(config.home, 'state', 'session.db');
  const quarantines = reportQuarantines({ name: 'session', registry, log }, file);
  const store = new SessionStore(file, (session) => hub.has(session), limits, quarantines.onQuarantine);
  const hub = new Hub(limits.connectionsPerSession, limits.sessionsPerTurn, (kind) => {
    instruments.connections.set(hub.connections());
    if (kind === 'user') presence.changed();
  });
  const health = new Health(() => notices.changed());
  const notices = new Notices(health, hub, store.outbox);
  const storage = new StorageWatch(health, log, () => store.keepLinkCounts(link.counts));
  const link = new GatewayLink({
    baseUrl: config.gatewayUrl,
    token: () => tokens.own,
    layer: 'session',
    registry,
    log,
    initialCounts: store.linkCounts(),
    onCounts: (counts) => storage.tolerate(() => store.keepLinkCounts(counts), 'the counts of the link were not kept'),
  });
  health.bad('gateway', 'the gateway has not answered yet: messages are kept, and delivered when it does');
  link.onChange((reachable) => {
    if (reachable) health.good('gateway');
    else health.bad('gateway', 'the gateway does not answer: messages are kept, and delivered when it does');
  });
  const presence = new PresenceReporter(link, () => hub.present());
  const delivery = new Delivery({
    link,
    store,
    health,
    instruments,
    log,
    delivered: (session, offset) => hub.tell(session, { type: 'delivered', offset }),
  });
  const queue = new MessageQueue((messages) => storage.watch(() => store.appendMessages(messages)), stored, limits);
  const doorman = new Doorman((wanted) => storage.watch(() => store.admit(wanted)), limits);

  const app = createHttpServer({
    layer: 'session',
    version: options.version,
    log,
    registry,
    tokens,
    links: () => ({ gateway: { reachable: link.reachable, ...link.counts, lastEvent: store.cursor() } }),
    details: () => ({
      connections: hub.connections(),
      sessions: store.sessions.count(),
      undelivered: store.outbox.size(),
    }),
    degraded: () => [...health.reasons(), ...link.degraded(), ...quarantines.degraded()],
    onScrape: () => instruments.undelivered.set(store.outbox.size()),
    maxConnections: limits.connections + limits.otherConnections,
  });
  answerPlainRequests(app);
  addSessionRoutes(app, { store, storage, hub, queue, limits });
  const heartbeat = new Heartbeat(heartbeatMs);
  const acceptor = new Acceptor(
    app.server,
    {
      ...{ tokens, heartbeatMs, limits, log, store, hub, doorman, queue, heartbeat, health, instruments },
      backlog: { bytes: 0 },
      noticeFor: (session) => notices.for(session),
    },
    config.allowedOrigins,
  );
  const sweep = setInterval(() => {
    storage.tolerate(() => sweepSessions(store, log), 'what is old could not be removed');
  }, limits.sweepEveryMs);
  const noteDepartures = () => storage.tolerate(() => store.noteDepartures(), 'who left was not written down');
  const departures = setInterval(noteDepartures, limits.noteDeparturesEveryMs);

  const stop = new AbortController();
  const running: Promise<void>[] = [];
  const close = async (): Promise<void> => {
    app.setReady(false);
    stop.abort();
    clearInterval(sweep);
    clearInterval(departures);
    queue.flush();
    await acceptor.close();
    heartbeat.stop();
    storage[Symbol.dispose]();
    await app.close();
    await Promise.all(running);
    noteDepartures();
    store.close();
  };
  try {
    await app.listen({ host: config.host, port: config.port, backlog: limits.handshakesInKernel });
  } catch (error) {
    await close();
    throw error;
  }
  const following = {
    ...{ link, log, heartbeatMs, take },
    cursor: () => store.cursor(),
    rewind: () => store.rewindCursor(),
  };
  running.push(followEvents(following, stop.signal), presence.run(stop.signal), delivery.run(stop.signal));
  app.setReady(true);
  return { port: (app.server.address() as AddressInfo).port, close };

  function take(events: readonly GatewayEvent[]): void {
    const traced = events.map((event) => {
      const span = startEventSpan(event);
      return { span, event: within(span, event) };
    });
    const { shared, entries } = storage.watch(() => store.appendEvents(traced.map(({ event }) => event)));
    const taken = new Set(shared.map(({ id }) => id));
    for (const { span, event } of traced) if (taken.delete(String(event.id))) span.end();
    instruments.events.inc(shared.length);
    // The shared log first: an entry of one session alone makes no difference to it.
    hub.broadcast(shared);
    for (const entry of entries) hub.publish(entry, null);
  }

  function stored(results: readonly StoredMessage[]): void {
    for (const result of results) if (result.fate === 'new') hub.publish(result.entry, result.shift);
    const givenUp = store.takeGivenUp();
    if (givenUp > 0) instruments.deliveries('given-up', givenUp);
    delivery.wake();
  }
}

function answerPlainRequests(app: LayerServer): void {
  app.get(webSocketPath, { config: { open: true } }, (_request, reply) =>
    reply.code(426).header('upgrade', 'websocket').send({ status: 426, detail: 'this is a WebSocket endpoint' }),
  );
}

function sweepSessions(store: SessionStore, log: Logger): void {
  const removed = store.sweep();
  if (removed > 0) log.info({ removed }, 'idle sessions removed');
}
