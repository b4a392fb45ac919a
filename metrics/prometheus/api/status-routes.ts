/** Health, readiness, build information, the server's own metrics, and `/-/reload`. */
import { type Reply, success, text } from './reply.ts';
import { get, type Handler, type Route } from './route.ts';

export interface StatusRoutesOptions {
  /** Of the Prometheus that is compiled in. */
  readonly version: string;
  readonly metrics: () => Promise<string>;
  /** Absent: `--web.enable-lifecycle` was not given. */
  readonly reload?: () => Promise<void>;
}

export function statusRoutes({ version, metrics, reload }: StatusRoutesOptions): Route[] {
  const wrongMethod = (): Reply => text(405, 'Only POST or PUT requests allowed');
  const lifecycle: Handler =
    reload === undefined ? () => text(403, 'Lifecycle API is not enabled.') : reloadHandler(reload);
  return [
    saying('/-/ready', 'Prometheus Server is Ready.\n'),
    { path: '/-/reload', handlers: { GET: wrongMethod, POST: lifecycle, PUT: lifecycle } },
    get('/metrics', async () => ({
      status: 200,
      body: await metrics(),
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    })),
    get('/api/v1/status/buildinfo', () => success(JSON.stringify(buildInfo(version)))),
  ];
}

/** All that is answered before the server is ready. */
export const healthRoute = saying('/-/healthy', 'Prometheus Server is Healthy.\n');

function saying(path: string, words: string): Route {
  return { path, handlers: { GET: () => text(200, words), HEAD: () => text(200, '') } };
}

function buildInfo(version: string): Readonly<Record<string, string>> {
  return { version, revision: '', branch: '', buildUser: '', buildDate: '', goVersion: `node${process.versions.node}` };
}

function reloadHandler(reload: () => Promise<void>): Handler {
  return async () => {
    try {
      await reload();
      return text(200, '');
    } catch (error) {
      return text(500, `failed to reload config: ${error instanceof Error ? error.message : error}\n`);
    }
  };
}
