/** Which endpoint a method and a path mean. */
import { type Endpoint, endpoints } from './api.ts';
import { textOf } from './request-path.ts';

interface Route {
  readonly name: keyof typeof endpoints;
  /** None: any method. */
  readonly methods?: readonly string[];
  readonly path: readonly string[];
}

const routes: readonly Route[] = [
  { name: 'ResetState', methods: ['POST'], path: ['reset'] },
  { name: 'ProxyIndex', methods: ['GET'], path: ['proxies'] },
  { name: 'ProxyCreate', methods: ['POST'], path: ['proxies'] },
  { name: 'Populate', methods: ['POST'], path: ['populate'] },
  { name: 'ProxyShow', methods: ['GET'], path: ['proxies', ':proxy'] },
  { name: 'ProxyUpdate', methods: ['POST', 'PATCH'], path: ['proxies', ':proxy'] },
  { name: 'ProxyDelete', methods: ['DELETE'], path: ['proxies', ':proxy'] },
  { name: 'ToxicIndex', methods: ['GET'], path: ['proxies', ':proxy', 'toxics'] },
  { name: 'ToxicCreate', methods: ['POST'], path: ['proxies', ':proxy', 'toxics'] },
  { name: 'ToxicShow', methods: ['GET'], path: ['proxies', ':proxy', 'toxics', ':toxic'] },
  { name: 'ToxicUpdate', methods: ['POST', 'PATCH'], path: ['proxies', ':proxy', 'toxics', ':toxic'] },
  { name: 'ToxicDelete', methods: ['DELETE'], path: ['proxies', ':proxy', 'toxics', ':toxic'] },
  { name: 'Version', methods: ['GET'], path: ['version'] },
  { name: 'Metrics', path: ['metrics'] },
];

export interface Found {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly proxy: string | undefined;
  readonly toxic: string | undefined;
}

/** A number is the status of the refusal: 404, or 405 where the path has other methods. */
export function findRoute(method: string, segments: readonly string[], hasMetrics: boolean): Found | 404 | 405 {
  const here = routes.filter(({ name, path }) => (hasMetrics || name !== 'Metrics') && fits(path, segments));
  const route = here.find(({ methods }) => methods?.includes(method) ?? true);
  if (route === undefined) return here.length === 0 ? 404 : 405;
  const [, proxy, , toxic] = segments;
  return {
    name: route.name,
    endpoint: endpoints[route.name],
    proxy: proxy === undefined ? undefined : textOf(proxy),
    toxic: toxic === undefined ? undefined : textOf(toxic),
  };
}

function fits(path: readonly string[], segments: readonly string[]): boolean {
  return (
    path.length === segments.length &&
    path.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]))
  );
}
