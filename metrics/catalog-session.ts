/** Metrics of the session layer: connections, messages of clients, events to them. */
import type { MetricSpec } from './metric-spec.ts';

const layers = ['session'] as const;

export const sessionMetrics = {
  openclaw_session_connections: {
    type: 'gauge',
    unit: 'connections',
    help: 'Open WebSocket connections that said hello.',
    labels: {},
    layers,
    why: 'Who is connected right now; it falls to 0 when clients are cut off.',
  },
  openclaw_session_messages_total: {
    type: 'counter',
    unit: 'messages',
    help: 'Messages of clients, by whether they were new or sent again.',
    labels: { result: ['new', 'duplicate'] },
    layers,
    why: 'Load of the users; duplicates rise when acknowledgements are lost.',
  },
  openclaw_session_events_total: {
    type: 'counter',
    unit: 'events',
    help: 'Events of the gateway that were taken over.',
    labels: {},
    layers,
    why: 'Does what happens reach the users? It stands still while the event stream is down.',
  },
  openclaw_session_undelivered: {
    type: 'gauge',
    unit: 'messages',
    help: 'Messages of clients that the gateway does not have yet.',
    labels: {},
    layers,
    why: 'What waits for the gateway: OpenclawMessagesUndelivered.',
  },
  openclaw_session_deliveries_total: {
    type: 'counter',
    unit: 'messages',
    help: 'Messages of clients by what became of them on the way to the gateway; given up: too many waited.',
    labels: { result: ['delivered', 'refused', 'given-up'] },
    layers,
    why: 'Given up or refused is a message that nobody will act on.',
  },
  openclaw_session_resumes_total: {
    type: 'counter',
    unit: 'hellos',
    help: 'Hellos that named a session, by whether its log could be continued.',
    labels: { recovered: ['true', 'false'] },
    layers,
    why: 'Do users find their sessions again after a fault?',
  },
  openclaw_session_heartbeat_timeouts_total: {
    type: 'counter',
    unit: 'connections',
    help: 'Connections ended because the peer went silent.',
    labels: {},
    layers,
    why: 'Half-open connections: the network drops without a word.',
  },
  openclaw_session_rejections_total: {
    type: 'counter',
    unit: 'connections',
    help: 'Connections refused or closed for cause.',
    labels: {
      reason: [
        'bad-frame',
        'deleted',
        'forbidden',
        'frame-too-big',
        'hello-timeout',
        'origin',
        'protocol-unsupported',
        'replaced',
        'slow-consumer',
        'storage',
        'token-in-url',
        'too-many-connections',
        'too-many-failures',
        'too-many-sessions',
        'unauthorized',
      ],
    },
    layers,
    why: 'Why users are turned away: their fault, a limit, or ours.',
  },
} as const satisfies Record<string, MetricSpec>;
