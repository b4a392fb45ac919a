/** All queries of a dashboard, from its JSON: what Grafana would send. */
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';

export interface DashboardQuery {
  /** `Skills, panel "Retries", A`. */
  readonly place: string;
  readonly panel?: Panel;
  readonly kind: 'range' | 'instant' | 'annotation' | 'variable';
  readonly expr: string;
  readonly legend?: string;
  /** As the target says, `15s`. */
  readonly minStep?: string;
}

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly instant?: boolean;
  readonly legendFormat?: string;
  readonly interval?: string;
}

/** Panels without rows. */
export function panelsOf({ panels = [] }: Dashboard): Panel[] {
  return panels.filter((one): one is Panel => one.type !== 'row');
}

export function targetsOf({ targets = [] }: Panel): readonly Target[] {
  return targets as readonly unknown[] as readonly Target[];
}

export function queriesOf(dashboard: Dashboard): DashboardQuery[] {
  const { title, annotations, templating } = dashboard;
  const ofPanels = panelsOf(dashboard).flatMap((panel) =>
    targetsOf(panel).map(
      (target): DashboardQuery => ({
        place: `${title}, panel "${panel.title}", ${target.refId}`,
        panel,
        kind: target.instant ? 'instant' : 'range',
        expr: target.expr,
        ...(target.legendFormat !== undefined && { legend: target.legendFormat }),
        ...(target.interval !== undefined && { minStep: target.interval }),
      }),
    ),
  );
  const ofAnnotations = (annotations?.list ?? []).map(
    (one): DashboardQuery => ({
      place: `${title}, annotation "${one.name}"`,
      kind: 'annotation',
      expr: one.expr ?? '',
      ...(one.titleFormat !== undefined && { legend: `${one.titleFormat} ${one.textFormat}` }),
    }),
  );
  const ofVariables = (templating?.list ?? []).flatMap((one): DashboardQuery[] => {
    if (one.type !== 'query' || typeof one.query === 'string') return [];
    const { query } = one.query as { query: string };
    return [{ place: `${title}, variable "${one.name}"`, kind: 'variable', expr: query }];
  });
  return [...ofPanels, ...ofAnnotations, ...ofVariables];
}

/** `label_values(SELECTOR, LABEL)`: the two. Undefined if it is not of that form. */
export function labelValues(query: string): { readonly selector: string; readonly label: string } | undefined {
  const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
  return selector === undefined || label === undefined ? undefined : { selector, label };
}
