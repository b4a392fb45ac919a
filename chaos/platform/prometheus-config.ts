/** The configuration of a run's Prometheus: the recorder and every node, scraped every second, past all faults of links; and its rules. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { RuleFile } from '../../metrics/rules/rule-files.ts';
import type { Manifest } from '../manifest.ts';

export interface ScrapeTargets {
  /** `host:port` of the harness's recorder, as Prometheus dials it. */
  readonly recorder: string;
  /** The same of a node. */
  readonly node: (name: string) => string;
}

/** `rules`: where Prometheus finds its rule files, as {@link rulesIn} says. */
export function prometheusConfig(
  { nodes }: Manifest,
  { recorder, node }: ScrapeTargets,
  rules: readonly PlacedRules[] = [],
): string {
  return stringify({
    global: { scrape_interval: '1s', scrape_timeout: '900ms', evaluation_interval: '1s' },
    ...(rules.length > 0 && { rule_files: rules.map(({ path }) => path) }),
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

export interface PlacedRules {
  /** Absolute, as Prometheus sees it. */
  readonly path: string;
  readonly text: string;
}

/** The same texts on every platform; only where they lie differs. */
export function rulesIn(folder: string, files: readonly RuleFile[] = []): readonly PlacedRules[] {
  return files.map(({ name, text }) => ({ path: join(folder, 'rules', name), text }));
}
