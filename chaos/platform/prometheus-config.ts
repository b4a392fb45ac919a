/** The configuration of a run's Prometheus: the recorder and every node, scraped every second, past all faults of links. */
import { stringify } from 'yaml';
import type { Manifest } from '../manifest.ts';

export interface ScrapeTargets {
  /** `host:port` of the harness's recorder, as Prometheus dials it. */
  readonly recorder: string;
  /** The same of a node. */
  readonly node: (name: string) => string;
}

export function prometheusConfig({ nodes }: Manifest, { recorder, node }: ScrapeTargets): string {
  return stringify({
    global: { scrape_interval: '1s', scrape_timeout: '900ms' },
    scrape_configs: [
      { job_name: 'chaos', static_configs: [{ targets: [recorder] }] },
      {
        job_name: 'openclaw',
        static_configs: Object.entries(nodes).map(([layer, { metricsPath }]) => ({
          targets: [node(layer)],
          labels: { layer, __metrics_path__: metricsPath },
        })),
      },
    ],
  });
}
