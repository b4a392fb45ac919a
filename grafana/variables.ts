/** What a reader chooses on top of a dashboard. A choice of one dashboard stays when one goes to another. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { LabelOf, MetricName } from '../metrics/catalog.ts';
import { selected } from '../metrics/promql-live.ts';
import { chosenPrometheus } from './datasource.ts';

const makers = {
  instance: () =>
    choice('instance', 'Instance', 'Addresses of the layers that Prometheus scrapes.', 'openclaw_build_info'),
  layer: () => choice('layer', 'Layer', 'Session layer, gateway core, skill runtime.', 'openclaw_build_info'),
  skill: () => choice('skill', 'Skill', 'Skills that the runtime knows.', 'openclaw_skill_running'),
  http_route: () =>
    choice('http_route', 'Route', 'HTTP routes of the layers, as templates.', 'http_server_request_duration_seconds'),
  fault: () => choice('fault', 'Fault', 'Faults of the runs in the time that is shown.', 'chaos_fault_active'),
} as const satisfies Record<string, () => Builder<VariableModel>>;

export type VariableName = keyof typeof makers;

/** The data source comes first: the others are asked of it. */
export function variables(names: readonly VariableName[]): Builder<VariableModel>[] {
  const datasource = new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The Prometheus that scrapes the layers.')
    .type('prometheus')
    .multi(false)
    .includeAll(false);
  return [datasource, ...names.map((name) => makers[name]())];
}

/** How Grafana numbers queries of the form `label_values(…)`. */
const labelValuesType = 1;

function choice<N extends MetricName>(
  label: LabelOf<N> | 'instance' | 'layer',
  title: string,
  description: string,
  metric: N,
): QueryVariableBuilder {
  const query = `label_values(${selected(metric, {}, {}, suffixOf(metric))}, ${label})`;
  return new QueryVariableBuilder(label)
    .label(title)
    .description(description)
    .datasource(chosenPrometheus)
    .query({ qryType: labelValuesType, query, refId: `variable-${label}` })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

function suffixOf(metric: MetricName): '' | '_count' {
  return metric === 'http_server_request_duration_seconds' ? '_count' : '';
}
