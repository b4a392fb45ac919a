/** The configuration of a run's Prometheus: the recorder and every node, scraped every second, past all faults of links. */
import { stringify } from 'yaml';
import type { Manifest } from '../../manifest.ts';

export const harnessHost = 'host.docker.internal';

export function prometheusConfig({ nodes }: Manifest, recorderPort: number): string {
  return stringify({
    global: { scrape_interval: '1s', scrape_timeout: '900ms' },
    scrape_configs: [
      { job_name: 'chaos', static_configs: [{ targets: [`${harnessHost}:${recorderPort}`] }] },
      {
        job_name: 'system',
        static_configs: Object.entries(nodes).map(([layer, { port, metricsPath }]) => ({
          targets: [`${layer}:${port}`],
          labels: { layer, __metrics_path__: metricsPath },
        })),
      },
    ],
  });
}
