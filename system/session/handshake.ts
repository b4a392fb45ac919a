/** Which WebSocket handshakes are refused, and with what answer. Pure. */
import { ProblemError } from '../layer/problem.ts';
import type { Rejection } from './instruments.ts';

export const webSocketPath = '/ws';

export interface Handshake {
  readonly url: string | undefined;
  readonly origin: string | undefined;
  readonly host: string | undefined;
}

export interface Refusal {
  readonly problem: ProblemError;
  readonly reason?: Rejection;
}

const tokenParameters = /^(access_?)?token$|^auth(orization)?$/i;

/**
 * `origins`: those that browsers may come from beside the layer's own. A client that is no browser sends none; a browser always does,
 * and lets no page change it, so that a page of somebody else cannot talk to a layer on this machine.
 */
export function refusalOf({ url = '', origin, host }: Handshake, origins: readonly string[]): Refusal | undefined {
  const [path, query = ''] = url.split('?', 2);
  if (path !== webSocketPath) {
    return { problem: new ProblemError(404, 'OPENCLAW_NO_ROUTE', `WebSockets are at ${webSocketPath}`) };
  }
  if ([...new URLSearchParams(query).keys()].some((key) => tokenParameters.test(key))) {
    const text = 'send the token in the first frame, hello, and never in the URL, where logs and histories keep it';
    return { problem: new ProblemError(400, 'OPENCLAW_TOKEN_IN_URL', text), reason: 'token-in-url' };
  }
  if (origin === undefined || isOwn(origin, host) || origins.includes(origin.toLowerCase())) return undefined;
  const text = `pages of ${origin.slice(0, 200)} may not connect: add it to OPENCLAW_ALLOWED_ORIGINS of the session layer`;
  return { problem: new ProblemError(403, 'OPENCLAW_ORIGIN', text), reason: 'origin' };
}

function isOwn(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.parse(origin)?.host === URL.parse(`http://${host}`)?.host;
}
