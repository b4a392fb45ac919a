/** How each layer answers: `/health`, `/ready`, and what it says of its way to the gateway. */
import { z } from 'zod';
import type { LayerName, Urls } from './addresses.ts';
import { type Answer, ask } from './ask.ts';
import type { LayerHealth, LayerState } from './health-report.ts';

export const patienceMs = 1500;

const healthBody = z.object({
  layer: z.string(),
  status: z.string(),
  version: z.string().nullable().catch(null),
  uptimeSeconds: z.number().nullable().catch(null),
  degraded: z.array(z.string()).catch([]),
  links: z.object({ gateway: z.object({ reachable: z.boolean() }).optional() }).catch({}),
});

export interface LayerAnswer {
  readonly health: LayerHealth;
  /** What the layer says of the gateway; undefined if it has no such link or did not say. */
  readonly reachesGateway: boolean | undefined;
}

export async function askLayer(name: LayerName, urls: Urls): Promise<LayerAnswer> {
  const url = urls[name];
  const [health, ready] = await Promise.all([
    ask(`${url}/health`, { timeoutMs: patienceMs }),
    ask(`${url}/ready`, { timeoutMs: patienceMs }),
  ]);
  return readLayer(name, url, health, ready);
}

function readLayer(name: LayerName, url: string, health: Answer, ready: Answer): LayerAnswer {
  const body = health.ok && health.status === 200 ? healthBody.safeParse(health.body).data : undefined;
  if (body?.layer !== name) return { health: down(name, url, whyDown(name, health)), reachesGateway: undefined };
  const { state, reasons } = stateOf(body, ready);
  const { version, uptimeSeconds } = body;
  return {
    health: { name, url, state, version, uptimeSeconds, reasons },
    reachesGateway: body.links.gateway?.reachable,
  };
}

function stateOf(body: z.infer<typeof healthBody>, ready: Answer): { state: LayerState; reasons: string[] } {
  if (!ready.ok) return { state: 'not-ready', reasons: [`/ready ${ready.why}`] };
  if (ready.status !== 200) return { state: 'not-ready', reasons: ['is starting or closing'] };
  if (body.status === 'ok' && body.degraded.length === 0) return { state: 'ok', reasons: [] };
  return { state: 'degraded', reasons: body.degraded.length > 0 ? body.degraded : [`says that it is ${body.status}`] };
}

function whyDown(name: LayerName, health: Answer): string {
  if (!health.ok) return health.why;
  if (health.status !== 200) return `/health answered ${health.status}`;
  const body = healthBody.safeParse(health.body).data;
  return body === undefined ? `something else answers there, not the ${name} layer` : `the ${body.layer} answers there`;
}

function down(name: LayerName, url: string, reason: string): LayerHealth {
  return { name, url, state: 'down', version: null, uptimeSeconds: null, reasons: [reason] };
}
