/** An endpoint: what it answers to which methods. */
import type { Form } from './form.ts';
import type { Reply } from './reply.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT';

export interface ApiRequest {
  readonly form: Form;
  /** The URL's parameters alone. */
  readonly query: Form;
  /** What stood in the path where the route has `*`, still encoded. */
  readonly part: string;
  /** Aborted when the client is gone. */
  readonly gone: AbortSignal;
}

export type Handler = (request: ApiRequest) => Promise<Reply> | Reply;

export interface Route {
  /** `*` stands for one part that is not empty. */
  readonly path: string;
  readonly handlers: Readonly<Partial<Record<Method, Handler>>>;
}

/** Routes that read their parameters, from the URL or from a form. */
export function getOrPost(path: string, handler: Handler): Route {
  return { path, handlers: { GET: handler, POST: handler } };
}

export function get(path: string, handler: Handler): Route {
  return { path, handlers: { GET: handler } };
}

export interface Found {
  readonly route: Route;
  readonly part: string;
}

/** The route of a path, whatever methods it answers to. */
export function findRoute(routes: readonly Route[], path: string): Found | undefined {
  for (const route of routes) {
    const [before = '', after] = route.path.split('*');
    if (after === undefined) {
      if (path === route.path) return { route, part: '' };
      continue;
    }
    const part = path.slice(before.length, path.length - after.length);
    if (part === '' || /\/|%2f/i.test(part) || path !== before + part + after) continue;
    return { route, part };
  }
  return undefined;
}
