/** `/api/v1/targets`, `/api/v1/scrape_pools`: what is scraped, and how it goes. */
import { hostname } from 'node:os';
import type { Target } from '../config/target.ts';
import { formatDuration } from '../duration.ts';
import type { TargetState } from '../scrape/target-loop.ts';
import { success } from './reply.ts';
import { get, type Route } from './route.ts';

export interface TargetRoutesOptions {
  /** Names of the jobs, and the targets with their states, at the time of the request. */
  readonly jobs: () => readonly string[];
  readonly targets: () => readonly { readonly target: Target; readonly state: TargetState }[];
}

const ofThisMachine = new Set(['127.0.0.1', 'localhost', '[::1]']);
const never = '0001-01-01T00:00:00Z';

export function targetRoutes({ jobs, targets }: TargetRoutesOptions): Route[] {
  const active = (pool: string): unknown[] =>
    // By job, as there; within a job in the order of the configuration.
    [...jobs()]
      .sort()
      .flatMap((job) =>
        pool === '' || pool === job
          ? targets().flatMap((each) => (each.target.settings.job === job ? [shown(each)] : []))
          : [],
      );
  return [
    get('/api/v1/targets', ({ query }) => {
      const state = query.get('state').toLowerCase();
      const shows = (which: string): boolean => ['', 'any', which].includes(state);
      const data = {
        activeTargets: shows('active') ? active(query.get('scrapePool')) : [],
        // Nothing is relabelled, so nothing is dropped.
        droppedTargets: [],
        droppedTargetCounts: shows('dropped') ? Object.fromEntries([...jobs()].sort().map((job) => [job, 0])) : null,
      };
      return success(JSON.stringify(data));
    }),
    get('/api/v1/scrape_pools', () => success(JSON.stringify({ scrapePools: [...jobs()].sort() }))),
  ];
}

function shown({ target, state }: { readonly target: Target; readonly state: TargetState }): unknown {
  return {
    discoveredLabels: target.discoveredLabels,
    labels: target.labels,
    scrapePool: target.settings.job,
    scrapeUrl: target.url,
    globalUrl: globalUrl(target.url),
    lastError: state.lastError,
    lastScrape: state.lastScrapeMs === undefined ? never : new Date(state.lastScrapeMs).toISOString(),
    lastScrapeDuration: state.lastDurationMs / 1000,
    health: state.health,
    scrapeInterval: formatDuration(target.settings.intervalMs),
    scrapeTimeout: formatDuration(target.settings.timeoutMs),
  };
}

/** How somebody elsewhere would name a target of this machine. */
function globalUrl(url: string): string {
  const address = url.slice('http://'.length).split('/', 1)[0] ?? '';
  const host = address.replace(/:\d*$/, '');
  return ofThisMachine.has(host) ? url.replace(host, hostname()) : url;
}
