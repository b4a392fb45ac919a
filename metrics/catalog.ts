/**
 * Every metric of the system (`openclaw_`, `http_`) and of the harness (`chaos_`): the vocabulary that both halves speak.
 * Instruments are made from it by `instrument()`, so a metric that is not listed here cannot exist.
 */
import { alertMetrics } from './catalog-alerts.ts';
import { faultMetrics } from './catalog-faults.ts';
import { gatewayMetrics } from './catalog-gateway.ts';
import { harnessMetrics } from './catalog-harness.ts';
import { layerMetrics } from './catalog-layers.ts';
import { runtimeMetrics } from './catalog-runtime.ts';
import { sessionMetrics } from './catalog-session.ts';
import type { MetricSpec } from './metric-spec.ts';

export const catalog = {
  ...layerMetrics,
  ...sessionMetrics,
  ...gatewayMetrics,
  ...runtimeMetrics,
  ...harnessMetrics,
  ...faultMetrics,
  ...alertMetrics,
} as const satisfies Record<string, MetricSpec>;

export type { MetricSpec } from './metric-spec.ts';

export type MetricName = keyof typeof catalog;

export type LabelOf<N extends MetricName> = keyof (typeof catalog)[N]['labels'] & string;

/** What a label can be set to: one of its list, or any text if it is open. */
export type LabelValue<
  N extends MetricName,
  L extends LabelOf<N>,
> = (typeof catalog)[N]['labels'][L] extends readonly (infer V)[] ? V : string;

/** All labels of a metric with a value each. */
export type LabelsOf<N extends MetricName> = { readonly [L in LabelOf<N>]: LabelValue<N, L> };

/** The metrics of that type. */
export type MetricOfType<T extends MetricSpec['type']> = {
  [N in MetricName]: (typeof catalog)[N]['type'] extends T ? N : never;
}[MetricName];
