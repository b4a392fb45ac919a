/** Metrics that every layer of the system has, or every layer that dials the gateway. */
import { httpBuckets, type MetricSpec } from './metric-spec.ts';

const everyLayer = ['session', 'gateway', 'runtime'] as const;
const diallers = ['session', 'runtime'] as const;
const boundedBy = 'the process: it is one of them';
/** Open, for a process shows its own series only: there are no zeros of the other layers. */
const layer = { atMost: 3, boundedBy, values: everyLayer } as const;
const dialler = { atMost: 3, boundedBy, values: diallers } as const;

export const layerMetrics = {
  openclaw_build_info: {
    type: 'gauge',
    unit: 'info',
    help: 'Always 1; the labels say which layer and version answers.',
    labels: { layer, version: { atMost: 1, boundedBy: 'the program: it has one version' } },
    layers: everyLayer,
    why: 'Which version runs where, and since when another one does.',
  },
  openclaw_start_timestamp_seconds: {
    type: 'gauge',
    unit: 'Unix seconds',
    help: 'When this process started, Unix time with milliseconds.',
    labels: { layer },
    layers: everyLayer,
    why: 'Its changes are restarts: OpenclawRestartLoop counts them.',
  },
  openclaw_gateway_reachable: {
    type: 'gauge',
    unit: 'boolean',
    help: '1 while the gateway answers this layer, 0 while it does not.',
    labels: { layer: dialler },
    layers: diallers,
    why: 'Is the link up right now? OpenclawGatewayUnreachable fires on it.',
  },
  openclaw_gateway_lost_timestamp_seconds: {
    type: 'gauge',
    unit: 'Unix seconds',
    help: 'When this layer last saw the gateway turn unreachable, Unix time; absent until then.',
    labels: { layer: dialler },
    layers: diallers,
    why: 'Detection: how long after a fault a layer knew of it.',
  },
  openclaw_gateway_regained_timestamp_seconds: {
    type: 'gauge',
    unit: 'Unix seconds',
    help: 'When this layer last saw the gateway turn reachable again after it had lost it, Unix time; absent until then.',
    labels: { layer: dialler },
    layers: diallers,
    why: 'Reconnection: how long after the end of a fault a layer was connected again.',
  },
  openclaw_gateway_connection_attempts_total: {
    type: 'counter',
    unit: 'dials',
    help: 'Times this layer dialled the gateway anew.',
    labels: { layer: dialler },
    layers: diallers,
    why: 'A storm of reconnects shows here.',
  },
  openclaw_gateway_connection_issues_total: {
    type: 'counter',
    unit: 'transitions',
    help: 'Transitions of the gateway from reachable to unreachable, as seen by this layer.',
    labels: { layer: dialler },
    layers: diallers,
    why: 'How often the link breaks, even if each break is too short for a scrape: OpenclawGatewayConnectionIssues.',
  },
  openclaw_degraded: {
    type: 'gauge',
    unit: 'boolean',
    help: '1 while the layer does something less well than it should, and says so in /health.',
    labels: { layer },
    layers: everyLayer,
    why: 'Does the layer itself know of trouble? /health says which: OpenclawLayerDegraded.',
  },
  openclaw_auth_failures_total: {
    type: 'counter',
    unit: 'tokens',
    help: 'Tokens that were refused, or not even looked at because their address had sent too many wrong ones.',
    labels: { layer },
    layers: everyLayer,
    why: 'Somebody guesses tokens, or a client was left with an old one.',
  },
  openclaw_state_quarantined_total: {
    type: 'counter',
    unit: 'files',
    help: 'State files that could not be used and were put aside.',
    labels: { layer, file: { atMost: 5, boundedBy: 'the layer: it has one state file' } },
    layers: everyLayer,
    why: 'State was lost to a torn or foreign file, and lies beside it for a person to look into.',
  },
  openclaw_spans_total: {
    type: 'counter',
    unit: 'spans',
    help: 'Ended spans by what became of them; dropped: the queue was full.',
    labels: { layer, result: ['exported', 'failed', 'dropped'] },
    layers: everyLayer,
    why: 'Are traces complete? A collector that refuses or is slow shows here, and nowhere else.',
  },
  http_server_request_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Duration of HTTP requests, by route template.',
    labels: {
      http_request_method: [
        'GET',
        'HEAD',
        'POST',
        'PUT',
        'PATCH',
        'DELETE',
        'OPTIONS',
        'CONNECT',
        'TRACE',
        // What the semantic conventions write for a method that they do not know.
        '_OTHER',
      ],
      http_route: { atMost: 100, boundedBy: 'the templates of the API; what matches none is `unmatched`' },
      http_response_status_code: { atMost: 50, boundedBy: 'the answers that the layer gives' },
    },
    buckets: httpBuckets,
    layers: everyLayer,
    why: 'Rate, errors and duration of the API, by route.',
  },
} as const satisfies Record<string, MetricSpec>;
