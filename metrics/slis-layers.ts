/** SLIs of layers: seen from outside by probes, and what the layers themselves count of their way to the gateway. */
import { z } from 'zod';
import { highest, latest, total } from './promql.ts';
import { count, type Labels, ratio, type SliTopology, sli, titled } from './sli.ts';
import { endToEnd, phases, vantages } from './vocabulary.ts';

const perView = z.strictObject({ layer: z.string(), vantage: z.enum(vantages), phase: z.enum(phases) });
const perPhase = z.strictObject({ phase: z.enum(phases) });
const perLayer = z.strictObject({ layer: z.string() });

const resumes = 'openclaw_session_resumes_total';

/** Every layer from everywhere it is watched. */
function views({ phase }: z.infer<typeof perPhase>, { layers }: SliTopology): readonly Labels[] {
  return Object.entries(layers).flatMap(([layer, seenFrom]) => seenFrom.map((vantage) => ({ layer, vantage, phase })));
}

export const layerSlis = {
  layerAvailabilityRatio: sli({
    ...ratio,
    sentence:
      'Share of the observed seconds of the phase in which the layer had no outage; the values carry the seconds.',
    params: perView,
    title: ({ layer, vantage, phase }) => titled(`${layer} availability ratio`, phase, vantage),
    query: (params, context) =>
      `${total('chaos_layer_available_seconds_total', ['layer', 'vantage', 'phase'], params, context)} / ${total('chaos_layer_observed_seconds_total', ['layer', 'vantage', 'phase'], params, context)}`,
    series: ({ layer, vantage, phase }) => [{ layer, vantage, phase }],
  }),
  layerObservedRatio: sli({
    unit: 'ratio',
    // Clocks of probe and phase are read a moment apart: a little over 1 is no contradiction.
    sane: { min: 0, max: 1.05 },
    sentence: 'Share of the phase in which the layer was observed at all.',
    params: perPhase,
    title: ({ phase }) => titled('layers observed ratio', phase),
    query: ({ phase }, context) =>
      `${total('chaos_layer_observed_seconds_total', ['layer', 'vantage', 'phase'], { phase, layer: { not: endToEnd } }, context)} / on (phase) group_left ${total('chaos_window_seconds_total', ['phase'], { phase }, context)}`,
    series: views,
  }),
  layerSaidDegraded: sli({
    ...count,
    sane: { min: 0, max: 1 },
    sentence: '1 if the layer said at any time that it was degraded.',
    params: perLayer,
    title: ({ layer }) => titled(`${layer} said it was degraded`),
    query: ({ layer }, context) => highest('openclaw_degraded', ['layer'], { layer }, context),
    series: ({ layer }) => [{ layer }],
  }),
  layerStillDegraded: sli({
    ...count,
    sane: { min: 0, max: 1 },
    sentence: '1 if the layer said at the end that it was degraded.',
    params: perLayer,
    title: ({ layer }) => titled(`${layer} still degraded`),
    query: ({ layer }, context) => latest('openclaw_degraded', ['layer'], { layer }, context),
    series: ({ layer }) => [{ layer }],
  }),
  heartbeatTimeouts: sli({
    ...count,
    sentence: 'Connections that the session layer ended because their peer had gone silent, by its own counter.',
    params: z.strictObject({}),
    title: () => 'silent peers found',
    query: (_, context) => latest('openclaw_session_heartbeat_timeouts_total', [], {}, context),
    series: () => [{}],
    protocols: () => ['openclaw-session/1'],
  }),
  sessionsResumed: sli({
    ...count,
    sentence:
      'Clients that came back to a session whose log could be continued, by the counter of the session layer; since its last start.',
    params: z.strictObject({}),
    title: () => 'sessions resumed',
    query: (_, context) => total(resumes, [], { recovered: 'true' }, context),
    series: () => [{}],
    protocols: () => ['openclaw-session/1'],
  }),
  sessionsResumedRatio: sli({
    ...ratio,
    sentence:
      'Share of the clients that came back whose session could be continued; since the last start of the session layer. No value if none came back.',
    params: z.strictObject({}),
    title: () => 'sessions resumed ratio',
    query: (_, context) => `${total(resumes, [], { recovered: 'true' }, context)} / ${total(resumes, [], {}, context)}`,
    series: () => [{}],
    protocols: () => ['openclaw-session/1'],
  }),
  gatewayConnectionIssues: sli({
    ...count,
    sentence: 'Times the layer saw the gateway turn from reachable to unreachable, by its own durable counter.',
    params: perLayer,
    title: ({ layer }) => titled('gateway connection issues', layer),
    query: ({ layer }, context) => latest('openclaw_gateway_connection_issues_total', ['layer'], { layer }, context),
    series: ({ layer }) => [{ layer }],
  }),
  gatewayConnectionAttempts: sli({
    ...count,
    sentence: 'Times the layer dialled the gateway anew, by its own durable counter: a reconnect storm shows here.',
    params: perLayer,
    title: ({ layer }) => titled('gateway connection attempts', layer),
    query: ({ layer }, context) => latest('openclaw_gateway_connection_attempts_total', ['layer'], { layer }, context),
    series: ({ layer }) => [{ layer }],
  }),
} as const;
