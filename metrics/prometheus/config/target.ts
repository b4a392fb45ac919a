/** What is scraped: an address with its labels and the settings of its job, as Prometheus makes it of a static configuration. */

import { formatDuration, parseDuration } from '../duration.ts';
import type { Scrape } from '../engine/engine.ts';

export type Labels = Readonly<Record<string, string>>;

/** The part of a scrape configuration that holds for each of its targets. */
export interface ScrapeSettings {
  readonly job: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly metricsPath: string;
  readonly params: Readonly<Record<string, readonly string[]>>;
  readonly honorLabels: boolean;
  readonly honorTimestamps: boolean;
  readonly compression: boolean;
  readonly followRedirects: boolean;
  readonly fallbackProtocol?: string;
  /** Uncompressed; 0: no limit but our own. */
  readonly bodyBytes: number;
  readonly limits: Scrape['limits'];
}

export interface Target {
  /** The same exactly where labels, address and settings are the same. */
  readonly id: string;
  /** Labels before any processing, `__address__` and its like included; sorted. */
  readonly discoveredLabels: Labels;
  /** What samples carry; sorted. */
  readonly labels: Labels;
  /** As Prometheus shows it: the port stays even where it is the default one. */
  readonly url: string;
  /** Its own interval and timeout: the labels `__scrape_interval__` and `__scrape_timeout__` override those of the job. */
  readonly settings: ScrapeSettings;
}

interface Group {
  readonly targets?: readonly string[] | undefined;
  readonly labels?: Labels | undefined;
}

export function staticTargets(settings: ScrapeSettings, group: Group): { targets: Target[]; problems: string[] } {
  const targets: Target[] = [];
  const problems: string[] = [];
  // A label without value is one that is not there.
  const given = Object.fromEntries(Object.entries(group.labels ?? {}).filter(([, value]) => value !== ''));
  for (const address of group.targets ?? []) {
    const made = targetOf(settings, sorted({ ...defaultLabels(settings), ...given, __address__: address }));
    if (typeof made === 'string') problems.push(`target ${JSON.stringify(address)}: ${made}`);
    else targets.push(made);
  }
  return { targets, problems };
}

function defaultLabels(settings: ScrapeSettings): Labels {
  const params = Object.entries(settings.params).flatMap(([name, [value]]) =>
    value === undefined ? [] : [[`__param_${name}`, value]],
  );
  return {
    job: settings.job,
    __metrics_path__: settings.metricsPath,
    __scheme__: 'http',
    __scrape_interval__: formatDuration(settings.intervalMs),
    __scrape_timeout__: formatDuration(settings.timeoutMs),
    // Native histograms are not scraped; the labels are there for whoever compares.
    __always_scrape_classic_histograms__: 'false',
    __convert_classic_histograms_to_nhcb__: 'false',
    __scrape_native_histograms__: 'false',
    ...Object.fromEntries(params),
  };
}

/** Or why it cannot be one. */
function targetOf(job: ScrapeSettings, discovered: Labels): Target | string {
  const { __scheme__: scheme, __scrape_interval__: interval = '', __scrape_timeout__: timeout = '' } = discovered;
  if (scheme !== 'http') return `__scheme__ ${JSON.stringify(scheme)} is not supported; supported: http`;
  const intervalMs = parseDuration(interval);
  if (!intervalMs) return `__scrape_interval__ ${JSON.stringify(interval)} is not a duration over 0`;
  const timeoutMs = parseDuration(timeout);
  if (!timeoutMs) return `__scrape_timeout__ ${JSON.stringify(timeout)} is not a duration over 0`;
  if (timeoutMs > intervalMs) return `scrape timeout ${timeout} is greater than scrape interval ${interval}`;
  const url = urlOf(job, discovered);
  if (url === undefined) return 'is no HOST:PORT';
  const settings = { ...job, intervalMs, timeoutMs };
  const visible = Object.entries(discovered).filter(([name]) => !name.startsWith('__'));
  const labels = sorted({ instance: discovered.__address__ ?? '', ...Object.fromEntries(visible) });
  return { id: JSON.stringify([settings, labels, url]), discoveredLabels: discovered, labels, url, settings };
}

function urlOf({ params }: ScrapeSettings, labels: Labels): string | undefined {
  const address = labels.__address__ ?? '';
  const path = labels.__metrics_path__ ?? '';
  const query = new URLSearchParams();
  const names = Object.keys(labels).flatMap((label) => (label.startsWith('__param_') ? [label.slice(8)] : []));
  for (const name of names) {
    const [, ...further] = params[name] ?? [];
    for (const value of [labels[`__param_${name}`] ?? '', ...further]) query.append(name, value);
  }
  const url = URL.parse(`http://${address}`);
  // What the URL parser reads as credentials, path or query is no address.
  if (url === null || url.username !== '' || url.password !== '' || /[?#]/.test(address)) return undefined;
  url.pathname = path;
  return `http://${address}${url.pathname}${query.size === 0 ? '' : `?${query}`}`;
}

/** By name, as Prometheus shows labels. */
function sorted(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
