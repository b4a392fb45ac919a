/** The whole system at a glance; and the routes that every layer has, as the listener answers them. */
import { z } from 'zod';
import { statusSchema } from '../status/system-status.ts';
import { type Contract, type Endpoint, endpoint, ok } from './endpoint.ts';

export const statusEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/status',
    summary:
      "The whole system at a glance: each layer's last word and its age, each skill's last outcome and freshness",
    access: 'client',
    answer: statusSchema,
    answers: { 200: 'As far as the gateway can know.' },
    problems: {},
    handle: (core) => ok(core.status()),
  }),
];

/** Served by `system/layer/http-server.ts`. */
export const layerContracts: readonly Contract[] = [
  {
    method: 'GET',
    path: '/health',
    summary: 'Live: the process answers',
    access: 'open',
    answer: z.looseObject({
      status: z.enum(['ok', 'degraded']),
      degraded: z.array(z.string()),
      layer: z.literal('gateway'),
      version: z.string(),
      uptimeSeconds: z.number(),
    }),
    answers: { 200: 'It does, and says how well.' },
    problems: {},
  },
  {
    method: 'GET',
    path: '/ready',
    summary: 'Ready: requests are taken',
    access: 'open',
    answer: z.object({ ready: z.boolean(), layer: z.literal('gateway') }),
    answers: { 200: 'They are.', 503: 'It starts, or is about to stop.' },
    problems: {},
  },
  {
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics, as Prometheus scrapes them',
    access: 'open',
    media: 'text/plain',
    answer: z.string(),
    answers: { 200: 'All metrics.' },
    problems: {},
  },
];
