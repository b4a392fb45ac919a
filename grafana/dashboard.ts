/** What all dashboards have in common: data source, links to each other, faults and alerts as annotations, time and refresh. */
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { annotations } from './annotations.ts';
import { inSight } from './in-sight.ts';
import { placed, type Section } from './layout.ts';
import { familyLinks, familyTag } from './links.ts';
import { type VariableName, variables } from './variables.ts';

export interface DashboardSpec {
  /** Never changed: links, bookmarks and home pages hold it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly variables: readonly VariableName[];
  readonly sections: readonly Section[];
}

export function dashboard(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([familyTag, ...spec.tags])
    // The source is the code: a change by mouse would be gone at the next provisioning.
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-15m', to: 'now' })
    .timezone('browser')
    .refresh('5s')
    .variables(variables(spec.variables))
    .annotations(annotations().map(inSight))
    .link(inSight(familyLinks()));
  for (const [index, one] of placed(spec.sections).entries()) {
    const id = index + 1;
    if ('row' in one) {
      builder.withRow(new RowBuilder(one.row).id(id).gridPos(one.gridPos));
    } else {
      const panel = { ...one.panel.build(), id, gridPos: one.gridPos };
      builder.withPanel({ build: () => panel });
    }
  }
  return builder.build();
}
